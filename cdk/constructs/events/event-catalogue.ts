/**
 * The types of the bus as a schema registry, for whoever wants to publish or hear them from outside this repository: the console shows
 * them, and code bindings can be downloaded. The registry checks nothing: publishers and consumers hold every event against its schema.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import { eventSource, physicalName } from '../../../shared/contracts/names/index.ts';
import type { Stage } from '../../stage.ts';

export interface EventCatalogueProps {
  readonly stage: Stage;
}

interface EventSchema {
  readonly description: string;
}

/** Written by scripts/generate-event-schemas.ts. */
const schemas = JSON.parse(readFileSync(join(import.meta.dirname, 'event-schemas.json'), 'utf8')) as Record<string, EventSchema>;

/** Every detail type of the bus. */
export const eventTypes: readonly string[] = Object.keys(schemas);

export class EventCatalogue extends Construct {
  constructor(scope: Construct, id: string, { stage }: EventCatalogueProps) {
    super(scope, id);
    const registryName = physicalName(stage.name, 'events');
    const registry = new CfnRegistry(this, 'Registry', {
      registryName,
      description: 'Every event on the bus of the fund, by detail type.',
    });
    for (const [type, schema] of Object.entries(schemas)) {
      new CfnSchema(this, type, {
        registryName,
        schemaName: `${eventSource}@${type}`,
        type: 'JSONSchemaDraft4',
        description: schema.description,
        content: JSON.stringify(schema),
      }).addResourceDependency(registry);
    }
  }
}
