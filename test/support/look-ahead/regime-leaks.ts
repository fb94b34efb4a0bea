/** Leaks within the market's regime: a hidden Markov model that has seen what follows. */
import { lowerBound } from '../../../shared/domain/market/bars.ts';
import { type FilteredStates, filterHmm, predictStates } from '../../../shared/domain/regime/filter-hmm.ts';
import type { HmmModel, Observations } from '../../../shared/domain/regime/hmm-model.ts';
import { realizedVolatility } from '../../../shared/domain/regime/market-features.ts';
import type { MarketModel, readMarketModel, UnusableModel } from '../../../shared/domain/regime/market-model.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { Leak } from './leak.ts';
import { type Everything, inPlaceOf } from './planted.ts';

export const regimeLeaks: readonly Leak[] = [
  {
    name: 'the hidden Markov model is fitted on the whole history',
    indexed: true,
    swaps: [
      inPlaceOf<typeof readMarketModel>('readMarketModel', (real, everything) => (logReturn, _, sessionsPerYear, rules, rng) => {
        const all = logReturnsFrom(everything, logReturn.length);
        return upTo(logReturn.length, real(all, all.length, sessionsPerYear, rules, rng));
      }),
    ],
  },
  {
    name: 'probabilities of the regime are smoothed by the days that follow, not filtered',
    indexed: true,
    swaps: [
      inPlaceOf<typeof readMarketModel>('readMarketModel', (real, everything) => (logReturn, fitSessions, sessionsPerYear, rules, rng) => {
        const found = real(logReturn, fitSessions, sessionsPerYear, rules, rng);
        if (found.kind === 'unusable') return found;
        const all = logReturnsFrom(everything, logReturn.length);
        const filtered = filterHmm(found.model, observationsOf(all, rules.volatilityFeatureSessions, sessionsPerYear));
        return isRefusal(filtered) ? found : upTo(logReturn.length, { ...found, filtered: smoothed(found.model, filtered) });
      }),
    ],
  },
];

/** From where the model's window begins to the end of what is stored. */
function logReturnsFrom({ market, asOf }: Everything, sessionsBefore: number): Float64Array {
  return market.simpleReturn.subarray(Math.max(0, lowerBound(market.day, asOf) - sessionsBefore)).map(Math.log1p);
}

function observationsOf(logReturn: Float64Array, sessions: number, sessionsPerYear: number): Observations {
  const volatility = realizedVolatility(logReturn, sessions, sessionsPerYear);
  const rows = logReturn.length - sessions + 1;
  const values = Float64Array.from({ length: 2 * rows }, (_, at) => {
    const session = (at >> 1) + sessions - 1;
    return at % 2 === 0 ? logReturn[session]! : Math.log(volatility[session]!);
  });
  return { rows, dimensions: 2, values };
}

/** Kim's smoother: P(i at t | all) = filtered(i) · Σ_j a(i, j) · smoothed(j at t + 1) / predicted(j at t + 1). */
function smoothed(model: HmmModel, filtered: FilteredStates): FilteredStates {
  const { rows, states } = filtered;
  const probabilities = Float64Array.from(filtered.probabilities);
  for (let t = rows - 2; t >= 0; t--) {
    const predicted = predictStates(model, filtered, t);
    for (let i = 0; i < states; i++) {
      let sum = 0;
      for (let j = 0; j < states; j++) sum += (model.transitions[i * states + j]! * probabilities[(t + 1) * states + j]!) / predicted[j]!;
      probabilities[t * states + i] = filtered.probabilities[t * states + i]! * sum;
    }
  }
  return { ...filtered, probabilities };
}

/** Of the sessions asked for alone. */
function upTo(sessions: number, found: MarketModel | UnusableModel): MarketModel | UnusableModel {
  if (found.kind === 'unusable') return found;
  const { filtered, annualizedVolAhead } = found;
  const warmUp = annualizedVolAhead.findIndex((value) => !Number.isNaN(value));
  const rows = sessions - warmUp;
  return {
    ...found,
    annualizedVolAhead: annualizedVolAhead.subarray(0, sessions),
    filtered: { ...filtered, rows, probabilities: filtered.probabilities.subarray(0, rows * filtered.states) },
  };
}
