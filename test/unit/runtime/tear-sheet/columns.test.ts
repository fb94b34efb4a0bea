/** What the pictures are drawn from, against figures worked out by hand or another way. */
import { describe, expect, test } from 'vitest';
import { parseDay } from '../../../../shared/kernel/days.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { shortUsd } from '../../../../shared/runtime/page/format.ts';
import { histogramOf } from '../../../../shared/runtime/tear-sheet/histogram.ts';
import { yearsOfMonths } from '../../../../shared/runtime/tear-sheet/months.ts';
import { rollingSharpe } from '../../../../shared/runtime/tear-sheet/rolling-sharpe.ts';
import { sessionsOf } from '../../../../shared/runtime/tear-sheet/sessions.ts';
import { shownIndices } from '../../../../shared/runtime/tear-sheet/thin-line.ts';
import { handRules } from '../../../support/research/hand-panel.ts';

const days = (...texts: string[]): Int32Array => Int32Array.from(texts, (text) => parseDay(text));
const of = (...values: number[]): Float64Array => Float64Array.from(values);

test('a minute run becomes sessions: the last close of each day, and all that was traded in it', () => {
  const equity = {
    equityUsd: of(101, 110, 99, 121),
    cashUsd: of(0, 0, 0, 0),
    longUsd: of(0, 55, 0, 121),
    shortUsd: of(0, 11, 0, 0),
    tradedUsd: of(1, 2, 4, 8),
  };
  const day = days('2020-01-02', '2020-01-02', '2020-01-03', '2020-01-03');
  const sessions = sessionsOf({ day, equity, rules: handRules({ cashUsd: 100 }) });
  expect([...sessions.moment]).toEqual([1, 3]);
  expect([...sessions.tradedUsd]).toEqual([3, 12]);
  expect(sessions.returnFrac[0]).toBeCloseTo(0.1, 12);
  expect(sessions.returnFrac[1]).toBeCloseTo(0.1, 12);
  expect([sessions.longFrac[0], sessions.shortFrac[0]]).toEqual([0.5, 0.1]);
});

test('months and years compound what lies in them, and a month without sessions stays empty', () => {
  const day = days('2020-11-30', '2020-12-31', '2021-02-01', '2021-02-26', '2021-03-31');
  const years = yearsOfMonths(day, of(110, 99, 198, 148.5, 297), 100);
  expect(years.map(({ year }) => year)).toEqual([2020, 2021]);
  const [first, second] = years;
  expect([...first!.monthFrac.slice(10)].map((frac) => Number(frac.toFixed(12)))).toEqual([0.1, -0.1]);
  expect(first!.yearFrac).toBeCloseTo(-0.01, 12);
  expect([...second!.monthFrac.slice(0, 4)].map((frac) => Number(frac.toFixed(12)))).toEqual([Number.NaN, 0.5, 1, Number.NaN]);
  expect(second!.yearFrac).toBeCloseTo(2, 12);
});

describe('the rolling Sharpe ratio', () => {
  const rng = seededRng('rolling');
  const returns = Float64Array.from({ length: 400 }, () => 0.0005 + 0.01 * rng.normal());

  test('is what each window says by itself', () => {
    const { sharpe, standardError } = rollingSharpe(returns, 21, 252);
    for (const at of [20, 21, 41, 42, 199, 399]) {
      const own = [...returns.slice(at - 20, at + 1)];
      const mean = own.reduce((sum, one) => sum + one) / 21;
      const perSession = mean / Math.sqrt(own.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 20);
      expect(sharpe[at]).toBeCloseTo(perSession * Math.sqrt(252), 9);
      expect(standardError[at]).toBeCloseTo(Math.sqrt((252 * (1 + perSession ** 2 / 2)) / 21), 9);
    }
    expect(sharpe.slice(0, 20).every(Number.isNaN)).toBe(true);
  });

  test('says nothing where nothing varied, or where a return is not known, and goes on after it', () => {
    expect(rollingSharpe(new Float64Array(50).fill(0.01), 21, 252).sharpe.every(Number.isNaN)).toBe(true);
    const holed = returns.with(100, Number.NaN);
    const { sharpe } = rollingSharpe(holed, 21, 252);
    expect([...sharpe.keys()].filter((at) => at >= 20 && Number.isNaN(sharpe[at]))).toEqual(Array.from({ length: 21 }, (_, k) => 100 + k));
    expect(sharpe[121]).toBeCloseTo(rollingSharpe(returns, 21, 252).sharpe[121]!, 9);
  });
});

test('a thinned line keeps the ends, every peak, every trough and every gap of its columns of pixels', () => {
  const rng = seededRng('thin');
  const values = Float64Array.from({ length: 10_007 }, (_, at) => (at >= 5_000 && at < 5_003 ? Number.NaN : rng.normal()));
  const shown = shownIndices(values, 100);
  expect(shown.length).toBeLessThanOrEqual(500);
  expect([shown[0], shown.at(-1)]).toEqual([0, 10_006]);
  expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  for (let column = 0; column < 100; column++) {
    const [from, to] = [Math.floor((column * 10_007) / 100), Math.floor(((column + 1) * 10_007) / 100)];
    const all = [...values.slice(from, to)].filter((value) => !Number.isNaN(value));
    const kept = shown.filter((at) => at >= from && at < to).map((at) => values[at]!);
    expect(kept).toContain(Math.max(...all));
    expect(kept).toContain(Math.min(...all));
  }
  expect(shown.some((at) => Number.isNaN(values[at]))).toBe(true);
  expect(shownIndices(values.slice(0, 400), 100)).toHaveLength(400);
});

test('a histogram counts every return, those far out in its outermost bins, and its normal curve counts as many', () => {
  const rng = seededRng('histogram');
  const returns = Float64Array.from({ length: 5_000 }, () => 0.01 * rng.normal())
    .with(7, -0.3)
    .with(9, 0.25)
    .with(11, Number.NaN);
  const histogram = histogramOf(returns)!;
  expect(histogram.counts.reduce((sum, one) => sum + one, 0)).toBe(4_999);
  expect(histogram.normal.reduce((sum, one) => sum + one, 0)).toBeCloseTo(4_999, 6);
  expect([histogram.below, histogram.above]).toEqual([1, 1]);
  expect(histogram.counts[0]).toBeGreaterThanOrEqual(1);
  expect([histogramOf(new Float64Array(100)), histogramOf(of(1, 2, 3))]).toEqual([null, null]);
});

test('an axis writes dollars short', () => {
  expect([0, 950, 9_500, 12_000, 123_456, 1_000_000, 1_250_000, -2.5e9].map(shortUsd)).toEqual([
    ...['$0', '$950', '$9500', '$12k', '$123k', '$1M', '$1.25M', '−$2.5B'],
  ]);
});
