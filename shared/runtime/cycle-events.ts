/** What the end of a cycle tells: its executions, its completion, and what its orders did that should not happen. */
import type { CycleState } from '../contracts/cycle.ts';
import type { BallastEvent } from '../contracts/events.ts';
import type { Price, Shares } from '../kernel/units.ts';
import type { LedgerOrder } from '../stores/ledger/index.ts';
import type { ParentOrder, ParentResult } from '../stores/ledger/parents.ts';

export interface CycleEnd {
  readonly cycle: CycleState;
  readonly outcome: 'traded' | 'no-trade';
  readonly decisions: number;
  readonly orders: readonly LedgerOrder[];
  readonly riskDecision: string;
  readonly auditHead: string;
}

export function cycleEvents({ cycle, outcome, decisions, orders, riskDecision, auditHead }: CycleEnd): BallastEvent[] {
  const { cycleId, scheduledAt: at } = cycle;
  const filled = orders.filter(({ cumulativeQuantity }) => cumulativeQuantity > 0);
  const summary = `Cycle ${cycleId}: ${decisions} decisions, ${filled.length} of ${orders.length} orders filled, risk says ${riskDecision}.`;
  return [
    ...filled.map((order) => tradeExecuted(order, at)),
    ...orderIncidents(orders, at),
    {
      type: 'CycleCompleted',
      detail: { eventId: `${cycleId}/completed`, at, summary, cycleId, outcome, decisions, orders: orders.length, auditHead },
    },
  ];
}

/** One event for each order that did what should not happen; the same event again while nothing is added to it. */
export const orderIncidents = (orders: readonly LedgerOrder[], at: string): BallastEvent[] =>
  orders.flatMap(({ orderId, cycleId, symbol, state, incidents = [] }): BallastEvent[] => {
    if (incidents.length === 0) return [];
    const summary = `Order ${orderId} (${symbol}, ${state}): ${incidents.join(', ')}.`;
    const eventId = `${orderId}/incidents/${incidents.length}`;
    return [{ type: 'OrderIncident', detail: { eventId, at, summary, cycleId, orderId, symbol, incidents: [...incidents] } }];
  });

/** Of a parent order, once it is over: all that its slices filled. */
export const workedTrade = (parent: ParentOrder, { filledQuantity, averagePriceUsd }: ParentResult, at: string): BallastEvent =>
  tradeExecuted({ ...parent, cumulativeQuantity: filledQuantity as Shares, averagePrice: (averagePriceUsd ?? 0) as Price }, at);

type Executed = Pick<LedgerOrder, 'orderId' | 'cycleId' | 'symbol' | 'side' | 'cumulativeQuantity' | 'averagePrice'>;

function tradeExecuted({ orderId, cycleId, symbol, side, cumulativeQuantity, averagePrice }: Executed, at: string): BallastEvent {
  const direction = side === 'BUY' ? ('buy' as const) : ('sell' as const);
  const price = averagePrice ?? 0;
  const summary = `${direction} ${cumulativeQuantity} ${symbol} at ${price}`;
  const eventId = `${orderId}/${cumulativeQuantity}`;
  return {
    type: 'TradeExecuted',
    detail: { eventId, at, summary, cycleId, orderId, symbol, side: direction, quantity: cumulativeQuantity, price },
  };
}
