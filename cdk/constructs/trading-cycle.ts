/** The trading cycle: one function per phase, one machine, its schedules, and the alarm when it did not run. */
import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { env, physicalName } from '../../shared/contracts/names/index.ts';
import { AslMachine } from './asl-machine.ts';
import { MarketSchedule } from './market-schedule.ts';
import { MissingAlarm } from './missing-alarm.ts';
import type { OrderParts } from './orders/order-parts.ts';
import { PlatformFunction } from './platform-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface TradingCycleProps extends OrderParts {
  /** Holds the ledger against the broker's account before anything is valued. */
  readonly reconcile: PlatformFunction;
}

export class TradingCycle extends Construct {
  /** What halts trading when a rule of ours is broken. */
  readonly halt: PlatformFunction;

  constructor(scope: Construct, id: string, { stage, data, events, audit, orderRole, reconcile }: TradingCycleProps) {
    super(scope, id);
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters };
    const phase = (
      constructId: string,
      name: string,
      more: { timeout?: Duration; role?: OrderParts['orderRole'] } = {},
    ): PlatformFunction => new PlatformFunction(this, constructId, name, { ...common, ...more });

    const preflight = phase('Preflight', 'trading/preflight')
      .gets(data.policy, data.leases, data.operations)
      .updates(data.leases)
      .queries(data.symbols)
      .puts(data.symbols)
      .appendsTo(audit.writer)
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
      .writesObjects(data.lake, 'cycles/')
      .signsPermits(data.permitKey);
    const placeOrders = phase('PlaceOrders', 'trading/place-orders', { role: orderRole, timeout: Duration.minutes(2) })
      .mayFindNothing(data.lake)
      .gets(data.policy)
      .checks(data.policy, data.leases)
      .writes(data.ledger)
      .readsObjects(data.lake, 'cycles/')
      .writesObjects(data.lake, 'cycles/')
      .verifiesPermits(data.permitKey)
      .startsByName(physicalName(stage.name, 'work-order'))
      .mayPlaceOrders(data.brokerSecret);
    const collectFills = phase('CollectFills', 'trading/collect-fills', { role: orderRole })
      .writes(data.ledger)
      .mayPlaceOrders(data.brokerSecret);
    const record = phase('RecordDecisions', 'trading/record-decisions')
      .mayFindNothing(data.lake)
      .queries(data.ledger)
      .appendsTo(audit.writer)
      .updates(data.leases)
      .readsObjects(data.lake, 'cycles/')
      .publishesTo(events.bus);
    const close = phase('CloseCycle', 'trading/close-cycle').appendsTo(audit.writer).updates(data.leases).publishesTo(events.bus);
    this.halt = phase('HaltTrading', 'trading/halt-trading')
      .gets(data.policy)
      .writesControl(data.policy)
      .updates(data.leases)
      .appendsTo(audit.writer);

    const cycle = new AslMachine(this, 'TradingCycle', {
      stage,
      definition: 'trading-cycle',
      functions: {
        preflight,
        reconcile,
        loadData,
        readNews,
        signals,
        allocate,
        checkRisk,
        placeOrders,
        collectFills,
        record,
        close,
        halt: this.halt,
      },
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

    this.#alarms({ stage, events }, { cycle, start, readNews });
  }

  #alarms(
    { stage, events: { alerts: notifies } }: Pick<OrderParts, 'stage' | 'events'>,
    { cycle, start, readNews }: { cycle: AslMachine; start: PlatformFunction; readNews: PlatformFunction },
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
