/** The trading cycle: one function per phase, one machine, its schedules. What it stores lies in the data stack. */
import { Duration, Stack } from 'aws-cdk-lib';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { env } from '../../shared/contracts/names/index.ts';
import { AslMachine } from '../constructs/asl-machine.ts';
import { MarketSchedule } from '../constructs/market-schedule.ts';
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
    const phase = (constructId: string, name: string, more: { timeout?: Duration; role?: ReturnType<typeof lambdaRole> } = {}): PlatformFunction =>
      new PlatformFunction(this, constructId, name, { ...common, ...more });
    const orderRole = lambdaRole(this, 'OrderRole');

    const preflight = phase('Preflight', 'trading/preflight')
      .reads(data.policy)
      .writes(data.leases, data.symbols)
      .readsObjects(data.lake, 'datasets/', 'quality/', 'cycles/')
      .mayFindNothing(data.lake)
      .writesObjects(data.lake, 'cycles/');
    const loadData = phase('LoadData', 'trading/load-data')
      .reads(data.ledger, data.risk)
      .readsObjects(data.lake, 'datasets/', 'bars/', 'cycles/', 'snapshots/')
      .writesObjects(data.lake, 'cycles/', 'snapshots/');
    const signals = phase('ComputeSignals', 'trading/compute-signals')
      .readsObjects(data.lake, 'snapshots/', 'cycles/')
      .writesObjects(data.lake, 'cycles/');
    const allocate = phase('Allocate', 'trading/allocate')
      .readsObjects(data.lake, 'cycles/')
      .writesObjects(data.lake, 'cycles/');
    const checkRisk = phase('CheckRisk', 'trading/check-risk')
      .publishesTo(events.bus)
      .writes(data.risk)
      .readsObjects(data.lake, 'snapshots/', 'cycles/')
      .writesObjects(data.lake, 'cycles/');
    const placeOrders = phase('PlaceOrders', 'trading/place-orders', { role: orderRole, timeout: Duration.minutes(5) })
      .checks(data.policy, data.leases)
      .writes(data.ledger)
      .readsObjects(data.lake, 'cycles/', 'snapshots/')
      .writesObjects(data.lake, 'cycles/')
      .mayPlaceOrders(data.brokerSecret);
    const collectFills = phase('CollectFills', 'trading/collect-fills', { role: orderRole }).writes(data.ledger).mayPlaceOrders(data.brokerSecret);
    const record = phase('RecordDecisions', 'trading/record-decisions')
      .reads(data.ledger)
      .writes(data.audit, data.leases)
      .readsObjects(data.lake, 'cycles/')
      .publishesTo(events.bus);
    const close = phase('CloseCycle', 'trading/close-cycle').writes(data.audit, data.leases).publishesTo(events.bus);
    const halt = phase('HaltTrading', 'trading/halt-trading').writes(data.policy, data.audit, data.leases).publishesTo(events.bus);

    const cycle = new AslMachine(this, 'TradingCycle', {
      stage,
      definition: 'trading-cycle',
      functions: { preflight, loadData, signals, allocate, checkRisk, placeOrders, collectFills, record, close, halt },
      alerts: events.alerts,
    });

    const start = phase('StartCycle', 'trading/start-cycle');
    start.lambda.addEnvironment(env.stateMachine, cycle.aliasArn);
    cycle.grantStart(start.lambda);
    for (const at of stage.cycleTimes) new MarketSchedule(this, `CycleAt${at.replace(':', '')}`, { stage, starts: start, at, deadLetters: events.deadLetters });

    const archive = phase('ArchiveAudit', 'audit/archive-audit').writesObjects(data.auditArchive, 'records/');
    archive.lambda.addEventSource(
      new DynamoEventSource(data.audit.table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        bisectBatchOnError: true,
        retryAttempts: 10,
        onFailure: new SqsDlq(events.deadLetters),
      }),
    );

    new RunbookAlarm(this, 'CycleMissing', {
      says: 'No trading cycle completed in the last 24 hours of a trading week.',
      runbook: 'cycle-missing',
      notifies: events.alerts,
      metric: cycle.machine.metricSucceeded({ period: Duration.hours(24) }),
      threshold: 1,
      comparison: 'below',
    });
  }
}
