/**
 * Hit rates and rank correlations of opinions, with standard errors that respect that companies of one month move together.
 *
 * Hit rate: hits over opinions; standard error clustered by month, √Σ_m (Σ_i (hit_im − rate))² / n.
 * Slope: of the hit on the raw confidence by least squares, standard error clustered by month (Liang & Zeger 1986, without a small-sample factor).
 * Rank correlation: Spearman's by month, then mean and standard error over months, of which two overlap by few sessions at most.
 */

export interface Judged {
  readonly month: number;
  readonly score: number;
  readonly confidence: number;
  /** Return of the next sessions less the cross-section's median. */
  readonly relativeReturn: number;
  /** The score's sign agreed; null when there is no side to be on. */
  readonly hit: boolean | null;
  /** The sign of the score less its median over the opinions of the month agreed; null when there is no side to be on. */
  readonly relativeHit: boolean | null;
}

export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

export function hitRate(all: readonly Judged[], of: 'hit' | 'relativeHit'): Estimate {
  const judged = all.filter((one) => one[of] !== null);
  const count = judged.length;
  const value = judged.filter((one) => one[of]).length / count;
  const squares = byMonth(judged).reduce((sum, month) => sum + month.reduce((part, one) => part + (Number(one[of]) - value), 0) ** 2, 0);
  return { value, standardError: Math.sqrt(squares) / count };
}

/** How much the hit rate rises from confidence 0 to 1. */
export function confidenceSlope(all: readonly Judged[]): Estimate {
  const judged = all.filter(({ relativeHit }) => relativeHit !== null);
  const count = judged.length;
  const meanConfidence = judged.reduce((sum, { confidence }) => sum + confidence, 0) / count;
  const meanHit = judged.filter(({ relativeHit }) => relativeHit).length / count;
  const spread = judged.reduce((sum, { confidence }) => sum + (confidence - meanConfidence) ** 2, 0);
  const value =
    judged.reduce((sum, { confidence, relativeHit }) => sum + (confidence - meanConfidence) * (Number(relativeHit) - meanHit), 0) / spread;
  const squares = byMonth(judged).reduce((sum, month) => {
    const part = month.reduce((inner, { confidence, relativeHit }) => {
      const residual = Number(relativeHit) - meanHit - value * (confidence - meanConfidence);
      return inner + (confidence - meanConfidence) * residual;
    }, 0);
    return sum + part ** 2;
  }, 0);
  return { value, standardError: Math.sqrt(squares) / spread };
}

/** Months with fewer than five opinions are left out. */
export function rankCorrelation(judged: readonly Judged[]): Estimate & { readonly months: number } {
  const values = byMonth(judged)
    .filter((month) => month.length >= 5)
    .map((month) => correlation(ranks(month.map(({ score }) => score)), ranks(month.map(({ relativeReturn }) => relativeReturn))))
    .filter(Number.isFinite);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { value: mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length), months: values.length };
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Pools adjacent groups until the rates rise (Ayer et al. 1955); the rate of each group. */
export function risingRates(groups: ReadonlyArray<{ readonly rate: number; readonly count: number }>): number[] {
  const pools: Array<{ rate: number; count: number; groups: number }> = [];
  for (const { rate, count } of groups) {
    pools.push({ rate, count, groups: 1 });
    while (pools.length > 1 && pools.at(-2)!.rate >= pools.at(-1)!.rate) {
      const last = pools.pop()!;
      const into = pools.at(-1)!;
      into.rate = (into.rate * into.count + last.rate * last.count) / (into.count + last.count);
      into.count += last.count;
      into.groups += last.groups;
    }
  }
  return pools.flatMap(({ rate, groups: members }) => Array.from({ length: members }, () => rate));
}

const byMonth = (judged: readonly Judged[]): Judged[][] => [...Map.groupBy(judged, ({ month }) => month).values()];

function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const places = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let after = first + 1;
    while (after < order.length && values[order[after]!] === values[order[first]!]) after++;
    for (let i = first; i < after; i++) places[order[i]!] = (first + after - 1) / 2;
    first = after;
  }
  return places;
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (a.length - 1) / 2;
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    product += (a[i]! - mean) * (b[i]! - mean);
    squaresA += (a[i]! - mean) ** 2;
    squaresB += (b[i]! - mean) ** 2;
  }
  return product / Math.sqrt(squaresA * squaresB);
}
