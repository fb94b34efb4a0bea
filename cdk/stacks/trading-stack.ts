/** All that trades, and all that watches it: around one role, the only one that may read the broker's keys. */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DeadManSwitch } from '../constructs/orders/dead-man-switch.ts';
import { Reconciliation } from '../constructs/orders/reconciliation.ts';
import { StopTrading } from '../constructs/orders/stop-trading.ts';
import { WorkOrders } from '../constructs/orders/work-orders.ts';
import { lambdaRole } from '../constructs/role-grants.ts';
import { BrokerCheck } from '../constructs/steering/broker-check.ts';
import { TradingCycle } from '../constructs/trading-cycle.ts';
import type { Stage } from '../stage.ts';
import type { AuditStack } from './audit-stack.ts';
import type { DataStack } from './data-stack.ts';
import type { EventsStack } from './events-stack.ts';

export interface TradingStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
  readonly audit: AuditStack;
}

export class TradingStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, events, audit }: TradingStackProps) {
    super(scope, id, { description: 'Ballast: trading cycle, reconciliation, stops' });
    const parts = { stage, data, events, audit, orderRole: lambdaRole(this, 'OrderRole') };

    const { reconcile } = new Reconciliation(this, 'Reconciliation', parts);
    const { halt } = new TradingCycle(this, 'TradingCycle', { ...parts, reconcile });
    new WorkOrders(this, 'WorkOrders', { ...parts, halt });
    const { machine: stop } = new StopTrading(this, 'StopTrading', parts);
    new DeadManSwitch(this, 'DeadManSwitch', { ...parts, stop });
    new BrokerCheck(this, 'BrokerCheck', parts);
  }
}
