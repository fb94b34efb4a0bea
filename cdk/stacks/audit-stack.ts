/** The audit trail after it is written: its write-once copy, and what auditors ask it. */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AuditArchive } from '../constructs/audit/audit-archive.ts';
import { AuditLake } from '../constructs/audit/audit-lake.ts';
import { AuditQueries } from '../constructs/audit/audit-queries.ts';
import { AuditWriter } from '../constructs/audit/audit-writer.ts';
import { Checkpoints } from '../constructs/audit/checkpoints.ts';
import type { PlatformFunction } from '../constructs/platform-function.ts';
import type { Stage } from '../stage.ts';
import type { DataStack } from './data-stack.ts';
import type { EventsStack } from './events-stack.ts';

export interface AuditStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

export class AuditStack extends Stack {
  /** Whoever leaves a record calls it. */
  readonly writer: PlatformFunction;

  constructor(scope: Construct, id: string, { stage, data, events }: AuditStackProps) {
    super(scope, id, { description: 'Ballast: audit trail, archive, checkpoints, queries' });
    const parts = { stage, data, events };

    this.writer = new AuditWriter(this, 'AuditWriter', parts).writer;
    const lake = new AuditLake(this, 'AuditLake', parts);
    new AuditArchive(this, 'AuditArchive', { ...parts, lake });
    new AuditQueries(this, 'AuditQueries', { ...parts, lake });
    new Checkpoints(this, 'Checkpoints', parts);
  }
}
