/** Strategies that look at one symbol: hand-made prices, and the bars at which they speak. */
import { describe, expect, test } from 'vitest';
import { donchianStrategy } from '../../../../../shared/domain/research/strategies/donchian.strategy.ts';
import { rsiReversionStrategy } from '../../../../../shared/domain/research/strategies/rsi-reversion.strategy.ts';
import { smaCrossStrategy } from '../../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import { SIGNAL, type SignalStrategy } from '../../../../../shared/domain/research/strategy.ts';
import { withInitial } from '../../../../support/research/hand-now.ts';
import { panelOf } from '../../../../support/research/hand-panel.ts';

const { long, flat, short } = SIGNAL;

/** What it says, by the bar it says it at. */
function said(strategy: SignalStrategy, closes: readonly number[], parameters: Readonly<Record<string, number>>): Record<number, number> {
  const signals = strategy.signal(panelOf({ AAA: closes }).series[0]!, withInitial(strategy, parameters));
  return Object.fromEntries([...signals.entries()].filter(([, signal]) => signal !== SIGNAL.none));
}

describe('sma-cross', () => {
  const cross = (closes: readonly number[]) => said(smaCrossStrategy, closes, { fast: 1, slow: 2 });

  test('is long from the close at which the fast average comes from below to above, and flat from the mirror of it', () => {
    // Means of two: –, 9.5, 8.5, 9, 10.5, 10, 8.5; fast less slow: –, −.5, −.5, +1, +.5, −1, −.5
    expect(cross([10, 9, 8, 10, 11, 9, 8])).toEqual({ 3: long, 5: flat });
  });

  test('says nothing where it begins above, or where the averages only meet', () => {
    expect(cross([8, 9, 10, 11])).toEqual({});
    expect(cross([10, 9, 9, 10])).toEqual({});
  });

  test('says nothing around a price that is missing, until both averages are there again at two bars in a row', () => {
    expect(cross([10, 9, Number.NaN, 10, 11, 12, 11])).toEqual({ 6: flat });
  });

  test('does not take a fast average that is not the faster', () => {
    expect(smaCrossStrategy.conflict?.({ fast: 30, slow: 30 })).toBe('fast must be below slow');
  });
});

describe('rsi-reversion', () => {
  // With a period of 2 and changes of equal size the index is 0 after two falls, 100 after two rises.
  const closes = [10, 9, 8, 9, 10, 11, 12, 11, 10, 9];

  test('buys below oversold and sells above exit', () => {
    // Gains and losses from bar 2 on: (0, 1) → 0; (.5, .5) → 50; (.75, .25) → 75; …; bar 8: (.234375, .765625) → 23.4
    expect(said(rsiReversionStrategy, closes, { period: 2 })).toEqual({ 2: long, 4: flat, 8: long });
  });

  test('sells short above overbought where that is below 100, and covers below exit', () => {
    // …; bar 5: 87.5; bar 6: 93.75; bar 7: (.46875, .53125) → 46.875
    expect(said(rsiReversionStrategy, closes, { period: 2, overbought: 90 })).toEqual({ 2: long, 4: flat, 6: short, 7: flat, 8: long });
  });
});

describe('donchian', () => {
  const closes = [10, 11, 10, 12, 13, 12, 11, 10, 9, 12, 14];

  test('buys a close above the highs before it and sells one below the lows before it, the bar itself not counted', () => {
    // Bar 3: 12 above max(10, 11, 10); bar 6: 11 below min(13, 12); bar 9: 12 above max(11, 10, 9).
    expect(said(donchianStrategy, closes, { entry: 3, exit: 2 })).toEqual({ 3: long, 6: flat, 9: long });
  });

  test('takes the other side as well where it is asked to', () => {
    // Bar 6: 11 is below min(12, 13, 12) as well; bar 9: 12 above max(10, 9), and above max(11, 10, 9).
    expect(said(donchianStrategy, closes, { entry: 3, exit: 2, short: 1 })).toEqual({ 3: long, 6: short, 9: long });
  });
});
