/** The catalogue against its schemas: every example passes, and no example passes once it is damaged. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventSchemasText, schemasPath } from '../../../scripts/generate-event-schemas.ts';
import { eventCatalogue } from '../../../shared/contracts/event-catalogue.ts';
import { type EventType, eventSchemas } from '../../../shared/contracts/events.ts';

const types = Object.keys(eventSchemas) as EventType[];

test('every type has an entry, and every entry a type', () => {
  expect(Object.keys(eventCatalogue).sort()).toEqual([...types].sort());
});

test('no two types share a purpose', () => {
  expect(new Set(types.map((type) => eventCatalogue[type].purpose)).size).toBe(types.length);
});

describe.each(types)('%s', (type) => {
  const schema = eventSchemas[type];
  const example: Readonly<Record<string, unknown>> = { ...eventCatalogue[type].example };
  const members = Object.keys(schema.shape);
  const optional = members.filter((name) => isOptional(type, name));

  test('says what has happened in a sentence', () => {
    expect(eventCatalogue[type].purpose).toMatch(/^[A-Z].+\.$/);
  });

  test('has an example that passes, and comes through a bus as it is', () => {
    expect(schema.parse(JSON.parse(JSON.stringify(example)))).toEqual(example);
  });

  test('its example shows every member', () => {
    expect(Object.keys(example).sort()).toEqual([...members].sort());
  });

  test.each(members)('fails with a %s of another type', (name) => {
    expect(schema.safeParse({ ...example, [name]: Symbol.iterator }).success).toBe(false);
    expect(schema.safeParse({ ...example, [name]: Number.NaN }).success).toBe(false);
  });

  test('fails without any one of the members that are not optional', () => {
    for (const name of members.filter((one) => !optional.includes(one))) {
      const { [name]: _, ...rest } = example;
      expect(schema.safeParse(rest).success, name).toBe(false);
    }
    for (const name of optional) {
      const { [name]: _, ...rest } = example;
      expect(schema.safeParse(rest).success, name).toBe(true);
    }
  });

  test('an unknown member is dropped', () => {
    expect(schema.parse({ ...example, tomorrow: true })).toEqual(example);
  });
});

test.each(types.filter((type) => type !== 'StopRequested'))('%s carries an id, a time and one line for a person', (type) => {
  const schema = eventSchemas[type];
  expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining(['eventId', 'at', 'summary']));
  for (const name of ['eventId', 'summary']) expect(schema.safeParse({ ...eventCatalogue[type].example, [name]: '' }).success).toBe(false);
});

test('the registry’s schemas are those of the catalogue; write them again with node scripts/generate-event-schemas.ts', () => {
  expect(readFileSync(schemasPath, 'utf8')).toBe(eventSchemasText());
});

/** Said here once more, by hand: making a member optional is a decision. */
function isOptional(type: EventType, name: string): boolean {
  return name === 'scope' && (type === 'TradingPaused' || type === 'TradingResumed');
}
