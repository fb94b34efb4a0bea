/**
 * Variance of a book of candidates, and what each of them shares with it, from the factor of a shrunk covariance.
 *
 * With loadings F and ridge r the variance is ‖Fᵀw‖² + r·‖w‖², one pass over the returns for the whole book; no matrix is formed.
 * A position that is held but cannot be measured moves as the most volatile symbol there is (as it does in the risk room), with a ridge
 * of its own. Sums run in symbol order.
 */
import type { AllocationCandidate } from './allocation.ts';
import { dot } from './cholesky.ts';
import { type Covariance, covarianceMatrix } from './shrunk-covariance.ts';

export class BookRisk {
  readonly #covariance: Covariance;
  /** Per candidate its place in the covariance; a proxy's for what is not in it. */
  readonly #columns: readonly number[];
  readonly #measured: readonly boolean[];
  readonly #order: readonly number[];

  constructor(covariance: Covariance, candidates: readonly AllocationCandidate[], order: readonly number[]) {
    const known = new Map<string, number>(covariance.symbols.map((symbol, i) => [symbol, i]));
    const proxy = mostVolatile(covariance);
    this.#covariance = covariance;
    this.#order = order;
    this.#measured = candidates.map(({ symbol }) => known.has(symbol));
    this.#columns = candidates.map(({ symbol }) => known.get(symbol) ?? proxy);
  }

  isMeasured = (i: number): boolean => this.#measured[i]!;

  /** Per session; `weights` are in the candidates' order. */
  variance(weights: Float64Array): number {
    const series = this.#seriesOf(weights);
    const squares = this.#order.reduce((sum, i) => sum + weights[i]! ** 2, 0);
    return dot(series, series) + this.#covariance.ridge * squares;
  }

  /** Covariance of one candidate with the book, for each of `indices`. */
  covariancesWith(weights: Float64Array, indices: readonly number[]): Float64Array {
    const series = this.#seriesOf(weights);
    const { loadings, ridge } = this.#covariance;
    return Float64Array.from(indices, (i) => dot(loadings[this.#columns[i]!]!, series) + ridge * weights[i]!);
  }

  /** Among `indices`, row-major; all of them must be measured. */
  matrix = (indices: readonly number[]): Float64Array =>
    covarianceMatrix(
      this.#covariance,
      indices.map((i) => this.#columns[i]!),
    );

  /** What the loadings make of the book, day by day. */
  #seriesOf(weights: Float64Array): Float64Array {
    const { loadings } = this.#covariance;
    const series = new Float64Array(loadings[0]!.length);
    for (const i of this.#order) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      const loading = loadings[this.#columns[i]!]!;
      for (let t = 0; t < series.length; t++) series[t]! += weight * loading[t]!;
    }
    return series;
  }
}

/** The smaller symbol where two are equally volatile. */
function mostVolatile({ loadings, symbols }: Covariance): number {
  const variances = loadings.map((loading) => dot(loading, loading));
  let found = 0;
  for (let i = 1; i < variances.length; i++) {
    const [own, most] = [variances[i]!, variances[found]!];
    if (own > most || (own === most && symbols[i]! < symbols[found]!)) found = i;
  }
  return found;
}
