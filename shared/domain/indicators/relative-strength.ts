/**
 * Relative strength index: Wilder (1978), New Concepts in Technical Trading Systems, section VI; as TA-Lib computes it.
 * Average gain and loss start as means of the first `period` changes and are then smoothed by (period − 1)/period.
 * Values lie in [0, 100]; the first `period` are NaN. No movement at all gives 0, as in TA-Lib.
 */
export function relativeStrengthIndex(closes: Float64Array, period: number): Float64Array {
  const out = new Float64Array(closes.length).fill(Number.NaN);
  if (closes.length <= period) return out;
  let gain = 0;
  let loss = 0;
  for (let i = 1; i <= period; i++) {
    const change = closes[i]! - closes[i - 1]!;
    if (change > 0) gain += change;
    else loss -= change;
  }
  gain /= period;
  loss /= period;
  out[period] = strength(gain, loss);
  for (let i = period + 1; i < closes.length; i++) {
    const change = closes[i]! - closes[i - 1]!;
    gain = (gain * (period - 1) + Math.max(change, 0)) / period;
    loss = (loss * (period - 1) + Math.max(-change, 0)) / period;
    out[i] = strength(gain, loss);
  }
  return out;
}

const strength = (gain: number, loss: number): number => (gain + loss === 0 ? 0 : (100 * gain) / (gain + loss));
