/** What steers the fund between cycles: policy changes, the meta strategy controller, the ranker, health, alerts, analytics. */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Stage } from '../stage.ts';
import type { AuditStack } from './audit-stack.ts';
import type { DataStack } from './data-stack.ts';
import type { EventsStack } from './events-stack.ts';

export interface ControlStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
  readonly audit: AuditStack;
}

export class ControlStack extends Stack {
  constructor(scope: Construct, id: string, _props: ControlStackProps) {
    super(scope, id, { description: 'Ballast: policy, steering, ranking, health, alerts, analytics' });
  }
}
