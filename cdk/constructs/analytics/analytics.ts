/**
 * What is measured of the fund: a function that hears the end of every cycle, and one that a schedule has write the day's report, half an hour
 * after the close of a full day, when the books have been reconciled.
 */
import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { physicalName } from '../../../shared/contracts/names/index.ts';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { EventsStack } from '../../stacks/events-stack.ts';
import type { Stage } from '../../stage.ts';
import { EventConsumer } from '../event-consumer.ts';
import { MarketSchedule } from '../market-schedule.ts';
import { MissingAlarm } from '../missing-alarm.ts';
import { PlatformFunction } from '../platform-function.ts';

export interface AnalyticsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

export class Analytics extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events }: AnalyticsProps) {
    super(scope, id);
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters, timeout: Duration.minutes(1) };
    const consumer = new PlatformFunction(this, 'MeasureCycle', 'analytics/measure-cycle', common)
      .gets(data.operations)
      .puts(data.operations)
      .queries(data.ledger)
      .readsObjects(data.lake, 'cycles/', 'analytics/')
      .mayFindNothing(data.lake)
      .writesObjects(data.lake, 'analytics/');
    new EventConsumer(this, 'OnCycleCompleted', { stage, events, consumer, name: 'measure-cycles', hears: ['CycleCompleted'] });

    const report = new PlatformFunction(this, 'PublishReport', 'analytics/publish-report', common)
      .readsObjects(data.lake, 'analytics/', 'reports/')
      .mayFindNothing(data.lake)
      .writesObjects(data.lake, 'reports/')
      .publishesTo(events.bus)
      .dropsLateEvents();
    new MarketSchedule(this, 'AfterTheClose', {
      stage,
      name: 'report-1630',
      starts: report,
      at: '16:30',
      deadLetters: events.deadLetters,
    });
    this.#alarm({ stage, events }, report);
  }

  #alarm({ stage, events }: Pick<AnalyticsProps, 'stage' | 'events'>, report: PlatformFunction): void {
    const counted = (id: string, name: string, field: string, value: string) =>
      new MetricFilter(this, id, {
        logGroup: report.lambda.logGroup,
        filterPattern: FilterPattern.stringValue(field, '=', value),
        metricNamespace: 'Ballast',
        metricName: physicalName(stage.name, name),
      }).metric();
    new MissingAlarm(this, 'ReportMissing', {
      says: 'No daily report was published on a weekday that is no exchange holiday and had a cycle.',
      runbook: 'report-missing',
      notifies: events.alerts,
      accountedBy: {
        published: counted('Published', 'reports-published', '$.message', 'report-published'),
        holiday: counted('NoSession', 'reports-on-a-holiday', '$.reason', 'market-closed'),
        withoutCycle: counted('NoCycle', 'reports-without-a-cycle', '$.reason', 'no-cycle-today'),
      },
    });
  }
}
