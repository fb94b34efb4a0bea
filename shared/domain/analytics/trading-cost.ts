/**
 * What trading cost: each order's implementation shortfall, added up.
 *
 * delay        decision price → market price when the order was sent: what the market did meanwhile, for or against the fund
 * slippage     market price when sent → price paid: spread and impact, the cost of trading itself
 * opportunity  decision price → close, for the shares that were not filled
 * An order whose price when sent is the very price it was decided at had no fresh quote (an exchange that replays daily bars has none): the
 * session's close takes its place, once it is known. Delay and slippage together are the same either way.
 * Positive is a cost. A part that an order has no price for is counted in `unpriced`, not guessed.
 *
 * Source: A. F. Perold (1988), "The implementation shortfall: paper versus reality", J. Portfolio Management 14(3).
 * Not covered: borrow fees; the broker's own fees are booked as cash, not by order.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import { implementationShortfall } from '../execution/implementation-shortfall.ts';
import { extremeLogReturn } from '../market/equal-weighted.ts';
import type { PointOrder } from './cycle-point.ts';

export interface TradingCost {
  readonly orders: number;
  readonly filledOrders: number;
  /** Both sides, at the prices paid. */
  readonly tradedUsd: number;
  /** Signed: what the trades took out of the cash. */
  readonly spentUsd: number;
  readonly delayUsd: number;
  readonly slippageUsd: number;
  readonly opportunityUsd: number;
  /** Slippage in basis points of what was traded; null when nothing was. */
  readonly slippageBps: number | null;
  /** Orders with a part that no price is known for. */
  readonly unpriced: number;
}

/** `closes`: of the session's end, by symbol, where they are known. */
export function tradingCost(orders: readonly PointOrder[], closes: Readonly<Record<string, number>> = {}): TradingCost {
  const sum = { orders: 0, filledOrders: 0, tradedUsd: 0, spentUsd: 0, delayUsd: 0, slippageUsd: 0, opportunityUsd: 0, unpriced: 0 };
  for (const order of orders) {
    sum.orders++;
    const { side, filledQuantity, averagePriceUsd } = order;
    if (filledQuantity > 0) {
      sum.filledOrders++;
      const worthUsd = filledQuantity * (averagePriceUsd ?? 0);
      sum.tradedUsd += worthUsd;
      sum.spentUsd += side === 'BUY' ? worthUsd : -worthUsd;
    }
    const closePriceUsd = closeOf(order, closes);
    const arrivalPriceUsd = order.arrivalPriceUsd === order.decisionPriceUsd ? closePriceUsd : order.arrivalPriceUsd;
    const shortfall = implementationShortfall({ ...order, arrivalPriceUsd, closePriceUsd, feesUsd: 0 });
    if (isRefusal(shortfall)) {
      sum.unpriced++;
      continue;
    }
    const { delayUsd, tradingUsd, opportunityUsd } = shortfall;
    if (delayUsd === null || tradingUsd === null || opportunityUsd === null) sum.unpriced++;
    sum.delayUsd += delayUsd ?? 0;
    sum.slippageUsd += tradingUsd ?? 0;
    sum.opportunityUsd += opportunityUsd ?? 0;
  }
  return { ...sum, slippageBps: sum.tradedUsd > 0 ? (sum.slippageUsd / sum.tradedUsd) * 10_000 : null };
}

/** Null where it is not known, and after a move so large that a split between decision and close is likelier than news. */
function closeOf({ symbol, decisionPriceUsd }: PointOrder, closes: Readonly<Record<string, number>>): number | null {
  const close = closes[symbol] ?? null;
  return close !== null && Math.abs(Math.log(close / decisionPriceUsd)) <= extremeLogReturn ? close : null;
}
