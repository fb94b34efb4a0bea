/** The audit trail after it is written: its write-once copy, and what auditors ask it. */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AuditArchive } from '../constructs/audit/audit-archive.ts';
import type { Stage } from '../stage.ts';
import type { DataStack } from './data-stack.ts';
import type { EventsStack } from './events-stack.ts';

export interface AuditStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

export class AuditStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, events }: AuditStackProps) {
    super(scope, id, { description: 'Ballast: audit trail, archive, checkpoints, queries' });
    const parts = { stage, data, events };

    new AuditArchive(this, 'AuditArchive', parts);
  }
}
