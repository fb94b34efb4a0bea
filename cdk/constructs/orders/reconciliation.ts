/**
 * The ledger held against the broker's account: one function, called by the first state of every trading cycle and by the machine
 * `reconcile`, which a schedule starts a quarter of an hour after a full day's close and anybody may start at any time.
 * It runs in the order role, because it reads the account with the broker's keys. It may also stop a symbol: whoever holds those keys needs
 * no control item to trade, so that gives the role nothing it did not have.
 */
import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { env, physicalName } from '../../../shared/contracts/names/index.ts';
import { AslMachine } from '../asl-machine.ts';
import { MarketSchedule } from '../market-schedule.ts';
import { MissingAlarm } from '../missing-alarm.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';
import type { OrderParts } from './order-parts.ts';

export class Reconciliation extends Construct {
  /** What the trading cycle begins with. */
  readonly reconcile: PlatformFunction;

  constructor(scope: Construct, id: string, { stage, data, events, orderRole }: OrderParts) {
    super(scope, id);
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters };
    this.reconcile = new PlatformFunction(this, 'ReconcileBooks', 'orders/reconcile', {
      ...common,
      role: orderRole,
      timeout: Duration.minutes(2),
    })
      .writes(data.ledger)
      .gets(data.policy)
      .writesControl(data.policy)
      .publishesTo(events.bus)
      .mayPlaceOrders(data.brokerSecret);
    const close = new PlatformFunction(this, 'CloseReconciliation', 'orders/close-reconciliation', common)
      .gets(data.policy)
      .writesControl(data.policy)
      .publishesTo(events.bus);
    const machine = new AslMachine(this, 'Reconcile', {
      stage,
      definition: 'reconcile',
      functions: { reconcile: this.reconcile, close },
      alerts: events.alerts,
    });

    const start = new PlatformFunction(this, 'StartReconciliation', 'orders/start-reconciliation', common).dropsLateEvents();
    start.lambda.addEnvironment(env.stateMachine, machine.aliasArn);
    machine.grantStart(start.lambda);
    new MarketSchedule(this, 'AfterTheClose', {
      stage,
      name: 'reconcile-1615',
      starts: start,
      at: '16:15',
      deadLetters: events.deadLetters,
    });
    this.#alarms({ stage, events }, machine, start);
  }

  #alarms({ stage, events }: Pick<OrderParts, 'stage' | 'events'>, machine: AslMachine, start: PlatformFunction): void {
    const holidays = new MetricFilter(this, 'NoSession', {
      logGroup: start.lambda.logGroup,
      filterPattern: FilterPattern.stringValue('$.reason', '=', 'market-closed'),
      metricNamespace: 'Ballast',
      metricName: physicalName(stage.name, 'reconciliations-on-a-holiday'),
    });
    new MissingAlarm(this, 'ReconciliationMissing', {
      says: 'No reconciliation completed on a weekday that is no exchange holiday.',
      runbook: 'reconciliation-missing',
      notifies: events.alerts,
      accountedBy: { completed: machine.machine.metricSucceeded(), holiday: holidays.metric() },
    });
    const differs = new MetricFilter(this, 'Differences', {
      logGroup: this.reconcile.lambda.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', 'books-differ'),
      metricNamespace: 'Ballast',
      metricName: physicalName(stage.name, 'reconciliations-with-differences'),
    });
    new RunbookAlarm(this, 'BooksDiffer', {
      says: 'Ledger and broker differ by something that nothing explains, or that was done by hand.',
      runbook: 'books-differ',
      notifies: events.alerts,
      metric: differs.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
    });
  }
}
