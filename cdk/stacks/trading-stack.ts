/** The trading cycle: one function per phase, one machine, its schedules. What it stores lies in the data stack. */
import { Duration, Stack } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { env, physicalName } from '../../shared/contracts/names/index.ts';
import { AslMachine } from '../constructs/asl-machine.ts';
import { MarketSchedule } from '../constructs/market-schedule.ts';
import { MissingAlarm } from '../constructs/missing-alarm.ts';
import { lambdaRole, PlatformFunction } from '../constructs/platform-function.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import type { Stage } from '../stage.ts';
import type { DataStack } from './data-stack.ts';
import type { EventsStack } from './events-stack.ts';

export interface TradingStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

export class TradingStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, events }: TradingStackProps) {
    super(scope, id, { description: 'Ballast: the trading cycle' });
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters };
    const phase = (
      constructId: string,
      name: string,
      more: { timeout?: Duration; role?: ReturnType<typeof lambdaRole> } = {},
    ): PlatformFunction => new PlatformFunction(this, constructId, name, { ...common, ...more });
    const orderRole = lambdaRole(this, 'OrderRole');

    const preflight = phase('Preflight', 'trading/preflight')
      .gets(data.policy, data.leases)
      .updates(data.leases)
      .queries(data.symbols)
      .puts(data.symbols)
      .appends(data.audit)
      .readsObjects(data.lake, 'datasets/', 'quality/', 'cycles/')
      .mayFindNothing(data.lake)
      .writesObjects(data.lake, 'cycles/');
    const loadData = phase('LoadData', 'trading/load-data')
      .reads(data.ledger)
      .gets(data.risk)
      .readsObjects(data.lake, 'datasets/', 'bars/', 'fundamentals/', 'earnings/', 'news/', 'cycles/')
      .writesObjects(data.lake, 'cycles/', 'snapshots/');
    const readNews = phase('ReadNews', 'trading/read-news', { timeout: Duration.minutes(2) })
      .mayFindNothing(data.lake)
      .readsObjects(data.lake, 'cycles/', 'readings/')
      .writesObjects(data.lake, 'cycles/', 'readings/')
      .mayAskForReadings(data.newsModelSecret);
    const signals = phase('ComputeSignals', 'trading/compute-signals')
      .readsObjects(data.lake, 'snapshots/', 'cycles/')
      .writesObjects(data.lake, 'cycles/');
    const allocate = phase('Allocate', 'trading/allocate')
      .readsObjects(data.lake, 'snapshots/', 'cycles/')
      .writesObjects(data.lake, 'cycles/');
    const checkRisk = phase('CheckRisk', 'trading/check-risk')
      .mayFindNothing(data.lake)
      .publishesTo(events.bus)
      .gets(data.risk)
      .puts(data.risk)
      .readsObjects(data.lake, 'snapshots/', 'cycles/')
      .writesObjects(data.lake, 'cycles/');
    const placeOrders = phase('PlaceOrders', 'trading/place-orders', { role: orderRole, timeout: Duration.minutes(2) })
      .mayFindNothing(data.lake)
      .gets(data.policy)
      .checks(data.policy, data.leases)
      .writes(data.ledger)
      .readsObjects(data.lake, 'cycles/')
      .writesObjects(data.lake, 'cycles/')
      .mayPlaceOrders(data.brokerSecret);
    const settle = phase('SettleOrders', 'trading/settle-orders', { role: orderRole })
      .writes(data.ledger)
      .mayPlaceOrders(data.brokerSecret);
    const collectFills = phase('CollectFills', 'trading/collect-fills', { role: orderRole })
      .writes(data.ledger)
      .mayPlaceOrders(data.brokerSecret);
    const record = phase('RecordDecisions', 'trading/record-decisions')
      .mayFindNothing(data.lake)
      .queries(data.ledger)
      .appends(data.audit)
      .updates(data.leases)
      .readsObjects(data.lake, 'cycles/')
      .publishesTo(events.bus);
    const close = phase('CloseCycle', 'trading/close-cycle').appends(data.audit).updates(data.leases).publishesTo(events.bus);
    const halt = phase('HaltTrading', 'trading/halt-trading')
      .gets(data.policy)
      .puts(data.policy)
      .updates(data.leases)
      .appends(data.audit)
      .publishesTo(events.bus);

    const cycle = new AslMachine(this, 'TradingCycle', {
      stage,
      definition: 'trading-cycle',
      functions: { preflight, settle, loadData, readNews, signals, allocate, checkRisk, placeOrders, collectFills, record, close, halt },
      alerts: events.alerts,
    });

    const start = phase('StartCycle', 'trading/start-cycle').dropsLateEvents();
    start.lambda.addEnvironment(env.stateMachine, cycle.aliasArn);
    cycle.grantStart(start.lambda);
    const schedule = { stage, starts: start, deadLetters: events.deadLetters };
    for (const at of stage.cycleTimes) new MarketSchedule(this, `CycleAt${digits(at)}`, { ...schedule, name: `cycle-${digits(at)}`, at });
    const shortly = stage.shortSessionCycleTime;
    new MarketSchedule(this, 'ShortSessionCycle', {
      ...schedule,
      name: `cycle-${digits(shortly)}-short-sessions`,
      at: shortly,
      onlyOn: 'short-session',
    });

    const archive = phase('ArchiveAudit', 'audit/archive-audit').writesObjects(data.auditArchive, 'records/').follows(data.audit);

    this.#alarms(stage, events.alerts, { cycle, start, archive, readNews });
  }

  #alarms(
    stage: Stage,
    notifies: ITopic,
    {
      cycle,
      start,
      archive,
      readNews,
    }: { cycle: AslMachine; start: PlatformFunction; archive: PlatformFunction; readNews: PlatformFunction },
  ): void {
    const holidays = new MetricFilter(this, 'Holidays', {
      logGroup: start.lambda.logGroup,
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.reason', '=', 'market-closed'),
        FilterPattern.stringValue('$.details.why', '=', 'no-session'),
      ),
      metricNamespace: 'Ballast',
      metricName: physicalName(stage.name, 'starts-on-a-holiday'),
    });
    new MissingAlarm(this, 'CycleMissing', {
      says: 'No trading cycle completed on a weekday that is no exchange holiday.',
      runbook: 'cycle-missing',
      notifies,
      accountedBy: { completed: cycle.machine.metricSucceeded(), holiday: holidays.metric() },
    });
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
    const unread = new MetricFilter(this, 'NewsUnread', {
      logGroup: readNews.lambda.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', 'most-news-unread'),
      metricNamespace: 'Ballast',
      metricName: physicalName(stage.name, 'cycles-with-most-news-unread'),
    });
    new RunbookAlarm(this, 'NewsUnreadAlarm', {
      says: 'The language model left more than half of the headlines of a cycle unread.',
      runbook: 'news-unread',
      notifies,
      metric: unread.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
    });
  }
}

const digits = (at: string): string => at.replace(':', '');
