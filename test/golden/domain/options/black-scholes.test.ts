/**
 * Outside values: Hull, "Options, Futures and Other Derivatives" (9th ed.), example 15.6, prints a call of 4.76 and a put of 0.81; the rest
 * is made by make-black-scholes.py beside this file.
 */
import { describe, expect, test } from 'vitest';
import { blackScholes, type OptionTerms, type OptionValue } from '../../../../shared/domain/options/black-scholes.ts';
import golden from './black-scholes.golden.json' with { type: 'json' };

function priced(terms: OptionTerms): OptionValue {
  const value = blackScholes(terms);
  if (value.kind !== 'priced') throw new Error(value.reason);
  return value;
}

describe('Black–Scholes–Merton', () => {
  test.each([
    ['call', 4.76],
    ['put', 0.81],
  ] as const)("agrees with Hull's example on the %s", (kind, printed) => {
    const terms = { kind, spotUsd: 42, strikeUsd: 40, years: 0.5, annualizedVol: 0.2, riskFreeAnnualFrac: 0.1, dividendYieldFrac: 0 };
    expect(priced(terms).priceUsd).toBeCloseTo(printed, 2);
  });

  test.each(golden)('agrees with SciPy on a $kind of $strikeUsd at $spotUsd, $years years, vol $annualizedVol', (row) => {
    const { priceUsd, delta, gamma, vega, thetaPerYear, ...terms } = row;
    const value = priced(terms as OptionTerms);
    const scale = row.spotUsd;
    expect(Math.abs(value.priceUsd - priceUsd)).toBeLessThan(1e-12 * scale);
    expect(Math.abs(value.delta - delta)).toBeLessThan(1e-12);
    expect(Math.abs(value.gamma - gamma)).toBeLessThan(1e-7);
    expect(Math.abs(value.vega - vega)).toBeLessThan(1e-11 * scale);
    expect(Math.abs(value.thetaPerYear - thetaPerYear)).toBeLessThan(1e-11 * scale);
  });
});
