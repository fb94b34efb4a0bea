/**
 * Signs the head of the audit trail after everything that ends in a record, and every evening. The signing key is this function's alone; what
 * it signs lies under Object Lock with the public key beside it.
 */
import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { physicalName } from '../../../shared/contracts/names/index.ts';
import { EventConsumer } from '../event-consumer.ts';
import { MarketSchedule } from '../market-schedule.ts';
import { MissingAlarm } from '../missing-alarm.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';
import type { AuditParts } from './audit-archive.ts';

/** What leaves records in the trail. */
const occasions = ['CycleCompleted', 'CycleRefused', 'CycleFailed', 'TradingPaused', 'PositionsFlattened', 'PolicyUpdated'];

export class Checkpoints extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events }: AuditParts) {
    super(scope, id);
    const notifies = events.alerts;
    const sign = new PlatformFunction(this, 'SignCheckpoint', 'audit/sign-checkpoint', {
      ...{ stage, dataKey: data.key, deadLetters: events.deadLetters, timeout: Duration.minutes(2) },
    })
      .reads(data.audit)
      .puts(data.operations)
      .mayFindNothing(data.auditArchive)
      .readsObjects(data.auditArchive, 'checkpoints/')
      .writesObjects(data.auditArchive, 'checkpoints/')
      .signsCheckpoints(data.checkpointKey)
      .publishesTo(events.bus);
    new EventConsumer(this, 'Occasions', { stage, events, consumer: sign, name: 'sign-checkpoints', hears: occasions });
    new MarketSchedule(this, 'Evening', { stage, name: 'checkpoint-1900', starts: sign, at: '19:00', deadLetters: events.deadLetters });

    const counted = (constructId: string, message: string, metricName: string): MetricFilter =>
      new MetricFilter(this, constructId, {
        logGroup: sign.lambda.logGroup,
        filterPattern: FilterPattern.stringValue('$.message', '=', message),
        metricNamespace: 'Ballast',
        metricName: physicalName(stage.name, metricName),
      });
    const broken = counted('Broken', 'audit-broken', 'audit-found-broken').metric({ statistic: 'Sum', period: Duration.minutes(5) });
    new RunbookAlarm(this, 'AuditBroken', {
      says: 'The audit trail does not continue what was signed of it.',
      ...{ runbook: 'audit-broken', notifies, metric: broken, threshold: 1 },
    });
    new RunbookAlarm(this, 'CheckpointFailing', {
      says: 'Signing a checkpoint of the audit trail failed three times within a quarter of an hour.',
      ...{ runbook: 'checkpoint-failing', notifies, threshold: 3 },
      metric: sign.lambda.metricErrors({ period: Duration.minutes(15) }),
    });
    new MissingAlarm(this, 'CheckpointMissing', {
      says: 'Nobody looked after the audit trail for a weekday: no checkpoint was signed or found to stand.',
      ...{ runbook: 'checkpoint-missing', notifies },
      accountedBy: { stands: counted('Stands', 'checkpoint-stands', 'checkpoints-that-stand').metric() },
    });
  }
}
