import { describe, expect, test } from 'vitest';
import { measureSymbol, type SymbolMeasures } from '../../../../shared/domain/ranking/measure-symbol.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { toBars, walk } from '../fixtures.ts';

const rules = { volatilityBars: 63, sessionsPerYear: 252 };

/** Closes as given, each bar half a percent high and wide, a million shares a day. */
function barsOf(closes: readonly number[], volume = 1e6, dividends: ReadonlyMap<number, number> = new Map()) {
  const rows = closes.map((close, i) => ({
    day: (18_000 + i) as EpochDay,
    ...{ open: close, high: close * 1.0025, low: close * 0.9975, close, volume },
    dividend: dividends.get(i) ?? 0,
  }));
  return toBars('MADE', rows);
}

function must(measures: ReturnType<typeof measureSymbol>): SymbolMeasures {
  if (isRefusal(measures)) throw new Error(measures.reason);
  return measures;
}

/** Up and down by turns around a steady climb or fall, so that there is a volatility. */
const path = (drift: number): number[] => Array.from({ length: 252 }, (_, i) => 100 * Math.exp(drift * i + (i % 2 === 0 ? 0.001 : -0.001)));

describe('the measures of a symbol', () => {
  test('a climb through all averages is strength, the same fall weakness, and up and down neither', () => {
    const up = must(measureSymbol(barsOf(path(0.004)), rules));
    const down = must(measureSymbol(barsOf(path(-0.004)), rules));
    const flat = must(measureSymbol(barsOf(path(0)), rules));
    expect(up.trendStrength).toBeGreaterThan(0.5);
    expect(down.trendStrength).toBeLessThan(-0.5);
    expect(Math.abs(flat.trendStrength)).toBeLessThan(0.05);
  });

  test('strength never leaves −1 to 1, however steep the climb', () => {
    expect(must(measureSymbol(barsOf(path(0.05)), rules)).trendStrength).toBeLessThanOrEqual(1);
  });

  test('dollar volume is the median of twenty sessions: one busy day changes nothing', () => {
    const quiet = barsOf(Array.from({ length: 252 }, (_, i) => 50 + (i % 3)));
    const busy = { ...quiet, volume: quiet.volume.map((shares, i) => (i === 245 ? 1000 * shares : shares)) };
    // Closes of 50, 51 and 52 by turns; of the last twenty, the middle two are 51.
    expect(must(measureSymbol(quiet, rules)).dollarVolume).toBe(51e6);
    expect(must(measureSymbol(busy, rules)).dollarVolume).toBe(51e6);
  });

  test('the spread is never below one tick', () => {
    const { spreadBps, closeUsd } = must(measureSymbol(toBars('WALK', walk('WALK', 252)), rules));
    expect(spreadBps).toBeGreaterThanOrEqual((0.01 / closeUsd) * 10_000);
  });

  test('a dividend is part of the quarter’s return, and no fall', () => {
    const steady = path(0);
    const paid = steady.map((close, i) => (i >= 230 ? close * 0.9 : close));
    const withDividend = must(measureSymbol(barsOf(paid, 1e6, new Map([[230, steady[229]! * 0.1]])), rules));
    const without = must(measureSymbol(barsOf(paid), rules));
    expect(without.quarterReturn).toBeCloseTo(0.9 * (steady[251]! / steady[188]!) - 1, 9);
    expect(withDividend.quarterReturn).toBeCloseTo(steady[251]! / steady[188]! - 1, 3);
    expect(withDividend.annualizedVol).toBeLessThan(without.annualizedVol);
  });

  test('fewer bars than the slowest average needs are refused', () => {
    expect(measureSymbol(barsOf(path(0).slice(0, 200)), rules)).toMatchObject({ kind: 'refused', reason: 'history-too-short' });
    expect(measureSymbol(barsOf([]), rules)).toMatchObject({ kind: 'refused', reason: 'history-too-short' });
  });

  test('a price at or below zero is refused', () => {
    const broken = path(0).map((close, i) => (i === 200 ? 0 : close));
    expect(measureSymbol(barsOf(broken), rules)).toMatchObject({ kind: 'refused', reason: 'measures-not-finite' });
  });
});
