/**
 * What an order cost against the price it was decided at, and where the cost arose. Positive is a cost, for buys and sells alike.
 *
 *   delay        (arrival − decision) × filled           the market moved before the order reached it
 *   trading      (average − arrival) × filled            spread, impact and timing while it worked
 *   opportunity  (close − decision) × unfilled           what the rest would have earned or saved, at the close
 *   fees
 *   total        their sum; for sells with the sign turned; in basis points of decision price × quantity ordered
 *
 * Perold (1988), "The implementation shortfall: paper versus reality", Journal of Portfolio Management 14(3); cut into delay, trading and
 * opportunity as by Wagner and Edwards (1993), "Best execution", Financial Analysts Journal 49(1).
 *
 * A part whose price is not known is null, and so is the total that would need it; it is never taken for zero.
 * Not covered: the cost of money between trade and settlement.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Bps, Frac, Usd } from '../../kernel/units.ts';
import type { Side } from './order-terms.ts';

export interface ShortfallQuestion {
  readonly side: Side;
  /** Shares that were decided. */
  readonly quantity: number;
  readonly filledQuantity: number;
  /** Null while nothing is filled. */
  readonly averagePriceUsd: number | null;
  readonly decisionPriceUsd: number | null;
  /** The market's price when the order was sent. */
  readonly arrivalPriceUsd: number | null;
  /** The price at the end, for what was not filled. */
  readonly closePriceUsd: number | null;
  readonly feesUsd: number;
}

export interface Shortfall {
  readonly filledFrac: Frac;
  readonly delayUsd: Usd | null;
  readonly tradingUsd: Usd | null;
  readonly opportunityUsd: Usd | null;
  readonly feesUsd: Usd;
  readonly totalUsd: Usd | null;
  readonly totalBps: Bps | null;
  /** Delay and trading together, in basis points of what the filled shares were worth at the decision; null while nothing is filled. */
  readonly filledBps: Bps | null;
}

export type ShortfallRefusal = Refusal<'no-decision-price' | 'quantity-not-positive' | 'filled-not-within-quantity' | 'fill-without-price'>;

export function implementationShortfall(question: ShortfallQuestion): Shortfall | ShortfallRefusal {
  const { side, quantity, filledQuantity: filled, averagePriceUsd, decisionPriceUsd: decision, feesUsd } = question;
  if (!isPrice(decision)) return refuse('no-decision-price', { decisionPriceUsd: decision });
  if (!(quantity > 0 && Number.isFinite(quantity))) return refuse('quantity-not-positive', { quantity });
  if (!(filled >= 0 && filled <= quantity + TOLERANCE)) return refuse('filled-not-within-quantity', { quantity, filled });
  if (filled > 0 && !isPrice(averagePriceUsd)) return refuse('fill-without-price', { filled });
  const sign = side === 'BUY' ? 1 : -1;
  const rest = Math.max(0, quantity - filled);
  /** Zero shares cost nothing, whatever the price. */
  const cost = (from: number | null, to: number | null, shares: number): Usd | null =>
    (shares === 0 ? 0 : isPrice(from) && isPrice(to) ? sign * (to - from) * shares : null) as Usd | null;
  const delayUsd = cost(decision, question.arrivalPriceUsd, filled);
  const tradingUsd = cost(question.arrivalPriceUsd, averagePriceUsd, filled);
  const opportunityUsd = cost(decision, question.closePriceUsd, rest);
  const filledUsd = cost(decision, averagePriceUsd, filled);
  const totalUsd = filledUsd === null || opportunityUsd === null ? null : ((filledUsd + opportunityUsd + feesUsd) as Usd);
  return {
    filledFrac: Math.min(1, filled / quantity) as Frac,
    delayUsd,
    tradingUsd,
    opportunityUsd,
    feesUsd: feesUsd as Usd,
    totalUsd,
    totalBps: totalUsd === null ? null : inBps(totalUsd, decision * quantity),
    filledBps: filledUsd === null || filled === 0 ? null : inBps(filledUsd, decision * filled),
  };
}

export interface Fill {
  readonly quantity: number;
  readonly priceUsd: number;
}

/** Several fills as one: all shares, at their mean price; no price for no shares, and none where a fill has none. */
export function fillsTogether(fills: readonly Fill[]): { readonly filledQuantity: number; readonly averagePriceUsd: number | null } {
  const filled = fills.filter(({ quantity }) => quantity > 0);
  const filledQuantity = Math.round(filled.reduce((sum, { quantity }) => sum + quantity, 0) * 1e4) / 1e4;
  const averagePriceUsd = filled.reduce((sum, { quantity, priceUsd }) => sum + quantity * priceUsd, 0) / filledQuantity;
  return { filledQuantity, averagePriceUsd: Number.isFinite(averagePriceUsd) ? averagePriceUsd : null };
}

/** Sums of quantities to four decimals miss by less than this. */
const TOLERANCE = 1e-6;

const isPrice = (price: number | null): price is number => price !== null && price > 0 && Number.isFinite(price);

const inBps = (costUsd: number, valueUsd: number): Bps => ((costUsd / valueUsd) * 10_000) as Bps;
