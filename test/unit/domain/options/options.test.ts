import { describe, expect, test } from 'vitest';
import { blackScholes } from '../../../../shared/domain/options/black-scholes.ts';
import { volSurface } from '../../../../shared/domain/options/vol-surface.ts';
import { defaultOverlayRules } from '../../../../shared/domain/policy/overlay-rules.ts';
import { quietMarket } from '../fixtures.ts';

const terms = {
  kind: 'put',
  spotUsd: 100,
  strikeUsd: 90,
  years: 0.25,
  annualizedVol: 0.2,
  riskFreeAnnualFrac: 0.02,
  dividendYieldFrac: 0,
} as const;
const rules = defaultOverlayRules.tailHedge.surface;

describe('an option', () => {
  test.each([
    ['spotUsd', 0],
    ['strikeUsd', -1],
    ['years', 0],
    ['annualizedVol', Number.NaN],
    ['riskFreeAnnualFrac', Number.POSITIVE_INFINITY],
    ['dividendYieldFrac', Number.NaN],
  ])('is refused with %s = %s', (field, value) => {
    expect(blackScholes({ ...terms, [field]: value })).toMatchObject({ kind: 'refused', reason: 'option-terms-unfit' });
  });
});

describe('volatility surface', () => {
  const market = quietMarket();
  const scaled = (times: number) => ({ ...market, simpleReturn: market.simpleReturn.map((value) => value * times) });
  const surfaceOf = (times: number) => {
    const surface = volSurface(scaled(times), rules, 252);
    if (surface.kind !== 'surface') throw new Error(surface.reason);
    return surface;
  };

  test('quotes above realised volatility by the premium', () => {
    const daily = Math.sqrt(252) * 0.006 * 2;
    expect(surfaceOf(2).oneMonthVol / daily).toBeGreaterThan(1);
    expect(surfaceOf(2).oneMonthVol / daily).toBeLessThan(1.5);
  });

  test('charges more below the money than above, most of all near expiry', () => {
    const { volAt } = surfaceOf(2);
    expect(volAt(0.9, 0.25)).toBeGreaterThan(volAt(1, 0.25));
    expect(volAt(1.1, 0.25)).toBeLessThan(volAt(1, 0.25));
    expect(volAt(0.9, 1 / 12) - volAt(1, 1 / 12)).toBeGreaterThan(volAt(0.9, 1) - volAt(1, 1));
  });

  test('goes from today to the long-run level with expiry, from either side', () => {
    const [calm, wild] = [surfaceOf(1), surfaceOf(8)];
    expect(calm.volAt(1, 1)).toBeGreaterThan(calm.volAt(1, 1 / 12));
    expect(wild.volAt(1, 1)).toBeLessThan(wild.volAt(1, 1 / 12));
    expect(calm.volAt(1, 50)).toBeCloseTo(rules.longRunVol, 10);
  });

  test('never leaves floor and cap', () => {
    expect(surfaceOf(0.01).oneMonthVol).toBe(rules.volFloor);
    expect(surfaceOf(100).volAt(0.5, 0.02)).toBe(rules.volCap);
  });

  test('refuses a market of less than a year, and one with a hole', () => {
    expect(volSurface(quietMarket(251), rules, 252)).toMatchObject({ kind: 'refused', reason: 'market-history-too-short' });
    const holed = { ...market, simpleReturn: market.simpleReturn.map((value, i) => (i === 1255 ? Number.NaN : value)) };
    expect(volSurface(holed, rules, 252)).toMatchObject({ kind: 'refused', reason: 'market-return-not-finite' });
  });
});
