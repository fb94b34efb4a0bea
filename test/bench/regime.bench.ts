/** What it costs to fit a hidden Markov model and to read the market's regime. */
import { sessionsBack, sessionsBetween } from '../../shared/domain/market/calendar.ts';
import { defaultRegimeRules } from '../../shared/domain/policy/regime-rules.ts';
import { baumWelch } from '../../shared/domain/regime/baum-welch.ts';
import type { HmmParameters, Observations } from '../../shared/domain/regime/hmm-model.ts';
import { readRegime } from '../../shared/domain/regime/read-regime.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import { asOf } from '../unit/domain/fixtures.ts';
import { type Bench, median } from './bench.ts';

const RUNS = 9;

export const benches: Bench[] = [
  {
    name: 'hidden Markov model, 2 states × 2,520 days × 50 iterations',
    unit: 'ms',
    goal: { atMost: 50 },
    run: async () => timed(() => runEm(1)),
  },
  { name: 'the same on returns and volatility, full covariance', unit: 'ms', run: async () => timed(() => runEm(2)) },
  {
    name: 'read the regime: 2 to 4 states, 6 starts each, refit, 1,260 sessions',
    unit: 'ms',
    goal: { atMost: 200 },
    run: async () => timed(read),
  },
];

function timed(work: () => void): number {
  for (let warmUp = 0; warmUp < 3; warmUp++) work();
  return median(
    Array.from({ length: RUNS }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );
}

/** Returns of a market that is calm for 60 sessions and stormy for 20. */
function returns(count: number): Float64Array {
  const rng = seededRng('bench/regime');
  return Float64Array.from({ length: count }, (_, t) => 0.0004 + (t % 80 < 60 ? 0.007 : 0.022) * rng.normal());
}

const series = returns(2520);
const sequences: Record<number, Observations> = {
  1: { rows: 2520, dimensions: 1, values: series },
  2: {
    rows: 2520,
    dimensions: 2,
    values: Float64Array.from([...series].flatMap((value, t) => [value, Math.log(t % 80 < 60 ? 0.1 : 0.3) + 10 * value])),
  },
};

function runEm(dimensions: 1 | 2): void {
  const covariance = dimensions === 1 ? [1e-4] : [1e-4, 0, 0, 0.3];
  const start: HmmParameters = {
    states: 2,
    dimensions,
    covarianceType: dimensions === 1 ? 'diagonal' : 'full',
    startProbabilities: Float64Array.of(0.5, 0.5),
    transitions: Float64Array.of(0.9, 0.1, 0.1, 0.9),
    means: dimensions === 1 ? Float64Array.of(0.001, -0.001) : Float64Array.of(0.001, -2.2, -0.001, -1.3),
    covariances: Float64Array.from([...covariance, ...covariance.map((value) => 4 * value)]),
  };
  const { logLikelihoods } = baumWelch(sequences[dimensions]!, start, {
    iterationsMax: 50,
    logLikelihoodTolerance: 0,
    covarianceFloor: 1e-9,
  });
  if (logLikelihoods.length !== 51) throw new Error('EM did not run 50 iterations');
}

const sessions = 1300;
const history = {
  name: 'bench',
  day: sessionsBetween(sessionsBack(asOf, sessions), sessionsBack(asOf, 1)),
  simpleReturn: returns(sessions),
};

let reads = 0;

/** With another seed each time, for a fit that was just made is not made again. */
function read(): void {
  const reading = readRegime(history, asOf, defaultRegimeRules, seededRng(`regime-${reads++}`));
  if (isRefusal(reading)) throw new Error(reading.reason);
}
