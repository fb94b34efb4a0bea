/** What must hold of validation for any returns, and how it behaves on markets in which there is nothing to find. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pbo } from '../../../../../shared/domain/research/validation/backtest-overfitting.ts';
import { drawBlocks, emptyDraw } from '../../../../../shared/domain/research/validation/block-draw.ts';
import { realityCheck, superiorPredictiveAbility } from '../../../../../shared/domain/research/validation/data-snooping.ts';
import { deflatedSharpe } from '../../../../../shared/domain/research/validation/deflated-sharpe.ts';
import { minimumTrackRecord, probabilisticSharpe } from '../../../../../shared/domain/research/validation/probabilistic-sharpe.ts';
import { assemblePaths, combinatorialPurged, purgedFolds } from '../../../../../shared/domain/research/validation/purged-splits.ts';
import { sharpeErrors, sharpeOf } from '../../../../../shared/domain/research/validation/sharpe.ts';
import { walkForwardSplits } from '../../../../../shared/domain/research/validation/walk-forward-splits.ts';
import { type Rng, seededRng } from '../../../../../shared/kernel/rng.ts';

const noise = (rng: Rng, count: number): Float64Array => Float64Array.from({ length: count }, () => 0.01 * rng.normal());
const market = (rng: Rng, trials: number, bars: number): Float64Array[] => Array.from({ length: trials }, () => noise(rng, bars));
const seeds = fc.integer({ min: 1, max: 1_000_000 });
const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

function answered<Value extends { readonly kind: string }>(value: Value): Exclude<Value, { readonly kind: 'refused' }> {
  if (value.kind === 'refused') throw new Error(JSON.stringify(value));
  return value as Exclude<Value, { readonly kind: 'refused' }>;
}

describe('purged splits', () => {
  /** Ascending starts, labels that reach up to ten bars. */
  const labelSpans = fc
    .array(fc.record({ step: fc.integer({ min: 0, max: 3 }), reach: fc.integer({ min: 0, max: 10 }) }), { minLength: 60, maxLength: 120 })
    .map((rows) => {
      let bar = 0;
      const from = Int32Array.from(rows, ({ step }) => (bar += step));
      return { from, to: Int32Array.from(from, (start, i) => start + rows[i]!.reach) };
    });

  test('train on nothing whose label touches a tested label or begins within the embargo after it', () => {
    fc.assert(
      fc.property(labelSpans, fc.integer({ min: 2, max: 6 }), fc.integer({ min: 0, max: 8 }), (spans, folds, embargoBars) => {
        const splits = purgedFolds(spans, { folds, embargoBars });
        if ('reason' in splits) return splits.reason === 'nothing-to-train-on';
        const count = spans.from.length;
        return splits.every(
          ({ train, test: tested, purged, embargoed }) =>
            train.length + tested.length + purged + embargoed === count &&
            train.every((i) => tested.every((j) => spans.to[i]! < spans.from[j]! || spans.from[i]! > spans.to[j]! + embargoBars)),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('test every observation φ times when combined, and every path has each observation once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 7 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 70, max: 90 }),
        (groups, wanted, count) => {
          const testGroups = Math.min(wanted, groups - 1);
          const bars = Int32Array.from({ length: count }, (_, i) => i);
          const plan = answered(combinatorialPurged({ from: bars, to: bars }, { groups, testGroups, embargoBars: 0 }));
          const tested = new Int32Array(count);
          for (const split of plan.splits) for (const i of split.test) tested[i]!++;
          expect(new Set(tested)).toEqual(new Set([plan.paths]));
          const paths = assemblePaths(
            plan,
            plan.splits.map((split) => Float64Array.from(split.test)),
          );
          for (const path of paths) expect(path).toEqual(Float64Array.from(bars));
          // Each split's piece is used in exactly one path.
          expect(new Set(Array.from(plan.splitOfPath, (split, k) => `${split}/${k % groups}`)).size).toBe(plan.paths * groups);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('walk forward tests every bar after the first window once, and trains before it by the gap', () => {
    const size = fc.integer({ min: 1, max: 40 });
    const gap = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(size, size, gap, gap, fc.constantFrom('anchored', 'rolling'), (trainBars, testBars, purgeBars, embargoBars, window) => {
        const splits = walkForwardSplits({ bars: 120, window, trainBars, testBars, purgeBars, embargoBars });
        if ('reason' in splits) return false;
        return (
          splits.every(
            ({ trainFrom, trainTo, testFrom, testTo }, k) =>
              testFrom === trainTo + purgeBars + embargoBars &&
              testFrom === (splits[k - 1]?.testTo ?? trainBars + purgeBars + embargoBars) &&
              testTo - testFrom <= testBars &&
              (window === 'rolling' ? trainTo - trainFrom === trainBars : trainFrom === 0),
          ) && splits.at(-1)!.testTo === 120
        );
      }),
    );
  });
});

describe('Sharpe ratios', () => {
  test('and their errors do not depend on leverage, and change sign with the position', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.01, max: 50, noNaN: true }), (seed, leverage) => {
        const returns = noise(seededRng(seed), 60);
        const [one, levered, short] = [1, leverage, -1].map((factor) => returns.map((value) => factor * value));
        expect(answered(sharpeOf(levered!)).perBar).toBeCloseTo(answered(sharpeOf(one!)).perBar, 10);
        expect(answered(sharpeOf(short!)).perBar).toBeCloseTo(-answered(sharpeOf(one!)).perBar, 12);
        expect(answered(sharpeErrors(levered!, 3)).autocorrelated).toBeCloseTo(answered(sharpeErrors(one!, 3)).autocorrelated, 10);
      }),
      { numRuns: 50 },
    );
  });

  test('of returns that follow each other scatter as the third error says, which the first misses by a quarter', () => {
    const [markets, bars, correlation] = [400, 400, 0.3];
    const runs = Array.from({ length: markets }, (_, seed) => {
      const rng = seededRng(`follows ${seed}`);
      const returns = noise(rng, bars);
      for (let t = 1; t < bars; t++) returns[t] = correlation * returns[t - 1]! + returns[t]!;
      return { perBar: answered(sharpeOf(returns)).perBar, ...answered(sharpeErrors(returns)) };
    });
    const scatter = Math.sqrt(meanOf(runs.map(({ perBar }) => perBar ** 2)));
    // The variance of an AR(1)'s mean is (1 + ρ)/(1 − ρ) of that of independent returns; 400 ratios know their scatter to four per cent.
    expect(Math.abs(scatter * Math.sqrt(bars) - Math.sqrt((1 + correlation) / (1 - correlation)))).toBeLessThan(0.15);
    expect(Math.abs(meanOf(runs.map(({ autocorrelated }) => autocorrelated)) / scatter - 1)).toBeLessThan(0.15);
    expect(meanOf(runs.map(({ iid }) => iid)) / scatter).toBeLessThan(0.8);
  });

  const evidence = fc.record({
    perBar: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
    skewness: fc.double({ min: -2, max: 1, noNaN: true }),
    kurtosis: fc.double({ min: 6, max: 20, noNaN: true }),
    bars: fc.integer({ min: 30, max: 5000 }),
  });

  test('a record of the minimum length is just as sure as was asked', () => {
    fc.assert(
      fc.property(evidence, fc.double({ min: 0.6, max: 0.999, noNaN: true }), (sample, confidenceLevel) => {
        const bars = Number(minimumTrackRecord(sample, 0, confidenceLevel));
        expect(probabilisticSharpe({ ...sample, bars: Math.max(bars, 2) }, 0)).toBeCloseTo(
          bars >= 2 ? confidenceLevel : Number(probabilisticSharpe({ ...sample, bars: 2 }, 0)),
          9,
        );
      }),
    );
  });

  test('are deflated the more, the more was tried and the more the trials differ', () => {
    fc.assert(
      fc.property(
        evidence,
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 1e-5, max: 0.01, noNaN: true }),
        (sample, trials, variance) => {
          const of = (count: number, spread: number): number =>
            answered(deflatedSharpe(sample, { trials: count, sharpe: { count, squares: spread * (count - 1) } })).probability;
          expect(of(trials + 1, variance)).toBeLessThanOrEqual(of(trials, variance));
          expect(of(trials + 1, 2 * variance)).toBeLessThanOrEqual(of(trials + 1, variance));
          expect(of(trials, variance)).toBeLessThanOrEqual(Number(probabilisticSharpe(sample, 0)));
        },
      ),
    );
  });
});

