/**
 * Moving average convergence/divergence (Appel), as TA-Lib computes it: both exponential averages start on the same bar
 * (index slow − 1), the signal line starts from the simple mean of its first values.
 * The line is NaN before index slow − 1, signal and histogram before slow + signal − 2.
 */
import { exponentialMovingAverage } from './moving-average.ts';

export interface Macd {
  readonly line: Float64Array;
  readonly signal: Float64Array;
  readonly histogram: Float64Array;
}

export function macd(closes: Float64Array, fastPeriod: number, slowPeriod: number, signalPeriod: number): Macd {
  const start = slowPeriod - 1;
  const fast = exponentialMovingAverage(closes, fastPeriod, start);
  const slow = exponentialMovingAverage(closes, slowPeriod, start);
  const line = fast.map((value, i) => value - slow[i]!);
  const signal = new Float64Array(closes.length).fill(Number.NaN);
  if (closes.length > start) signal.set(exponentialMovingAverage(line.subarray(start), signalPeriod), start);
  return { line, signal, histogram: line.map((value, i) => value - signal[i]!) };
}
