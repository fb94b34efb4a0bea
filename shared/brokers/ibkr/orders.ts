/**
 * Orders at TWS in the port's words. TWS knows an order by three names: `orderId` (ours to give, unique for one client id only), `permId`
 * (its own, for good: our `brokerOrderId`), and `orderRef`, a text that travels with the order, into its executions too: our client order id.
 *
 * TWS has no look-up by name. It is three lists, read in the order in which an order moves through them, so that one which moves meanwhile
 * is met in the next: what is open, what is completed, what was executed.
 *
 *  - The completed list tells no price, and the executed list no terms: prices always come from executions, each correction taking the
 *    place of what it corrects, so that a report delivered twice or late changes nothing.
 *  - TWS keeps completed orders and executions of the present day. Of an order that ended on an earlier day it knows nothing, and neither
 *    do we: then `not-found` is no proof that it never was (docs/guides/brokers.md).
 */
import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import type { Order } from '@stoqey/ib/dist/api/order/order.js';
import type { OrderState as TwsOrderState } from '@stoqey/ib/dist/api/order/orderState.js';
import { completedStateFromIbkr, orderStateFromIbkr } from '../../domain/execution/ibkr-order-status.ts';
import type { OrderType, TimeInForce } from '../../domain/execution/order-terms.ts';
import { invariant, TransientFailure } from '../../kernel/errors.ts';
import type { OrderId, Price, Shares } from '../../kernel/units.ts';
import type { BrokerOrder, BrokerOrderState } from '../broker.ts';
import { isUsStock, tickerOf } from './contract.ts';
import { clientOrderIdOf, type Execution, executedOf, listExecutions } from './executions.ts';
import type { TwsSession } from './session.ts';

/** An order that is open at TWS, with what it takes to cancel it there. */
export interface OpenOrder {
  readonly orderId: number;
  readonly clientId: number;
  readonly order: BrokerOrder;
}

/** `open`: it is in the list of open orders. */
export interface FoundOrder {
  readonly order: BrokerOrder;
  readonly open?: OpenOrder;
}

const orderTypes = new Map<string, OrderType>([
  ['MKT', 'MARKET'],
  ['LMT', 'LIMIT'],
  ['STP', 'STOP'],
  ['STP LMT', 'STOP_LIMIT'],
]);
const timesInForce = new Set<string>(['DAY', 'GTC', 'IOC', 'FOK']);

/** Every client's open orders of that account, by age; those entered by hand too. */
export async function listOpenOrders(session: TwsSession, account: string): Promise<readonly OpenOrder[]> {
  const found = await session.askInLine<Map<number, OpenOrder>>('open orders', (turn) => {
    const open = new Map<number, OpenOrder>();
    turn.on('openOrder', (orderId, contract, order, state) => {
      const { permId, clientId } = order;
      if (order.account !== account || !isUsStock(contract)) return;
      if (!permId) {
        turn.fail(new TransientFailure('TWS has not numbered an open order yet, and a list without it is none', { orderId }));
        return;
      }
      open.set(permId, { orderId, clientId: clientId ?? 0, order: workingOrder(contract, order, state.status, 0, undefined) });
    });
    turn.on('orderStatus', (_orderId, status, filled, _remaining, averagePrice, permId) => {
      const known = permId === undefined ? undefined : open.get(permId);
      if (known) open.set(permId!, { ...known, order: withStatus(known.order, status, filled ?? 0, averagePrice) });
    });
    turn.on('openOrderEnd', () => turn.answer(open));
    turn.api.reqAllOpenOrders();
  });
  return [...found.values()].sort((a, b) => Number(a.order.brokerOrderId) - Number(b.order.brokerOrderId));
}

/** Of the present day, as TWS keeps them; without prices. */
export function listCompletedOrders(session: TwsSession, account: string): Promise<readonly BrokerOrder[]> {
  return session.askInLine<readonly BrokerOrder[]>('completed orders', (turn) => {
    const completed: BrokerOrder[] = [];
    turn.on('completedOrder', (contract, order, state) => {
      if (order.permId && order.account === account && isUsStock(contract)) completed.push(completedOrder(contract, order, state));
    });
    turn.on('completedOrdersEnd', () => turn.answer(completed));
    turn.api.reqCompletedOrders(false);
  });
}

/** The three lists, read in the order in which an order moves through them. */
export async function readOrders(session: TwsSession, account: string): Promise<OrderLists> {
  const open = await listOpenOrders(session, account);
  const completed = await listCompletedOrders(session, account);
  return new OrderLists(open, completed, await listExecutions(session, account));
}

export class OrderLists {
  readonly #open: readonly OpenOrder[];
  readonly #completed: readonly BrokerOrder[];
  readonly #executions: readonly Execution[];

  constructor(open: readonly OpenOrder[], completed: readonly BrokerOrder[], executions: readonly Execution[]) {
    this.#open = open;
    this.#completed = completed;
    this.#executions = executions;
  }

