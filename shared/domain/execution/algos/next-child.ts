/**
 * What a parent order sends next: the difference between what should be done by the end of this slice and what is done or may still be done.
 *
 * 1. Whatever children of earlier slices filled, or may still fill, counts in full: a child whose fate is unknown is not replaced by another.
 * 2. A slice is a limit order at the market's price, rounded to the passive side, good for the day: it is cancelled when its slice ends, and
 *    what it left is in the next one's difference.
 * 3. The last slice crosses: a market order for all that is left of the schedule.
 * 4. Nothing goes out at a price that is missing, stale, or outside the collar around the price of the decision.
 *
 * Not covered: the quote. The broker port knows the latest trade, which stands for the touch here.
 */
import type { EpochMs, Price, Shares } from '../../../kernel/units.ts';
import type { Side } from '../order-terms.ts';

export interface ChildQuestion {
  readonly side: Side;
  readonly decisionPriceUsd: number;
  /** What should be done by the end of this slice, of all slices so far. */
  readonly cumulativeQuantity: number;
  readonly isLast: boolean;
  /** What children filled, or may still fill. */
  readonly heldQuantity: number;
  readonly market: { readonly priceUsd: number; readonly at: EpochMs } | null;
  readonly now: EpochMs;
}

export interface ChildLimits {
  readonly priceCollarFrac: number;
  readonly referenceAgeMsMax: number;
}

export type ChildTerms =
  | { readonly type: 'MARKET'; readonly quantity: Shares }
  | { readonly type: 'LIMIT'; readonly quantity: Shares; readonly limitPrice: Price };

export type NextChild =
  | { readonly kind: 'send'; readonly terms: ChildTerms; readonly arrivalPriceUsd: Price }
  | { readonly kind: 'hold'; readonly why: 'on-schedule' | 'no-price' | 'price-stale' | 'price-outside-collar' };

export function nextChild(question: ChildQuestion, { priceCollarFrac, referenceAgeMsMax }: ChildLimits): NextChild {
  const { side, decisionPriceUsd, cumulativeQuantity, isLast, heldQuantity, market, now } = question;
  const quantity = toFourDecimals(cumulativeQuantity - heldQuantity) as Shares;
  if (!(quantity > 0)) return { kind: 'hold', why: 'on-schedule' };
  if (market === null || !(market.priceUsd > 0)) return { kind: 'hold', why: 'no-price' };
  if (!(now - market.at <= referenceAgeMsMax)) return { kind: 'hold', why: 'price-stale' };
  if (!(Math.abs(decisionPriceUsd - market.priceUsd) / market.priceUsd <= priceCollarFrac))
    return { kind: 'hold', why: 'price-outside-collar' };
  const arrivalPriceUsd = market.priceUsd as Price;
  if (isLast) return { kind: 'send', arrivalPriceUsd, terms: { type: 'MARKET', quantity } };
  return { kind: 'send', arrivalPriceUsd, terms: { type: 'LIMIT', quantity, limitPrice: passivePrice(market.priceUsd, side) } };
}

/** To the cent, below a dollar to a hundredth of one (Regulation NMS, rule 612), never dearer for a buyer than the market. */
function passivePrice(priceUsd: number, side: Side): Price {
  const grains = priceUsd < 1 ? 10_000 : 100;
  const rounded = side === 'BUY' ? Math.floor(priceUsd * grains + TOLERANCE) : Math.ceil(priceUsd * grains - TOLERANCE);
  return (Math.max(1, rounded) / grains) as Price;
}

/** A product of decimals that misses a whole number by less than this is that number. */
const TOLERANCE = 1e-6;

/** Down, so that a sum of floats never sends a ten-thousandth of a share too much. */
const toFourDecimals = (quantity: number): number => Math.floor(quantity * 1e4 + TOLERANCE) / 1e4;
