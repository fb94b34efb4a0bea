/** What strategies are put together from. */
import { describe, expect, test } from 'vitest';
import { countOrTenth } from '../../../../../../shared/domain/research/strategies/parts/eligible.ts';
import { growthAt } from '../../../../../../shared/domain/research/strategies/parts/growth.ts';
import { holdBetween } from '../../../../../../shared/domain/research/strategies/parts/hold-between.ts';
import { asHouseBars } from '../../../../../../shared/domain/research/strategies/parts/house-bars.ts';
import { inverseVolatility } from '../../../../../../shared/domain/research/strategies/parts/weighting.ts';
import { SIGNAL } from '../../../../../../shared/domain/research/strategy.ts';
import { panelOf } from '../../../../../support/research/hand-panel.ts';

describe('holding between two conditions', () => {
  const at =
    (...bars: readonly number[]) =>
    (bar: number): boolean =>
      bars.includes(bar);

  test('speaks once where a position begins and once where it ends', () => {
    expect([...holdBetween(6, { enters: at(1, 2, 5), leaves: at(0, 4) })]).toEqual([0, SIGNAL.long, 0, 0, SIGNAL.flat, SIGNAL.long]);
  });

  test('turns about in one bar, and enters nothing at a bar that says both', () => {
    const rule = { enters: at(1, 5), leaves: at(3), entersShort: at(3), leavesShort: at(5) };
    expect([...holdBetween(6, rule)]).toEqual([0, SIGNAL.long, 0, SIGNAL.short, 0, SIGNAL.long]);
    expect([...holdBetween(2, { enters: at(1), leaves: at(1) })]).toEqual([0, 0]);
  });
});

test('a tenth of few is one, and of nobody is nobody', () => {
  expect([countOrTenth(0, 0), countOrTenth(0, 9), countOrTenth(0, 29), countOrTenth(5, 3), countOrTenth(5, 30)]).toEqual([0, 1, 2, 3, 5]);
});

test('what has no volatility gets no weight, and the others share all of it', () => {
  const weights = new Float64Array(4);
  inverseVolatility([0, 1, 3], (symbol) => [0.01, 0, 0, 0.04][symbol]!, 0.5, weights);
  expect([...weights]).toEqual([0.4, 0, 0, 0.1]);
});

describe('prices of each basis', () => {
  const bars = panelOf({ AAA: [50, 49.5, 51] }, { dividends: { AAA: { 1: 1 } } }).series[0]!;

  test('a dividend is what a holder has besides the price, unless it is in the price', () => {
    expect(growthAt(bars, 1, 'split-adjusted')).toBeCloseTo(1.01, 12);
    expect(growthAt(bars, 1, 'total-return')).toBeCloseTo(0.99, 12);
    expect(growthAt(bars, 0, 'split-adjusted')).toBeNaN();
  });

  test('the house sees no dividends of total-return bars, and others as they are', () => {
    expect([...asHouseBars(bars, 'total-return').dividend]).toEqual([0, 0, 0]);
    expect(asHouseBars(bars, 'split-adjusted')).toBe(bars);
  });
});
