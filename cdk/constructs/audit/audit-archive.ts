/** Copies what is written to the audit table into the write-once archive, and alarms when it falls behind. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { EventsStack } from '../../stacks/events-stack.ts';
import type { Stage } from '../../stage.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';
import type { AuditLake } from './audit-lake.ts';

export interface AuditParts {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

export class AuditArchive extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events, lake }: AuditParts & { readonly lake: AuditLake }) {
    super(scope, id);
    const notifies = events.alerts;
    const archive = new PlatformFunction(this, 'ArchiveAudit', 'audit/archive-audit', {
      ...{ stage, dataKey: data.key, deadLetters: events.deadLetters },
    })
      .writesObjects(data.auditArchive, 'records/')
      .streamsTo(lake.stream)
      .follows(data.audit);
    new RunbookAlarm(this, 'AuditArchiveBehind', {
      says: 'The audit archive is an hour behind the audit table; the stream keeps a record for a day.',
      runbook: 'audit-archive-behind',
      notifies,
      metric: archive.lambda.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: Duration.hours(1).toMilliseconds(),
    });
    new RunbookAlarm(this, 'AuditArchiveFailing', {
      says: 'Writing the audit archive failed three times within a quarter of an hour.',
      runbook: 'audit-archive-failing',
      notifies,
      metric: archive.lambda.metricErrors({ period: Duration.minutes(15) }),
      threshold: 3,
    });
  }
}
