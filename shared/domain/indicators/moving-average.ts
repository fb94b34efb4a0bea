/**
 * Simple and exponential moving averages, as TA-Lib defines them.
 * The output has the input's length; the first period − 1 values are NaN (warm-up), and all are when the input is shorter than the period.
 * The exponential average starts from the simple average of its first `period` values; its weight is 2 / (period + 1).
 * NaN in the input makes the values that depend on it NaN.
 */

/** Mean of the last `period` values. */
export function simpleMovingAverage(values: Float64Array, period: number): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN);
  for (let i = period - 1; i < values.length; i++) {
    let sum = 0;
    for (let j = i - period + 1; j <= i; j++) sum += values[j]!;
    out[i] = sum / period;
  }
  return out;
}

/** `seedEnd` is the index of the first output; later than period − 1 only where two averages must start together (MACD). */
export function exponentialMovingAverage(values: Float64Array, period: number, seedEnd = period - 1): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN);
  if (values.length <= seedEnd) return out;
  let sum = 0;
  for (let j = seedEnd - period + 1; j <= seedEnd; j++) sum += values[j]!;
  const weight = 2 / (period + 1);
  let average = sum / period;
  out[seedEnd] = average;
  for (let i = seedEnd + 1; i < values.length; i++) {
    average += weight * (values[i]! - average);
    out[i] = average;
  }
  return out;
}
