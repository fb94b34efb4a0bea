/** What becomes of a change in the policy table: a record in the audit trail and an event, and an alarm when neither comes. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AuditStack } from '../../stacks/audit-stack.ts';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { EventsStack } from '../../stacks/events-stack.ts';
import type { Stage } from '../../stage.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';

export interface PolicyChangesProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
  readonly audit: AuditStack;
}

export class PolicyChanges extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events, audit }: PolicyChangesProps) {
    super(scope, id);
    const publish = new PlatformFunction(this, 'PublishChanges', 'policy/publish-changes', {
      ...{ stage, dataKey: data.key, deadLetters: events.deadLetters },
    })
      .gets(data.policy)
      .appendsTo(audit.writer)
      .publishesTo(events.bus)
      .follows(data.policy);
    new RunbookAlarm(this, 'PolicyChangesUnrecorded', {
      says: 'A change in the policy table is five minutes old and neither recorded in the audit trail nor told.',
      runbook: 'policy-changes-unrecorded',
      notifies: events.alerts,
      metric: publish.lambda.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) }),
      threshold: Duration.minutes(5).toMilliseconds(),
    });
  }
}
