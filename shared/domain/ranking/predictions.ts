/**
 * What the fund itself expects of each symbol: the Meta-Brain's opinion, asked anew on the bars that the list is made of, as if nothing
 * were held. Anew, because the last cycle's is a session old by the next list and stood on other bars; the Meta-Brain, because
 * the cycle will ask it again an hour later, and a list by another model would let in what the cycle then refuses.
 * A symbol on which no opinion counts has no prediction.
 */
import type { Ticker } from '../../kernel/units.ts';
import type { SignalsOutput } from '../cycle/step-types.ts';
import { decideSymbols } from '../ensemble/meta-brain.ts';
import type { Policy } from '../policy/policy.ts';

export interface Prediction {
  /** Expected simple return of a session less the risk-free one; signed. */
  readonly dailyExcessReturn: number;
  /** Expected return over daily volatility; signed. */
  readonly conviction: number;
}

export function predictionsOf({ symbols }: Pick<SignalsOutput, 'symbols'>, policy: Policy): ReadonlyMap<Ticker, Prediction> {
  const entries = symbols.flatMap(({ symbol, market, opinions, dataQualityScore }) =>
    market === null
      ? []
      : [{ symbol, opinions, sigma: market.dailyVol, marginalCvarFrac: market.marginalCvarFrac, dataQualityScore, currentWeight: 0 }],
  );
  const situation = {
    riskOverride: null,
    cvarFracMax: policy.risk.cvarFracMax,
    grossFracMax: policy.portfolio.grossFracMax,
    currentGrossFrac: 0,
    allowShort: policy.portfolio.allowShort,
  };
  const { results } = decideSymbols(entries, situation, policy.ensemble);
  return new Map(
    results.flatMap(({ symbol, excessMu, conviction }) =>
      excessMu === null || conviction === null ? [] : [[symbol, { dailyExcessReturn: excessMu, conviction }] as const],
    ),
  );
}
