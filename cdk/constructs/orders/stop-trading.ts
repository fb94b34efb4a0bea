/**
 * A stop, from the item that says so to the last order that ends: the policy table's stream wakes a function, which tells people and, for a
 * halt, starts the machine "stop". That sweeps the orders in scope until none is open and, where the halt asks for it, sells what is held.
 * What permits a sale cannot send, and what sends cannot permit.
 */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { env } from '../../../shared/contracts/names/index.ts';
import { AslMachine } from '../asl-machine.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';
import type { OrderParts } from './order-parts.ts';

/** The partition of the policy table that control items lie in, as shared/contracts/control.ts has it. */
const controlPartition = 'control';

export class StopTrading extends Construct {
  readonly machine: AslMachine;

  constructor(scope: Construct, id: string, { stage, data, events, audit, orderRole }: OrderParts) {
    super(scope, id);
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters };
    const forOrders = { ...common, role: orderRole, timeout: Duration.minutes(2) };

    const sweep = new PlatformFunction(this, 'SweepOrders', 'orders/sweep-orders', forOrders)
      .gets(data.policy)
      .writes(data.ledger)
      .publishesTo(events.bus)
      .mayPlaceOrders(data.brokerSecret);
    const permit = new PlatformFunction(this, 'PermitLiquidation', 'orders/permit-liquidation', common)
      .gets(data.policy)
      .queries(data.ledger)
      .readsObjects(data.lake, 'cycles/')
      .writesObjects(data.lake, 'cycles/')
      .signsPermits(data.permitKey);
    const liquidate = new PlatformFunction(this, 'Liquidate', 'orders/liquidate', forOrders)
      .checks(data.policy)
      .writes(data.ledger)
      .readsObjects(data.lake, 'cycles/')
      .verifiesPermits(data.permitKey)
      .mayPlaceOrders(data.brokerSecret);
    const recordLiquidation = new PlatformFunction(this, 'RecordLiquidation', 'orders/record-liquidation', common)
      .queries(data.ledger)
      .appendsTo(audit.writer)
      .publishesTo(events.bus);

    this.machine = new AslMachine(this, 'Stop', {
      stage,
      definition: 'stop',
      functions: { sweep, permit, liquidate, recordLiquidation },
      alerts: events.alerts,
    });

    const enforce = new PlatformFunction(this, 'EnforceStop', 'orders/enforce-stop', common)
      .publishesTo(events.bus)
      .follows(data.policy, controlPartition);
    enforce.lambda.addEnvironment(env.stateMachine, this.machine.aliasArn);
    this.machine.grantStart(enforce.lambda);

    new RunbookAlarm(this, 'StopUnheard', {
      says: 'A change of a control item is a minute old and was not acted on: what it should cancel still works.',
      runbook: 'stop-unheard',
      notifies: events.alerts,
      metric: enforce.lambda.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) }),
      threshold: Duration.minutes(1).toMilliseconds(),
    });
  }
}
