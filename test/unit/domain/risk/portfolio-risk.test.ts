import { describe, expect, test } from 'vitest';
import {
  averagePairwiseCorrelation,
  betas,
  marginalCvar,
  portfolioRisk,
  standardDeviation,
} from '../../../../shared/domain/risk/portfolio-risk.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { panelFrom } from './panels.ts';

/** Returns that share a part of their moves. */
function correlated(common: number, symbols = 6, sessions = 251): Float64Array[] {
  const rng = seededRng('panel');
  const market = Array.from({ length: sessions }, () => rng.normal());
  const mixed = (k: number): number => 0.01 * (common * market[k]! + Math.sqrt(1 - common ** 2) * rng.normal());
  return Array.from({ length: symbols }, () => Float64Array.from({ length: sessions }, (_, k) => mixed(k)));
}

// Ten days of which two and a half are the tail at 75 %: two symbols that lose together, and apart.
const worked = panelFrom([
  [-0.08, -0.04, -0.02, ...Array(7).fill(0.01)],
  [0, -0.02, 0.02, ...Array(7).fill(0)],
]);

describe('risk of a book', () => {
  test('is shared out to the symbols as worked by hand', () => {
    // The book loses 4 %, 2.5 % and 0.5 %; of the third day half is in the tail. The volatility is NumPy's std(ddof=1).
    expect(portfolioRisk(worked, Float64Array.of(0.5, 0.25), 0.75)).toEqual({
      kind: 'portfolio-risk',
      varFrac: expect.closeTo(0.005, 15),
      cvarFrac: expect.closeTo(0.027, 15),
      dailyVol: expect.closeTo(0.015994790818680105, 15),
      marginalCvarFrac: [expect.closeTo(0.052, 15), expect.closeTo(0.004, 15)],
      componentCvarFrac: [expect.closeTo(0.026, 15), expect.closeTo(0.001, 15)],
    });
  });

  test('without positions is none, whatever is known of the symbols', () => {
    const short = panelFrom([[Number.NaN], [0.01]]);
    expect(portfolioRisk(short, Float64Array.of(0, 0), 0.95)).toEqual({
      kind: 'portfolio-risk',
      varFrac: 0,
      cvarFrac: 0,
      dailyVol: 0,
      marginalCvarFrac: [0, 0],
      componentCvarFrac: [0, 0],
    });
  });

  test('refuses a weight that is no number, and what the tail refuses', () => {
    expect(portfolioRisk(worked, Float64Array.of(0.5, Number.NaN), 0.75)).toEqual(refuse('weight-not-finite', { weights: 2 }));
    const short = { observations: 10, confidenceLevel: 0.95 };
    expect(portfolioRisk(worked, Float64Array.of(0.5, 0), 0.95)).toEqual(refuse('history-too-short', short));
  });
});

describe('marginal CVaR', () => {
  const marginals = (weights: readonly number[], level = 0.75) => marginalCvar(worked, Float64Array.from(weights), level);

  test('is the mean loss on the tail days of what is held', () => {
    expect(marginals([0.5, 0.25])).toEqual([expect.closeTo(0.052, 15), expect.closeTo(0.004, 15)]);
    expect(marginals([0.5, 0])).toEqual([expect.closeTo(0.052, 15), expect.closeTo(0.004, 15)]);
  });

  test('is each symbol’s own CVaR where nothing is held', () => {
    expect(marginals([0, 0])).toEqual([expect.closeTo(0.052, 15), expect.closeTo(0.008, 15)]);
  });

  test('refuses what the tail refuses, of the book as of a symbol', () => {
    const refusal = refuse('history-too-short', { observations: 10, confidenceLevel: 0.95 });
    expect(marginals([0.5, 0], 0.95)).toEqual(refusal);
    expect(marginals([0, 0], 0.95)).toEqual(refusal);
  });
});

