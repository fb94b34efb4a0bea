/**
 * True range, average true range, directional indicators and ADX: Wilder (1978), sections III and IV; warm-up as in TA-Lib.
 *
 * ATR starts at index `period` as the mean of the first true ranges, then is smoothed by (period − 1)/period.
 * Directional movement and true range are summed over the first period − 1 moves, then smoothed by subtracting 1/period of the sum;
 * +DI and −DI start at index `period`, ADX at 2·period − 1 as the mean of the first `period` values of DX.
 */
export interface DirectionalMovement {
  /** 0 to 100. */
  readonly plusDi: Float64Array;
  readonly minusDi: Float64Array;
  readonly adx: Float64Array;
}

/** Wilder's average true range, in price units; the first `period` values are NaN. */
export function averageTrueRange(high: Float64Array, low: Float64Array, close: Float64Array, period: number): Float64Array {
  const out = new Float64Array(close.length).fill(Number.NaN);
  if (close.length <= period) return out;
  let average = 0;
  for (let i = 1; i <= period; i++) average += trueRange(high, low, close, i);
  average /= period;
  out[period] = average;
  for (let i = period + 1; i < close.length; i++) {
    average = (average * (period - 1) + trueRange(high, low, close, i)) / period;
    out[i] = average;
  }
  return out;
}

export function directionalMovement(high: Float64Array, low: Float64Array, close: Float64Array, period: number): DirectionalMovement {
  const length = close.length;
  const plusDi = new Float64Array(length).fill(Number.NaN);
  const minusDi = new Float64Array(length).fill(Number.NaN);
  const adx = new Float64Array(length).fill(Number.NaN);
  let [plus, minus, range] = [0, 0, 0];
  let [dxSum, average] = [0, 0];
  for (let i = 1; i < length; i++) {
    const up = high[i]! - high[i - 1]!;
    const down = low[i - 1]! - low[i]!;
    const keep = i < period ? 1 : 1 - 1 / period;
    plus = plus * keep + (up > 0 && up > down ? up : 0);
    minus = minus * keep + (down > 0 && down > up ? down : 0);
    range = range * keep + trueRange(high, low, close, i);
    if (i < period) continue;
    plusDi[i] = range === 0 ? 0 : (100 * plus) / range;
    minusDi[i] = range === 0 ? 0 : (100 * minus) / range;
    const both = plusDi[i]! + minusDi[i]!;
    const dx = both === 0 ? 0 : (100 * Math.abs(plusDi[i]! - minusDi[i]!)) / both;
    if (i < 2 * period) dxSum += dx;
    if (i < 2 * period - 1) continue;
    average = i === 2 * period - 1 ? dxSum / period : (average * (period - 1) + dx) / period;
    adx[i] = average;
  }
  return { plusDi, minusDi, adx };
}

const trueRange = (high: Float64Array, low: Float64Array, close: Float64Array, i: number): number =>
  Math.max(high[i]! - low[i]!, Math.abs(high[i]! - close[i - 1]!), Math.abs(low[i]! - close[i - 1]!));