describe('probability of overfitting', () => {
  test('does not depend on the order of the trials nor on the leverage of any', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.1, max: 9, noNaN: true }), (seed, leverage) => {
        const trials = market(seededRng(seed), 6, 48);
        const changed = trials.toReversed().map((column, k) => (k === 2 ? column.map((one) => leverage * one) : column));
        const [one, other] = [answered(pbo(trials, { blocks: 6 })), answered(pbo(changed, { blocks: 6 }))];
        expect(other.probability).toBe(one.probability);
        expect(other.lossProbability).toBe(one.lossProbability);
      }),
      { numRuns: 30 },
    );
  });

  test('is near one half where all is noise, and the best of a half is no better in the other', () => {
    const runs = Array.from({ length: 120 }, (_, seed) => answered(pbo(market(seededRng(seed), 12, 120), { blocks: 8 })));
    // The deviation of one market's figure is about 0.2, so that of the mean about 0.02.
    expect(Math.abs(meanOf(runs.map(({ probability }) => probability)) - 0.5)).toBeLessThan(0.07);
    expect(Math.abs(meanOf(runs.map(({ lossProbability }) => lossProbability)) - 0.5)).toBeLessThan(0.07);
  });

  test('is near zero where one trial is truly good', () => {
    const runs = Array.from({ length: 20 }, (_, seed) => {
      const trials = market(seededRng(seed), 12, 400);
      return answered(pbo([trials[0]!.map((one) => one + 0.004), ...trials.slice(1)], { blocks: 8 })).probability;
    });
    expect(meanOf(runs)).toBeLessThan(0.05);
  });
});

