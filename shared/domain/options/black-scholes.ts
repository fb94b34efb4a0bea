/**
 * European options on a price that moves as geometric Brownian motion: value and sensitivities.
 *
 *   d1 = (ln(F/K) + σ²T/2) / (σ√T),  d2 = d1 − σ√T,  F = S·e^((r−q)T)
 *   call = e^(−rT) (F·N(d1) − K·N(d2)),  put = e^(−rT) (K·N(−d2) − F·N(−d1))
 *
 * On a future, which has no drift of its own, put q = r (Black 1976). Rates and yields are continuously compounded, per year.
 * Source: Black & Scholes (1973), J. Political Economy 81(3); Merton (1973), Bell J. Economics 4(1) for the yield; Black (1976).
 * Not covered: early exercise, discrete dividends, jumps.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { normalCdf, normalPdf } from '../statistics/normal.ts';

export interface OptionTerms {
  readonly kind: 'call' | 'put';
  readonly spotUsd: number;
  readonly strikeUsd: number;
  readonly years: number;
  readonly annualizedVol: number;
  readonly riskFreeAnnualFrac: number;
  readonly dividendYieldFrac: number;
}

export interface OptionValue {
  readonly kind: 'priced';
  /** For one unit of the underlying. */
  readonly priceUsd: number;
  /** Change of price per dollar of the underlying. */
  readonly delta: number;
  /** Change of delta per dollar of the underlying. */
  readonly gamma: number;
  /** Change of price per 1.00 of annualised volatility. */
  readonly vega: number;
  /** Change of price per year that passes; negative for most options held. */
  readonly thetaPerYear: number;
}

/** Refuses prices, time or volatility that are not positive, and rates that are not finite. */
export function blackScholes(terms: OptionTerms): OptionValue | Refusal<'option-terms-unfit'> {
  const { kind, spotUsd, strikeUsd, years, annualizedVol, riskFreeAnnualFrac: rate, dividendYieldFrac: yieldFrac } = terms;
  const positive = [spotUsd, strikeUsd, years, annualizedVol].every((value) => value > 0 && Number.isFinite(value));
  if (!positive || !Number.isFinite(rate) || !Number.isFinite(yieldFrac)) return refuse('option-terms-unfit', { ...terms });

  const sign = kind === 'call' ? 1 : -1;
  const deviation = annualizedVol * Math.sqrt(years);
  const d1 = (Math.log(spotUsd / strikeUsd) + (rate - yieldFrac) * years) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  const spotPart = spotUsd * Math.exp(-yieldFrac * years);
  const strikePart = strikeUsd * Math.exp(-rate * years);
  const density = normalPdf(d1);
  return {
    kind: 'priced',
    priceUsd: Math.max(0, sign * (spotPart * normalCdf(sign * d1) - strikePart * normalCdf(sign * d2))),
    delta: sign * Math.exp(-yieldFrac * years) * normalCdf(sign * d1),
    gamma: (Math.exp(-yieldFrac * years) * density) / (spotUsd * deviation),
    vega: spotPart * density * Math.sqrt(years),
    thetaPerYear:
      -(spotPart * density * annualizedVol) / (2 * Math.sqrt(years)) +
      sign * (yieldFrac * spotPart * normalCdf(sign * d1) - rate * strikePart * normalCdf(sign * d2)),
  };
}
