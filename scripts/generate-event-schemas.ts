/**
 * Writes cdk/constructs/events/event-schemas.json, from which the templates declare the schema registry: for every type of the catalogue
 * the JSON Schema (draft 4, the only one that EventBridge Schemas takes) of the whole event, made from its zod schema. Templates may not
 * import the schemas themselves. Run it after changing one; a test says when it was forgotten.
 *
 * Source of the form: EventBridge user guide, "Schemas"; the two `x-amazon-events-` members are what code bindings are made from.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { eventCatalogue } from '../shared/contracts/event-catalogue.ts';
import { type EventType, eventSchemas } from '../shared/contracts/events.ts';
import { eventSource } from '../shared/contracts/names/index.ts';

export const schemasPath = resolve(import.meta.dirname, '../cdk/constructs/events/event-schemas.json');

/** The file as it should be, in the spelling of the formatter. */
export function eventSchemasText(): string {
  const types = (Object.keys(eventSchemas) as EventType[]).sort();
  return `${spelled(Object.fromEntries(types.map((type) => [type, envelopeSchema(type)])))}\n`;
}

/** `io: 'input'`: what a newer producer adds is no fault, as it is none for a consumer. */
function envelopeSchema(type: EventType): object {
  const { $schema, ...detail } = z.toJSONSchema(eventSchemas[type], { target: 'draft-4', io: 'input' });
  const text = { type: 'string' };
  const properties = {
    version: { type: 'string', enum: ['0'] },
    id: text,
    'detail-type': { type: 'string', enum: [type] },
    source: { type: 'string', enum: [eventSource] },
    account: text,
    time: { type: 'string', format: 'date-time' },
    region: text,
    resources: { type: 'array', items: text },
    detail,
  };
  return {
    $schema,
    title: type,
    description: eventCatalogue[type].purpose,
    'x-amazon-events-detail-type': type,
    'x-amazon-events-source': eventSource,
    type: 'object',
    required: Object.keys(properties),
    properties,
  };
}

const lineWidth = 140;

/** JSON as the formatter leaves it: a member to a line, and a list of plain values on one line where it fits. */
function spelled(value: unknown, indent = '', before = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const flat = `[${value.map((one) => JSON.stringify(one)).join(', ')}]`;
    if (value.every((one) => typeof one !== 'object') && indent.length + before + flat.length < lineWidth) return flat;
    return `[\n${value.map((one) => `${inner}${spelled(one, inner)}`).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).map(([key, one]) => `${inner}"${key}": ${spelled(one, inner, key.length + 4)}`);
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

if (import.meta.main) writeFileSync(schemasPath, eventSchemasText());
