/**
 * Bollinger bands: the simple average, and `width` population standard deviations above and below (TA-Lib BBANDS with a simple average).
 * The first period − 1 values are NaN.
 */
import { simpleMovingAverage } from './moving-average.ts';

export interface BollingerBands {
  readonly middle: Float64Array;
  readonly upper: Float64Array;
  readonly lower: Float64Array;
}

export function bollingerBands(closes: Float64Array, period: number, width: number): BollingerBands {
  const middle = simpleMovingAverage(closes, period);
  const deviation = new Float64Array(closes.length).fill(Number.NaN);
  for (let i = period - 1; i < closes.length; i++) {
    let squares = 0;
    for (let j = i - period + 1; j <= i; j++) squares += (closes[j]! - middle[i]!) ** 2;
    deviation[i] = Math.sqrt(squares / period);
  }
  return {
    middle,
    upper: middle.map((value, i) => value + width * deviation[i]!),
    lower: middle.map((value, i) => value - width * deviation[i]!),
  };
}
