/**
 * What the ranker measures of one symbol, each number once, on bars that end before the session.
 *
 *   trend        how far close, SMA 20, SMA 50 and SMA 200 lie apart in that order, each distance over what a random walk covers in the
 *                slower average's bars, at most ±1, averaged; times ADX 14 / 100, which says whether the move has a direction at all
 *   volatility   ATR 14 over the close; width of the Bollinger bands (20, 2) over their middle; annualised deviation of daily returns
 *   liquidity    median dollar volume of 20 sessions, so that one rebalancing day makes nothing liquid; the spread, never below a tick
 *   performance  return of 63 sessions, from which the ranker takes the costs before it divides by the risk
 *
 * Sources: Wilder (1978) for ATR and ADX; Corwin & Schultz (2012) for the spread. Prices are dividend-adjusted except where they are money.
 * Refuses fewer bars than the slowest average needs, and any number that is not finite.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { bollingerBands } from '../indicators/bollinger.ts';
import { averageTrueRange, directionalMovement } from '../indicators/directional-movement.ts';
import { annualized, realizedDailyVol } from '../indicators/momentum.ts';
import { simpleMovingAverage } from '../indicators/moving-average.ts';
import { dividendAdjusted, totalReturns } from '../indicators/returns.ts';
import type { DailyBars } from '../market/bars.ts';
import { selectInPlace } from '../statistics/select.ts';
import { corwinSchultzSpread } from './corwin-schultz-spread.ts';

const FAST_BARS = 20;
const MIDDLE_BARS = 50;
const SLOW_BARS = 200;
const RANGE_BARS = 14;
const BAND_BARS = 20;
const BAND_WIDTH = 2;
const VOLUME_BARS = 20;
/** A quarter of a year. */
const PERFORMANCE_BARS = 63;
const TICK_USD = 0.01;
const BPS = 10_000;

export interface SymbolMeasures {
  /** As traded. */
  readonly closeUsd: number;
  /** −1 to 1; negative is a fall. */
  readonly trendStrength: number;
  readonly adx: number;
  readonly rangeFrac: number;
  readonly bandWidthFrac: number;
  /** Standard deviation of daily total returns. */
  readonly dailyVol: number;
  readonly annualizedVol: number;
  readonly dollarVolume: number;
  readonly spreadBps: number;
  readonly spreadErrorBps: number;
  /** Simple total return of the quarter, before costs. */
  readonly quarterReturn: number;
}

export interface MeasureRules {
  /** Returns behind the volatility. */
  readonly volatilityBars: number;
  readonly sessionsPerYear: number;
}

export function measureSymbol(
  bars: DailyBars,
  { volatilityBars, sessionsPerYear }: MeasureRules,
): SymbolMeasures | Refusal<'history-too-short' | 'measures-not-finite'> {
  const last = bars.close.length - 1;
  if (last < SLOW_BARS) return refuse('history-too-short', { rows: bars.close.length });
  const { high, low, close } = dividendAdjusted(bars);
  const closeUsd = bars.close[last]!;
  const dailyVol = realizedDailyVol(totalReturns(bars), volatilityBars);
  const bands = bollingerBands(close, BAND_BARS, BAND_WIDTH);
  const { adx } = directionalMovement(high, low, close, RANGE_BARS);
  const spread = corwinSchultzSpread(high, low, close);
  const measures = {
    closeUsd,
    trendStrength: (alignment(close, dailyVol) * adx[last]!) / 100,
    adx: adx[last]!,
    rangeFrac: averageTrueRange(high, low, close, RANGE_BARS)[last]! / close[last]!,
    bandWidthFrac: (bands.upper[last]! - bands.lower[last]!) / bands.middle[last]!,
    dailyVol,
    annualizedVol: annualized(dailyVol, sessionsPerYear),
    dollarVolume: medianDollarVolume(bars),
    spreadBps: Math.max(spread.meanBps, (TICK_USD / closeUsd) * BPS),
    spreadErrorBps: spread.standardErrorBps,
    quarterReturn: close[last]! / close[last - PERFORMANCE_BARS]! - 1,
  };
  return Object.values(measures).every(Number.isFinite) ? measures : refuse('measures-not-finite', { symbol: bars.symbol });
}

/** The risk of holding a symbol for as long as its performance was measured. */
export const quarterVol = (dailyVol: number): number => dailyVol * Math.sqrt(PERFORMANCE_BARS);

/** −1 when every average stands above the faster one, 1 when every one stands below it; NaN when the price does not move. */
function alignment(close: Float64Array, dailyVol: number): number {
  const last = close.length - 1;
  const averages = [FAST_BARS, MIDDLE_BARS, SLOW_BARS].map((period) => ({ period, value: simpleMovingAverage(close, period)[last]! }));
  let sum = 0;
  let faster = close[last]!;
  for (const { period, value } of averages) {
    sum += Math.min(1, Math.max(-1, (faster / value - 1) / (dailyVol * Math.sqrt(period))));
    faster = value;
  }
  return sum / averages.length;
}

function medianDollarVolume({ close, volume }: DailyBars): number {
  const from = close.length - VOLUME_BARS;
  const traded = Float64Array.from({ length: VOLUME_BARS }, (_, i) => close[from + i]! * volume[from + i]!);
  if (traded.some(Number.isNaN)) return Number.NaN;
  const upper = selectInPlace(traded, VOLUME_BARS / 2);
  return (upper + selectInPlace(traded, VOLUME_BARS / 2 - 1)) / 2;
}
