/**
 * Whether a search has found anything: the best of all that was tried must beat what the best of as many worthless rules would show, in the range
 * that it was bred on and again in one that no genome ever saw.
 *
 *   1. The candidate is the highest Sharpe ratio of all that was evaluated with enough trades, on any island.
 *   2. In training: deflated Sharpe ratio (Bailey & López de Prado 2014) at the level, with every evaluated genome as a trial.
 *   3. On the hold-out, which lies behind a purge and is looked at once, by this one candidate: the same, with the same number of trials.
 *
 * The spread of the trials is never taken for less than luck alone would make it (luck-floor.ts): a search is no set of independent draws. The
 * hold-out is seen by one candidate only, so one trial would do there, were it not for the next search over the same data, and the one after.
 * Counting all of them in both ranges is stricter than one search needs; scripts/measure-evolution.ts measures what that costs in power.
 *
 * Null hypothesis: nothing earns more than zero after costs. A market that rises pays every long rule; what is left after that is for factor attribution.
 */
import { type CountedTrials, type DeflatedSharpe, deflatedSharpe } from '../validation/deflated-sharpe.ts';
import type { FigureGap } from '../validation/figure.ts';
import { type Sharpe, sharpeOf } from '../validation/sharpe.ts';
import { evaluatorOf } from './evaluate-genome.ts';
import type { Evaluation, EvaluationRules, MomentRange } from './evaluation.ts';
import { type EvolutionState, type Individual, trialsOf } from './evolution.ts';
import type { Ground } from './ground.ts';
import { withLuckFloor } from './luck-floor.ts';

export interface SplitRanges {
  readonly training: MomentRange;
  readonly holdOut: MomentRange;
}

export interface SearchQuestion {
  readonly states: readonly EvolutionState[];
  readonly ground: Ground;
  readonly ranges: SplitRanges;
  readonly rules: EvaluationRules;
  /** That the deflated Sharpe ratio must reach in both ranges. */
  readonly confidenceLevel: number;
}

export interface JudgedRange {
  readonly range: MomentRange;
  readonly evaluation: Evaluation;
  readonly sharpe: Sharpe | FigureGap;
  readonly deflated: DeflatedSharpe | FigureGap;
}

export interface SearchVerdict {
  readonly kind: 'search-verdict';
  /** Null where nothing traded often enough. */
  readonly candidate: Individual | null;
  readonly trials: CountedTrials;
  readonly training: JudgedRange | null;
  readonly holdOut: JudgedRange | null;
  readonly isFound: boolean;
}

export function judgeSearch({ states, ground, ranges, rules, confidenceLevel }: SearchQuestion): SearchVerdict {
  const { trials, sharpe } = trialsOf(states);
  const counted: CountedTrials = { trials, sharpe: { count: sharpe.count, squares: sharpe.squares } };
  const candidate = championOf(states);
  if (candidate === null) return { kind: 'search-verdict', candidate, trials: counted, training: null, holdOut: null, isFound: false };
  const judged = (range: MomentRange): JudgedRange => {
    const evaluator = evaluatorOf(ground, range, rules);
    const evaluation = evaluator(candidate.genome);
    const ratio = sharpeOf(evaluator.returns);
    return {
      range,
      evaluation,
      sharpe: ratio,
      deflated: ratio.kind === 'refused' ? ratio : deflatedSharpe(ratio, withLuckFloor(counted, ratio.bars)),
    };
  };
  const [training, holdOut] = [judged(ranges.training), judged(ranges.holdOut)];
  const holds = ({ deflated }: JudgedRange): boolean => deflated.kind !== 'refused' && deflated.probability >= confidenceLevel;
  return { kind: 'search-verdict', candidate, trials: counted, training, holdOut, isFound: holds(training) && holds(holdOut) };
}

/** The last part of the axis is held out, with `purgeMoments` between that belong to neither. */
export function splitRanges(moments: number, holdOutFrac: number, purgeMoments: number, fromMoment = 0): SplitRanges {
  const holdOutFrom = fromMoment + Math.round((moments - fromMoment) * (1 - holdOutFrac));
  return {
    training: { fromMoment, untilMoment: holdOutFrom - purgeMoments },
    holdOut: { fromMoment: holdOutFrom, untilMoment: moments },
  };
}

/** Ties go to the lower id. */
function championOf(states: readonly EvolutionState[]): Individual | null {
  const champions = states.flatMap(({ champion }) => champion ?? []);
  const ratio = ({ evaluation }: Individual): number => evaluation.sharpe ?? Number.NEGATIVE_INFINITY;
  return champions.toSorted((a, b) => ratio(b) - ratio(a) || (a.id < b.id ? -1 : 1))[0] ?? null;
}
