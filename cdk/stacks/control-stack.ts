/** What steers the fund between cycles: policy changes, the meta strategy controller, the ranker, health, alerts, analytics. */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alerting } from '../constructs/alerts/alerting.ts';
import { Analytics } from '../constructs/analytics/analytics.ts';
import { OperatorRole } from '../constructs/policy/operator-role.ts';
import { PolicyChanges } from '../constructs/policy/policy-changes.ts';
import { OpportunityRanking } from '../constructs/ranking/opportunity-ranking.ts';
import { Steering } from '../constructs/steering/steering.ts';
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
  constructor(scope: Construct, id: string, { stage, data, events, audit }: ControlStackProps) {
    super(scope, id, { description: 'Ballast: policy, steering, ranking, health, alerts, analytics' });
    const parts = { stage, data, events, audit };

    new PolicyChanges(this, 'PolicyChanges', parts);
    new OperatorRole(this, 'OperatorRole', parts);
    new Analytics(this, 'Analytics', parts);
    new OpportunityRanking(this, 'OpportunityRanking', parts);
    new Steering(this, 'Steering', parts);
    new Alerting(this, 'Alerting', parts);
  }
}
