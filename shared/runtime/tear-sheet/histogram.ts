/**
 * How returns are spread over equal bins, beside what a normal distribution of the same mean and standard deviation would put there.
 *
 * Bins reach four standard deviations to each side of the mean; what lies further out is counted in the outermost bins, so that one crash does not
 * squeeze the picture. Width: Freedman and Diaconis (1981), 2 · IQR / ∛n, kept between 20 and 80 bins.
 * Source: D. Freedman & P. Diaconis (1981), Zeitschrift für Wahrscheinlichkeitstheorie 57(4), 453–476.
 */
import { normalCdf } from '../../domain/statistics/normal.ts';

export interface Histogram {
  /** One more than bins. */
  readonly edges: Float64Array;
  readonly counts: Float64Array;
  /** Counts that a normal distribution would have, its tails in the outermost bins. */
  readonly normal: Float64Array;
  /** Returns beyond the edges on either side. */
  readonly below: number;
  readonly above: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Null for fewer than 20 finite returns, or where they do not vary. */
export function histogramOf(returns: Float64Array): Histogram | null {
  const sorted = returns.filter(Number.isFinite).sort();
  const n = sorted.length;
  const mean = sorted.reduce((sum, one) => sum + one, 0) / n;
  const deviation = Math.sqrt(sorted.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1));
  if (n < 20 || !(deviation > 0)) return null;
  const spread = 4 * deviation;
  const quartiles = sorted[Math.floor(0.75 * (n - 1))]! - sorted[Math.floor(0.25 * (n - 1))]!;
  const width = (2 * quartiles) / Math.cbrt(n);
  const bins = Math.min(80, Math.max(20, width > 0 ? Math.round((2 * spread) / width) : 20));
  const edges = Float64Array.from({ length: bins + 1 }, (_, edge) => mean - spread + (2 * spread * edge) / bins);
  const counts = new Float64Array(bins);
  for (const one of sorted) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((one - edges[0]!) / (2 * spread)) * bins)));
    counts[bin] = counts[bin]! + 1;
  }
  const upTo = (edge: number): number => (edge <= 0 ? 0 : edge >= bins ? 1 : normalCdf((edges[edge]! - mean) / deviation));
  return {
    edges,
    counts,
    normal: counts.map((_, bin) => n * (upTo(bin + 1) - upTo(bin))),
    below: sorted.filter((one) => one < edges[0]!).length,
    above: sorted.filter((one) => one > edges[bins]!).length,
    mean,
    deviation,
  };
}
