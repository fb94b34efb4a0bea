/** What holds for any European option, whatever the model says of its value. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blackScholes, type OptionTerms } from '../../../../shared/domain/options/black-scholes.ts';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const terms = fc.record({
  spotUsd: between(1, 500),
  strikeUsd: between(1, 500),
  years: between(0.01, 3),
  annualizedVol: between(0.03, 1.5),
  riskFreeAnnualFrac: between(-0.02, 0.15),
  dividendYieldFrac: between(0, 0.1),
});

function priceOf(option: OptionTerms): number {
  const value = blackScholes(option);
  if (value.kind !== 'priced') throw new Error(value.reason);
  return value.priceUsd;
}

describe('an option', () => {
  test('obeys put–call parity', () => {
    fc.assert(
      fc.property(terms, (option) => {
        const { spotUsd, strikeUsd, years, riskFreeAnnualFrac, dividendYieldFrac } = option;
        const forward = spotUsd * Math.exp(-dividendYieldFrac * years) - strikeUsd * Math.exp(-riskFreeAnnualFrac * years);
        const difference = priceOf({ ...option, kind: 'call' }) - priceOf({ ...option, kind: 'put' });
        expect(Math.abs(difference - forward)).toBeLessThan(1e-11 * (spotUsd + strikeUsd));
      }),
    );
  });

  test('is worth between its intrinsic forward value and the underlying (call) or the strike (put)', () => {
    fc.assert(
      fc.property(terms, (option) => {
        const spot = option.spotUsd * Math.exp(-option.dividendYieldFrac * option.years);
        const strike = option.strikeUsd * Math.exp(-option.riskFreeAnnualFrac * option.years);
        const slack = 1e-11 * (spot + strike);
        const [call, put] = [priceOf({ ...option, kind: 'call' }), priceOf({ ...option, kind: 'put' })];
        expect(call).toBeGreaterThanOrEqual(Math.max(0, spot - strike) - slack);
        expect(call).toBeLessThanOrEqual(spot + slack);
        expect(put).toBeGreaterThanOrEqual(Math.max(0, strike - spot) - slack);
        expect(put).toBeLessThanOrEqual(strike + slack);
      }),
    );
  });

  test('is never cheaper at a higher volatility', () => {
    fc.assert(
      fc.property(terms, fc.constantFrom('call' as const, 'put' as const), between(0, 1), (option, kind, more) => {
        const livelier = { ...option, kind, annualizedVol: option.annualizedVol + more };
        expect(priceOf(livelier)).toBeGreaterThanOrEqual(priceOf({ ...option, kind }) - 1e-10);
      }),
    );
  });
});
