/**
 * The chandelier exit: a long is closed when its last close lies below the highest high of the last N bars less k average true ranges; a
 * short when it lies above the lowest low plus k ranges. It hangs from the price, not from the entry, so it needs no memory.
 * Source: Le Beau's chandelier exit, as given by Elder (2002), "Come into my trading room". Looks at rows before `asOf` only, since `bars` end there.
 */
import type { Ticker } from '../../../kernel/units.ts';
import { averageTrueRange } from '../../indicators/directional-movement.ts';
import type { DailyBars } from '../../market/bars.ts';
import type { OverlayRules } from '../../policy/overlay-rules.ts';

export interface StopCheck {
  readonly symbol: Ticker;
  readonly stopUsd: number;
  readonly lastCloseUsd: number;
  /** The last close is beyond the stop: the position is to be closed. */
  readonly stopped: boolean;
}

/** `weight` is what is held, signed; null without a position, with bars too short for the stop, or with a number that is not finite. */
export function volatilityStop(
  bars: DailyBars,
  weight: number,
  { bars: count, rangeMultiple }: OverlayRules['volatilityStop'],
): StopCheck | null {
  const length = bars.close.length;
  if (weight === 0 || length <= count) return null;
  const range = averageTrueRange(bars.high, bars.low, bars.close, count)[length - 1]!;
  const lastCloseUsd = bars.close[length - 1]!;
  const side = Math.sign(weight);
  const extreme = side > 0 ? Math.max(...bars.high.subarray(length - count)) : Math.min(...bars.low.subarray(length - count));
  const stopUsd = extreme - side * rangeMultiple * range;
  if (!Number.isFinite(stopUsd) || !Number.isFinite(lastCloseUsd)) return null;
  return { symbol: bars.symbol, stopUsd, lastCloseUsd, stopped: side * (lastCloseUsd - stopUsd) < 0 };
}
