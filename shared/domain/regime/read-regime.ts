/**
 * Names the market's regime as of a session, from returns of sessions strictly before it.
 *
 * 1. The window: `historySessions` before the first day of the session's month, and what came since.
 * 2. The hidden Markov model is fitted on the sessions before that month and filtered up to the last one known (market-model.ts).
 * 3. The volatility that tells quiet from volatile is the geometric mean of the realised one, which is sure but late, and the
 *    model's for the next session, which is early but jumps; where the model does not stand up to its checks, the realised one alone.
 * 4. The reducer with hysteresis runs along the window (apply-regime.ts); the last state is the reading.
 *
 * Why by the month: a model fitted anew each day has other parameters each day, and the same Tuesday could be read as calm on Wednesday
 * and as volatile on Thursday. Within a month window and model stand still, so each reading is the one before plus one step of the
 * reducer, and the probabilities of that month are out of sample. The cycle stores nothing: a reading is a function of the history
 * alone. Days before the month are filtered with parameters that know later days, which can move a past crossing by some days, never
 * one of the month's; `settledSessions` says for how long the walk has not depended on where it began.
 */
import { formatDay, parseDay } from '../../kernel/days.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Rng } from '../../kernel/rng.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { lowerBound } from '../market/bars.ts';
import { countSessions } from '../market/calendar.ts';
import { type MarketHistory, marketBefore } from '../market/market-history.ts';
import type { RegimeRules } from '../policy/regime-rules.ts';
import { type RegimeObservation, walkRegimes } from './apply-regime.ts';
import { type MarketFeatures, marketFeatures } from './market-features.ts';
import { dailyMeansOf, dailyVolsOf, type MarketModel, readMarketModel, turbulentProbability, type UnusableModel } from './market-model.ts';
import type { RegimeReading } from './regime.ts';
import { reasonsOf } from './regime-reasons.ts';

/**
 * The regime for a decision on `asOf`, a day of the exchange's calendar. Refuses a history that is too short, stale, not finite or without
 * any movement; never guesses one. Equal inputs and seed give equal bytes. @throws ContractViolation when the calendar ends before `asOf`.
 */
export function readRegime(history: MarketHistory, asOf: EpochDay, rules: RegimeRules, rng: Rng): RegimeReading | Refusal {
  const month = parseDay(`${formatDay(asOf).slice(0, 7)}-01`);
  const sinceMonth = lowerBound(history.day, asOf) - lowerBound(history.day, month);
  const known = marketBefore(history, asOf, rules.historySessions + sinceMonth);
  const refusal = refusalOf(known, asOf, rules);
  if (refusal) return refusal;

  const features = marketFeatures(known, rules);
  const fitSessions = known.day.length - sinceMonth;
  const model = readMarketModel(features.logReturn, fitSessions, rules.sessionsPerYear, rules.model, rng.fork('market-model'));
  const observations = observationsOf(features, model);
  const walk = walkRegimes(observations, rules);
  const last = observations.at(-1)!;
  const turbulent =
    model.kind === 'unusable' ? null : turbulentProbability(model, rules.volatileAnnualizedVol.enter, rules.sessionsPerYear);
  return {
    kind: 'regime',
    name: walk.state.name,
    exposureFrac: rules.exposureFracs[walk.state.name],
    since: walk.state.since,
    market: history.name,
    reasons: reasonsOf(walk, last, turbulent, rules),
    evidence: {
      belowMeanFrac: last.belowMeanFrac,
      drawdownFrac: last.drawdownFrac,
      realizedAnnualizedVol: last.realizedAnnualizedVol,
      annualizedVol: last.annualizedVol,
      ...(model.kind === 'unusable' ? {} : { modelAnnualizedVol: model.annualizedVolAhead.at(-1)! }),
      ...(turbulent === null ? {} : { turbulentProbability: turbulent }),
      settledSessions: walk.settledSessions,
    },
    model: describe(model),
  };
}

function refusalOf(known: MarketHistory, asOf: EpochDay, rules: RegimeRules): Refusal | undefined {
  const sessions = known.day.length;
  const sessionsMin = Math.max(
    rules.historySessionsMin,
    rules.meanSessions,
    rules.volatilitySessions,
    rules.model.volatilityFeatureSessions,
  );
  if (sessions < sessionsMin) return refuse('market-history-too-short', { sessions, sessionsMin });
  const at = known.simpleReturn.findIndex((value) => !(Number.isFinite(value) && value > -1));
  if (at >= 0) return refuse('market-return-not-finite', { market: known.name, day: known.day[at]! });
  const [first] = known.simpleReturn;
  if (known.simpleReturn.every((value) => value === first)) return refuse('market-return-constant', { market: known.name });
  const lastDay = known.day[sessions - 1]! as EpochDay;
  const sessionsSince = countSessions((lastDay + 1) as EpochDay, asOf);
  if (sessionsSince > rules.staleSessionsMax) return refuse('market-history-stale', { lastDay, sessionsSince });
  return undefined;
}

/** One observation for each session on which every window is full. */
function observationsOf(features: MarketFeatures, model: MarketModel | UnusableModel): RegimeObservation[] {
  const observations: RegimeObservation[] = [];
  for (const [t, day] of features.day.entries()) {
    const belowMeanFrac = features.belowMeanFrac[t]!;
    const realizedAnnualizedVol = features.realizedAnnualizedVol[t]!;
    const annualizedVol =
      model.kind === 'unusable' ? realizedAnnualizedVol : Math.sqrt(realizedAnnualizedVol * model.annualizedVolAhead[t]!);
    if (Number.isNaN(belowMeanFrac + realizedAnnualizedVol + annualizedVol)) continue;
    const drawdownFrac = features.drawdownFrac[t]!;
    observations.push({ day: day as EpochDay, belowMeanFrac, drawdownFrac, realizedAnnualizedVol, annualizedVol });
  }
  return observations;
}

function describe(found: MarketModel | UnusableModel): RegimeReading['model'] {
  if (found.kind === 'unusable') return found;
  const { model, filtered } = found;
  const last = (filtered.rows - 1) * filtered.states;
  return {
    kind: 'model',
    states: model.states,
    probabilities: [...filtered.probabilities.subarray(last, last + filtered.states)],
    dailyVols: dailyVolsOf(model),
    dailyMeans: dailyMeansOf(model),
    logLikelihood: model.logLikelihood,
    bic: model.bic,
  };
}
