/** Prices with dividends in them, and what splits say of prices. Worked by hand: 100 pays 2 and closes at 99, its holder has 101. */
import { describe, expect, test } from 'vitest';
import { splitEvidence, totalReturn } from '../../../../shared/domain/research/price-basis.ts';
import { panelOf } from '../../../support/research/hand-panel.ts';

const paying = panelOf({ AAA: [100, 99, 110, 110] }, { dividends: { AAA: { 1: 2, 3: 11 } } }).series[0]!;

describe('total return', () => {
  test('has the dividend in the return of its day, and the quoted price at the end', () => {
    const { close, dividend } = totalReturn(paying);
    expect(close[3]).toBe(110);
    expect(close[1]! / close[0]! - 1).toBeCloseTo(0.01, 14);
    expect(close[2]! / close[1]! - 1).toBeCloseTo(110 / 99 - 1, 14);
    expect(close[3]! / close[2]! - 1).toBeCloseTo(0.1, 14);
    expect([...dividend]).toEqual([0, 0, 0, 0]);
  });

  test('moves all four prices of a bar alike and leaves volume', () => {
    const [bar] = panelOf({ AAA: [[10, 12, 9, 11, 500], 10] }, { dividends: { AAA: { 1: 10 } } }).series;
    const { open, high, low, close, volume } = totalReturn(bar!);
    expect([open[0], high[0], low[0], close[0], volume[0]]).toEqual([5, 6, 4.5, 5.5, 500]);
  });

  test('stays above zero where a spin-off is booked as a dividend above the price', () => {
    const [bar] = panelOf({ AAA: [40, 10] }, { dividends: { AAA: { 1: 105 } } }).series;
    expect(totalReturn(bar!).close[0]).toBeCloseTo((40 * 10) / 115, 12);
  });
});

describe('splits as evidence', () => {
  const split = { splits: { AAA: { 1: 2 }, BBB: { 2: 0.1 } } };
  test('say as traded where prices fall by what is given in shares', () => {
    const { series } = panelOf({ AAA: [100, 51, 52], BBB: [1, 1.02, 9.9] }, split);
    expect(splitEvidence(series)).toEqual({ asTraded: 2, splitAdjusted: 0 });
  });

  test('say split-adjusted where prices go on', () => {
    const { series } = panelOf({ AAA: [100, 98, 52], BBB: [1, 1.02, 1.05] }, split);
    expect(splitEvidence(series)).toEqual({ asTraded: 0, splitAdjusted: 2 });
  });

  test('say nothing without splits, nor by the small ones that spin-offs are booked as', () => {
    const { series } = panelOf({ AAA: [100, 77] }, { splits: { AAA: { 1: 1.3 } } });
    expect(splitEvidence(series)).toEqual({ asTraded: 0, splitAdjusted: 0 });
  });
});