describe('measures', () => {
  test('betas average to one', () => {
    expect(betas(panelFrom(correlated(0.6))).reduce((sum, beta) => sum + beta, 0) / 6).toBeCloseTo(1, 12);
  });

  test('betas are slopes on the mean of the panel', () => {
    // The second symbol moves three times as far as the first: the market moves twice as far.
    const [first] = correlated(0);
    const steeper = first!.map((value) => 3 * value + 0.001);
    expect([...betas(panelFrom([first!, steeper]))]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(1.5, 12)]);
  });

  test('a market that does not move has no slope on it', () => {
    expect([...betas(panelFrom([new Float64Array(9), new Float64Array(9)]))]).toEqual([0, 0]);
  });

  test('the deviation is that of a sample, and 0 for a single return', () => {
    expect(standardDeviation(Float64Array.of(1, 3))).toBeCloseTo(Math.SQRT2, 15);
    expect(standardDeviation(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9))).toBeCloseTo(2.138089935299395, 15);
    expect(standardDeviation(Float64Array.of(5))).toBe(0);
    expect(standardDeviation(new Float64Array(0))).toBe(0);
  });
});

describe('average correlation', () => {
  const held = (count: number, of = 6): Float64Array => Float64Array.from({ length: of }, (_, i) => (i < count ? 0.1 : 0));

  test('is the mean over all pairs held, in the window only', () => {
    const columns = correlated(0.5);
    const pairs: number[] = [];
    for (let i = 0; i < 5; i++) for (let j = 0; j < i; j++) pairs.push(correlation(columns[i]!.subarray(-63), columns[j]!.subarray(-63)));
    const mean = pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
    expect(averagePairwiseCorrelation(panelFrom(columns), held(5), 63, 3)).toBeCloseTo(mean, 12);
  });

  test('of series that move as one is one, with drift or without', () => {
    const [one] = correlated(0);
    const drifting = Array.from({ length: 6 }, (_, i) => one!.map((value) => value * (i + 1) + 0.02 * i));
    expect(averagePairwiseCorrelation(panelFrom(drifting), held(6), 63, 3)).toBeCloseTo(1, 12);
  });

  test('takes the whole panel where it is shorter than the window', () => {
    const columns = correlated(0.5, 3, 40);
    const whole = averagePairwiseCorrelation(panelFrom(columns), held(3, 3), 40, 3);
    expect(averagePairwiseCorrelation(panelFrom(columns), held(3, 3), 63, 3)).toBe(whole);
    expect(whole).not.toBeNull();
  });

  test('needs as many names as the policy asks for, and two in any case', () => {
    const panel = panelFrom(correlated(0.5));
    expect(averagePairwiseCorrelation(panel, held(2), 63, 3)).toBeNull();
    expect(averagePairwiseCorrelation(panel, held(3), 63, 3)).not.toBeNull();
    expect(averagePairwiseCorrelation(panel, held(2), 63, 0)).not.toBeNull();
    expect(averagePairwiseCorrelation(panel, held(1), 63, 0)).toBeNull();
  });

  test('does not count a name that stands still', () => {
    const [one, two, three] = correlated(0.5);
    const still = new Float64Array(251).fill(0.25);
    const without = averagePairwiseCorrelation(panelFrom([one!, two!, three!]), held(3, 3), 63, 3);
    expect(averagePairwiseCorrelation(panelFrom([one!, two!, three!, still]), held(4, 4), 63, 3)).toBe(without);
    expect(averagePairwiseCorrelation(panelFrom([one!, two!, still]), held(3, 3), 63, 3)).toBeNull();
  });
});

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: Float64Array, y: Float64Array, mx: number, my: number): number =>
    x.reduce((sum, value, k) => sum + (value - mx) * (y[k]! - my), 0);
  return product(a, b, meanA, meanB) / Math.sqrt(product(a, a, meanA, meanA) * product(b, b, meanB, meanB));
}
