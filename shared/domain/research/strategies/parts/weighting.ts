/** How much of each. All write into the weights of a rebalance, which come as zeros. */

/** The same of each of them, together `gross`; negative is short. */
export function equalWeights(chosen: readonly number[], gross: number, weights: Float64Array): void {
  for (const symbol of chosen) weights[symbol] = gross / chosen.length;
}

/** Each in proportion to 1 / its volatility, together `gross`. A volatility that is not above zero has no inverse: such a symbol gets nothing. */
export function inverseVolatility(
  chosen: readonly number[],
  dailyVolOf: (symbol: number) => number,
  gross: number,
  weights: Float64Array,
): void {
  let sum = 0;
  for (const symbol of chosen) {
    const inverse = 1 / dailyVolOf(symbol);
    weights[symbol] = inverse > 0 && Number.isFinite(inverse) ? inverse : 0;
    sum += weights[symbol];
  }
  if (sum > 0) for (const symbol of chosen) weights[symbol]! *= gross / sum;
}