  /**
   * `undefined`: in none of them.
   * @throws InvariantViolation when two orders bear the name: TWS takes a second one, so that it never came to that is for us to see
   */
  named(clientOrderId: OrderId): FoundOrder | undefined {
    return this.#find((order) => order.clientOrderId === clientOrderId);
  }

  numbered(brokerOrderId: string): FoundOrder | undefined {
    return this.#find((order) => order.brokerOrderId === brokerOrderId);
  }

  #find(matches: (order: Pick<BrokerOrder, 'brokerOrderId' | 'clientOrderId'>) => boolean): FoundOrder | undefined {
    const open = this.#open.filter(({ order }) => matches(order));
    const executed = this.#executions.filter(matches).map(executedOrder);
    const [known, ...others] = [...open.map(({ order }) => order), ...this.#completed.filter(matches), ...executed];
    if (!known) return undefined;
    const second = others.find(({ brokerOrderId }) => brokerOrderId !== known.brokerOrderId);
    const { clientOrderId } = known;
    invariant(second === undefined, 'a client order id names one order', { clientOrderId, second: second?.brokerOrderId });
    return { order: withExecutions(known, this.#executions), ...(open[0] && { open: open[0] }) };
  }
}

/** Shares and prices as the executions tell them, where they tell more than the order's own report. */
export function withExecutions(order: BrokerOrder, executions: readonly Execution[]): BrokerOrder {
  const { quantity, averagePrice, lastAt } = executedOf(executions.filter(({ brokerOrderId }) => brokerOrderId === order.brokerOrderId));
  if (averagePrice === undefined || quantity < order.cumulativeQuantity) return order;
  const state = order.state === 'ACKNOWLEDGED' || order.state === 'SUBMITTED' ? 'PARTIAL' : order.state;
  return {
    ...order,
    state,
    cumulativeQuantity: quantity,
    averagePrice,
    ...(lastAt !== undefined && { updatedAt: lastAt, ...(state === 'FILLED' && { filledAt: lastAt }) }),
  };
}

/** An order as a status report leaves it. A working order with shares filled is PARTIAL; TWS has no word of its own for that. */
export function withStatus(order: BrokerOrder, status: string, filled: number, averagePrice: number | undefined): BrokerOrder {
  const reported = orderStateFromIbkr(status) as BrokerOrderState;
  const state = filled > 0 && (reported === 'ACKNOWLEDGED' || reported === 'SUBMITTED') ? 'PARTIAL' : reported;
  const price = filled > 0 && averagePrice !== undefined && averagePrice > 0 ? { averagePrice: averagePrice as Price } : {};
  return { ...order, state, brokerStatus: status, cumulativeQuantity: filled as Shares, ...price };
}

export function workingOrder(
  contract: Contract,
  order: Order,
  status: string,
  filled: number,
  averagePrice: number | undefined,
): BrokerOrder {
  return withStatus({ ...termsOf(contract, order), state: 'UNKNOWN', brokerStatus: status }, status, filled, averagePrice);
}

function completedOrder(contract: Contract, order: Order, { status }: TwsOrderState): BrokerOrder {
  const filled = (order.filledQuantity ?? 0) as Shares;
  const state = completedStateFromIbkr(status) as BrokerOrderState;
  return { ...termsOf(contract, order), state, brokerStatus: `completed: ${status}`, cumulativeQuantity: filled };
}

/** Known by its executions alone: how many shares are left is not said, so it counts as working. */
const executedOrder = ({ brokerOrderId, clientOrderId, symbol, side }: Execution): BrokerOrder => ({
  ...{ brokerOrderId, clientOrderId, symbol, side, type: 'UNKNOWN', timeInForce: 'UNKNOWN' },
  ...{ cumulativeQuantity: 0 as Shares, state: 'PARTIAL', brokerStatus: 'executed' },
});

function termsOf(contract: Contract, order: Order): Omit<BrokerOrder, 'state' | 'brokerStatus'> {
  const type = orderTypes.get(order.orderType) ?? 'UNKNOWN';
  const hasLimit = type === 'LIMIT' || type === 'STOP_LIMIT';
  const hasStop = type === 'STOP' || type === 'STOP_LIMIT';
  return {
    brokerOrderId: String(order.permId),
    clientOrderId: clientOrderIdOf(order.orderRef, order.permId ?? 0),
    symbol: tickerOf(contract),
    side: order.action === 'BUY' ? 'BUY' : 'SELL',
    type,
    timeInForce: timesInForce.has(order.tif ?? '') ? (order.tif as TimeInForce) : 'UNKNOWN',
    cumulativeQuantity: 0 as Shares,
    ...(order.totalQuantity !== undefined && { quantity: order.totalQuantity as Shares }),
    ...(hasLimit && order.lmtPrice !== undefined && { limitPrice: order.lmtPrice as Price }),
    ...(hasStop && order.auxPrice !== undefined && { stopPrice: order.auxPrice as Price }),
  };
}
