import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalScore } from '../../../../shared/domain/agents/factors.agent.ts';
import type { Factor, FactorReading, FactorStanding } from '../../../../shared/domain/factors/factor.ts';
import { shrunk } from '../../../../shared/domain/factors/market-fit.ts';
import { meanPlaces, placeZScores } from '../../../../shared/domain/factors/places.ts';
import { standings } from '../../../../shared/domain/factors/rank.ts';
import { latestReports } from '../../../../shared/domain/factors/reports.ts';
import { defaultFactorRules } from '../../../../shared/domain/policy/factor-rules.ts';
import { company, contextWith, quarter } from '../../../unit/domain/factors/factor-fixtures.ts';
import { asOf } from '../../../unit/domain/fixtures.ts';

const values = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
  minLength: 2,
  maxLength: 40,
});
const view = company('PROP');
const factorOf = (numbers: readonly number[]): Factor => ({
  name: 'some',
  read: () => numbers.map((value): FactorReading => ({ kind: 'reading', value, evidence: {} })),
});
const ranks = (numbers: readonly number[]): number[] =>
  standings(
    numbers.map(() => view),
    contextWith({ rankedMin: 2 }),
    [factorOf(numbers)],
  ).map(([standing]) => {
    const only = standing as FactorStanding;
    return only.kind === 'standing' ? only.rankFrac : Number.NaN;
  });
const shuffled = values.chain((numbers) =>
  fc.record({ numbers: fc.constant(numbers), order: fc.shuffledSubarray([...numbers.keys()], { minLength: numbers.length }) }),
);

describe('ranks', () => {
  test('rise with the value, and are equal exactly for equal values', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const rank = ranks(numbers);
        for (let i = 1; i < numbers.length; i++) {
          const difference = numbers[i]! - numbers[i - 1]!;
          const sign = numbers[i] === numbers[i - 1] ? 0 : numbers[i]! > numbers[i - 1]! ? 1 : Math.sign(difference) || -1;
          expect(Math.sign(rank[i]! - rank[i - 1]!)).toBe(sign);
        }
      }),
    );
  });

  test('lie in [0, 1] and have the mean ½, whatever is tied', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const rank = ranks(numbers);
        expect(Math.min(...rank)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...rank)).toBeLessThanOrEqual(1);
        expect(rank.reduce((sum, value) => sum + value, 0) / rank.length).toBeCloseTo(0.5, 10);
      }),
    );
  });

  test('are permuted with the companies, bit for bit, and so are z-scores', () => {
    fc.assert(
      fc.property(shuffled, ({ numbers, order }) => {
        const moved = order.map((at) => numbers[at]!);
        const straight = placeZScores(Float64Array.from(numbers), 2);
        expect(ranks(moved)).toEqual(order.map((at) => ranks(numbers)[at]));
        expect([...placeZScores(Float64Array.from(moved), 2)]).toEqual(order.map((at) => straight[at]));
      }),
    );
  });

  test('do not change under a rising transformation of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), (numbers) => {
        expect(ranks(numbers.map((value) => value ** 3 + 7))).toEqual(ranks(numbers));
      }),
    );
  });

  test('turn around with the sign: the best becomes the worst', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const places = meanPlaces(Float64Array.from(numbers));
        const turned = meanPlaces(Float64Array.from(numbers, (value) => -value));
        expect([...turned]).toEqual([...places].map((place) => numbers.length - 1 - place));
      }),
    );
  });
});

test('z-scores have the mean 0 and the deviation 1, unless all values are the same', () => {
  fc.assert(
    fc.property(values, (numbers) => {
      const z = placeZScores(Float64Array.from(numbers), 2);
      const spread = new Set(numbers.map((value) => value + 0)).size > 1 ? 1 : 0;
      expect(z.reduce((sum, value) => sum + value, 0) / z.length).toBeCloseTo(0, 10);
      expect(z.reduce((sum, value) => sum + value * value, 0) / z.length).toBeCloseTo(spread, 10);
    }),
  );
});

test('normal scores rise with the rank, are odd about the middle, and stay within 1', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 1000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (ranked, a, b) => {
        const score = (rankFrac: number): number => normalScore({ rankFrac, ranked }, 2);
        expect(score(Math.min(a, b))).toBeLessThanOrEqual(score(Math.max(a, b)));
        expect(score(a)).toBeCloseTo(-score(1 - a), 9);
        expect(Math.abs(score(a))).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('shrinkage keeps the order of betas and brings each nearer to the market’s', () => {
  fc.assert(
    fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true }), (a, b) => {
      const near = (beta: number): number => shrunk(beta, defaultFactorRules.beta);
      if (a < b) expect(near(a)).toBeLessThanOrEqual(near(b));
      expect(Math.abs(near(a) - 1)).toBeLessThanOrEqual(Math.abs(a - 1) + 1e-15);
    }),
  );
});

test('the latest reports do not depend on the order they are listed in, nor on anything available on asOf or later', () => {
  const report = fc
    .record({
      ago: fc.integer({ min: 0, max: 8 }),
      lagDays: fc.integer({ min: 0, max: 300 }),
      netIncomeUsd: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ ago, lagDays, netIncomeUsd }) => {
      const { periodEnd } = quarter(ago);
      return quarter(ago, { netIncomeUsd, availableDay: (periodEnd + lagDays) as typeof asOf });
    });
  // Two reports of one period on one day have no order but that of the list.
  const reports = fc.uniqueArray(report, { maxLength: 20, selector: ({ periodEnd, availableDay }) => `${periodEnd}/${availableDay}` });
  fc.assert(
    fc.property(reports, (all) => {
      const straight = latestReports({ reports: all }, asOf, 4);
      expect(latestReports({ reports: all.toReversed() }, asOf, 4)).toEqual(straight);
      expect(latestReports({ reports: all.filter(({ availableDay }) => availableDay < asOf) }, asOf, 4)).toEqual(straight);
      const ends = straight.map(({ periodEnd }) => periodEnd);
      expect(ends).toEqual([...new Set(ends)].toSorted((a, b) => a - b));
    }),
  );
});
