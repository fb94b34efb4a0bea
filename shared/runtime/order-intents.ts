/** From a cycle's plan to what the ledger reserves: the same orders, with their worst case and whether they only take risk off. */
import type { OrderIntent as PlannedIntent } from '../domain/execution/order-intent.ts';
import { isUnsettled, workingShares } from '../domain/execution/order-lifecycle.ts';
import type { OpenOrder, OrderPlan } from '../domain/execution/plan-orders.ts';
import type { Price, Shares, Usd } from '../kernel/units.ts';
import type { LedgerOrder, OrderIntent } from '../stores/ledger/index.ts';

export interface IntentQuestion {
  readonly plan: OrderPlan;
  /** Shares held at the start, by symbol. */
  readonly held: ReadonlyMap<string, number>;
  /** What still works of earlier cycles. */
  readonly openOrders: readonly LedgerOrder[];
  readonly strategy: string;
  readonly broker: string;
}

/** In the plan's order. An order reduces only as far as the orders before it, and those still working, have left something to reduce. */
export function ledgerIntents({ plan, held, openOrders, strategy, broker }: IntentQuestion): OrderIntent[] {
  const left = new Map(held);
  /** Whether it only takes risk off; what it takes off is no more there for the next. */
  const take = (symbol: string, signed: number): boolean => {
    const before = left.get(symbol) ?? 0;
    const reduces = before * signed < 0 && Math.abs(signed) <= Math.abs(before);
    if (before * signed < 0) left.set(symbol, reduces ? before + signed : 0);
    return reduces;
  };
  for (const order of openOrders) take(order.symbol, order.side === 'BUY' ? workingSharesOf(order) : -workingSharesOf(order));
  return plan.orders.map(({ intent, arrivalPriceUsd }) => {
    const reducing = take(intent.symbol, intent.side === 'buy' ? intent.quantity : -intent.quantity);
    return ledgerIntent(intent, { reducing, strategy, broker, arrivalPriceUsd });
  });
}

/** The same orders as a plan must know them. */
export const openForPlan = (orders: readonly LedgerOrder[]): OpenOrder[] =>
  orders.map((order) => ({
    symbol: order.symbol,
    clientOrderId: order.orderId,
    signedLeaves: order.side === 'BUY' ? workingSharesOf(order) : -workingSharesOf(order),
    fateUnknown: isUnsettled(order),
  }));

interface IntentTerms {
  readonly reducing: boolean;
  readonly strategy: string;
  readonly broker: string;
  readonly arrivalPriceUsd: number | null;
}

function ledgerIntent(
  { clientOrderId, cycleId, symbol, side, quantity, referencePriceUsd }: PlannedIntent,
  { reducing, strategy, broker, arrivalPriceUsd }: IntentTerms,
): OrderIntent {
  return {
    ...{ cycleId, orderId: clientOrderId, symbol, strategy, broker, reducing },
    side: side === 'buy' ? 'BUY' : 'SELL',
    // A plan closes and opens in separate cycles: a sale that does not reduce is of shares the fund does not own.
    ...(side === 'sell' && !reducing && { shortSale: true }),
    type: 'MARKET',
    timeInForce: 'DAY',
    quantity: quantity as Shares,
    decisionPriceUsd: referencePriceUsd as Price,
    ...(arrivalPriceUsd !== null && { arrivalPriceUsd: arrivalPriceUsd as Price }),
    // All of it filled, at the price it was planned at.
    worstCaseUsd: (quantity * (arrivalPriceUsd ?? referencePriceUsd)) as Usd,
  };
}

const workingSharesOf = ({ quantity, cumulativeQuantity, state }: LedgerOrder): number =>
  workingShares({ state, leaves: quantity - cumulativeQuantity });
