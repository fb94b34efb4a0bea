import { describe, expect, test } from 'vitest';
import { bettingAgainstBetaFactor } from '../../../../shared/domain/factors/betting-against-beta.factor.ts';
import { marketFit, marketGrid } from '../../../../shared/domain/factors/market-fit.ts';
import { realizedVariance, volatilityScaledMomentumFactor } from '../../../../shared/domain/factors/volatility-scaled-momentum.factor.ts';
import type { DailyBars } from '../../../../shared/domain/market/bars.ts';
import { defaultFactorRules } from '../../../../shared/domain/policy/factor-rules.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { asOf, quietMarket, toBars, walk } from '../fixtures.ts';
import { company, contextWith } from './factor-fixtures.ts';

const bars = toBars('P', walk('P', 252));
const withCloses = (close: Float64Array): DailyBars => ({ ...bars, close });

describe('volatility-scaled momentum', () => {
  const read = (own: DailyBars) => volatilityScaledMomentumFactor.read([company('P', {}, own)], contextWith())[0]!;

  test('is the return of eleven months over the volatility of six', () => {
    // Up 1 %, down 1/101, in turn: back where it was after two days, until the last day of the look-back, which doubles the price.
    const close = Float64Array.from({ length: 252 }, (_, i) => (i % 2 === 0 ? 100 : 101) * (i >= 230 ? 2 : 1));
    const reading = read(withCloses(close));
    expect(reading).toMatchObject({ kind: 'reading', evidence: { momentumFrac: 1 } });
    // Six months hold 63 rises of 0.01, 62 falls of 1/101, and instead of a fall one day from 101 to 200.
    const squares = 63 * 0.01 ** 2 + 62 * (1 / 101) ** 2 + (200 / 101 - 1) ** 2;
    expect(reading.kind === 'reading' && reading.evidence.annualizedVol).toBeCloseTo(Math.sqrt((squares / 126) * 252), 12);
  });

  test('is not centred: a steady rise is risk as well', () => {
    expect(realizedVariance(Float64Array.of(100, 110, 121), 2)).toBeCloseTo(0.01, 14);
  });

  test('is absent for 251 bars, for a hole in the window, and for a price that does not move', () => {
    expect(read(toBars('P', walk('P', 251)))).toEqual({ kind: 'absent', reason: 'history-too-short' });
    expect(read(withCloses(bars.close.with(200, Number.NaN)))).toEqual({ kind: 'absent', reason: 'price-not-finite' });
    expect(read(withCloses(bars.close.with(200, 0)))).toEqual({ kind: 'absent', reason: 'price-not-finite' });
    expect(read(withCloses(bars.close.map(() => 10)))).toEqual({ kind: 'absent', reason: 'price-does-not-move' });
  });
});

describe('the fit to the market', () => {
  const market = quietMarket();
  const rules = defaultFactorRules.beta;
  const fitOf = (own: DailyBars) => {
    const grid = marketGrid(market, asOf, rules);
    return isRefusal(grid) ? grid : marketFit(own, grid, rules);
  };
  /** A company whose every log return is `slope` times the market's. */
  const leveraged = (slope: number): DailyBars => {
    let level = 4;
    const rows = [...market.day].map((session, k) => {
      level += slope * Math.log1p(market.simpleReturn[k]!);
      return { day: session as typeof asOf, open: 1, high: 1, low: 1, close: Math.exp(level), volume: 1 };
    });
    return toBars('L', rows);
  };

  test.each([0.5, 1, 1.7])('finds the slope of a company that is the market times %d', (slope) => {
    const fit = fitOf(leveraged(slope));
    if (isRefusal(fit)) throw new Error(fit.reason);
    expect(fit.correlation).toBeCloseTo(1, 12);
    expect(fit.beta).toBeCloseTo(slope, 10);
    expect(fit.shrunkBeta).toBeCloseTo(0.4 + 0.6 * slope, 10);
    expect(fit.residualDailyVol).toBeLessThan(1e-9);
    expect(fit.correlationReturns).toBe(1257);
  });

  test('has the sign of a company that moves against the market', () => {
    const fit = fitOf(leveraged(-1));
    expect(fit).toMatchObject({ kind: 'fit' });
    expect(!isRefusal(fit) && fit.beta).toBeCloseTo(-1, 10);
  });

  test('uses a year where a cycle loads a year: 249 overlapping returns of 252 bars', () => {
    expect(fitOf(bars)).toMatchObject({ correlationReturns: 249 });
  });

  test('spans a session without a bar with no return of one day, and with three-day returns that end elsewhere', () => {
    const keep = [...bars.day.keys()].filter((row) => row !== 100);
    const rows = walk('P', 252).filter((_, row) => row !== 100);
    expect(keep).toHaveLength(251);
    // The session is the end of one three-day return and the start of another.
    expect(fitOf(toBars('P', rows))).toMatchObject({ correlationReturns: 247 });
  });

  test('refuses short histories, flat prices, flat markets and a market with a hole', () => {
    expect(fitOf(toBars('P', walk('P', 202)))).toMatchObject({ reason: 'history-too-short' });
    expect(fitOf(withCloses(bars.close.map(() => 10)))).toMatchObject({ reason: 'price-does-not-move' });
    expect(fitOf(withCloses(bars.close.map((_, i) => 10 * 1.001 ** i)))).toMatchObject({ reason: 'price-does-not-move' });
    const read = (simpleReturn: Float64Array) =>
      bettingAgainstBetaFactor.read([company('P')], contextWith({}, { ...market, simpleReturn }))[0]!;
    expect(read(market.simpleReturn.map(() => 0))).toEqual({ kind: 'absent', reason: 'market-does-not-move' });
    expect(read(market.simpleReturn.with(1200, Number.NaN))).toEqual({ kind: 'absent', reason: 'market-return-not-finite' });
    expect(read(market.simpleReturn.with(1200, -1))).toEqual({ kind: 'absent', reason: 'market-return-not-finite' });
  });

  test('ranks the company that moves least with the market highest', () => {
    const values = [0.5, 2, 1].map((slope) => {
      const [reading] = bettingAgainstBetaFactor.read([company('L', {}, leveraged(slope))], contextWith({}, market));
      return reading!.kind === 'reading' ? reading!.value : Number.NaN;
    });
    expect(values[0]! > values[2]! && values[2]! > values[1]!).toBe(true);
  });
});