describe('bootstrap', () => {
  test('keeps the mean, and every bar has the same chance wherever it lies', () => {
    const [bars, draws] = [60, 4000];
    const drawn = new Float64Array(bars);
    const draw = emptyDraw(bars);
    const rng = seededRng(17);
    for (let k = 0; k < draws; k++) {
      drawBlocks(draw, bars, bars, 7, rng);
      for (let block = 0; block < draw.count; block++) {
        for (let step = 0; step < draw.length[block]!; step++) drawn[(draw.start[block]! + step) % bars]! += 1 / draws;
      }
    }
    // A bar comes about once a draw; blocks of 7 make the variance of that at most 13, so four errors are 0.23.
    for (const count of drawn) expect(Math.abs(count - 1)).toBeLessThan(0.23);
    expect(meanOf(Array.from(drawn))).toBeCloseTo(1, 10);
  });

  test('tests of skill reject noise about as often as their level says, SPA no more often than the reality check by much', () => {
    const settings = { draws: 120, meanBlockBars: 3 };
    const markets = 250;
    const values = Array.from({ length: markets }, (_, seed) => {
      const trials = market(seededRng(`noise ${seed}`), 5, 80);
      return {
        check: answered(realityCheck(trials, settings, seededRng(seed))).pValue,
        ability: answered(superiorPredictiveAbility(trials, settings, seededRng(seed))).pValue,
      };
    });
    const rejected = (level: number, of: (value: (typeof values)[number]) => number): number =>
      values.filter((value) => of(value) < level).length / markets;
    for (const level of [0.1, 0.3]) {
      // Four errors of a share of 250, and what short blocks cost a test in 80 bars.
      const slack = 4 * Math.sqrt((level * (1 - level)) / markets);
      for (const share of [rejected(level, ({ check }) => check), rejected(level, ({ ability }) => ability.consistent)]) {
        expect(Math.abs(share - level)).toBeLessThan(slack);
      }
    }
    for (const { ability } of values) expect(ability.lower <= ability.consistent && ability.consistent <= ability.upper).toBe(true);
  });
});
