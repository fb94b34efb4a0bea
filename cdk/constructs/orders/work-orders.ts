/**
 * Parent orders: the function that works a slice, and the machine that calls it at each slice's time. Whoever plans a parent starts an
 * execution named by the parent's id, so a parent is worked by one machine.
 */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AslMachine } from '../asl-machine.ts';
import { PlatformFunction } from '../platform-function.ts';
import type { OrderParts } from './order-parts.ts';

export interface WorkOrdersProps extends OrderParts {
  /** What halts trading when a rule of ours is broken. */
  readonly halt: PlatformFunction;
}

export class WorkOrders extends Construct {
  readonly machine: AslMachine;

  constructor(scope: Construct, id: string, { stage, data, events, orderRole, halt }: WorkOrdersProps) {
    super(scope, id);
    const workSlice = new PlatformFunction(this, 'WorkSlice', 'orders/work-slice', {
      ...{ stage, dataKey: data.key, deadLetters: events.deadLetters, role: orderRole },
      timeout: Duration.minutes(2),
    })
      .checks(data.policy, data.leases)
      .writes(data.ledger)
      .readsObjects(data.lake, 'cycles/')
      .publishesTo(events.bus)
      .verifiesPermits(data.permitKey)
      .mayPlaceOrders(data.brokerSecret);
    this.machine = new AslMachine(this, 'WorkOrder', {
      stage,
      definition: 'work-order',
      functions: { workSlice, halt },
      alerts: events.alerts,
    });
  }
}
