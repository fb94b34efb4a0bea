/** What is asked of the evaluation of one genome, and what comes of it. */
import type { Genome } from './genome.ts';

/** Moments `fromMoment` to `untilMoment` − 1. */
export interface MomentRange {
  readonly fromMoment: number;
  readonly untilMoment: number;
}

export interface EvaluationRules {
  /** Of the notional, each side. */
  readonly costBps: number;
  readonly borrowAnnualFrac: number;
  readonly momentsPerYear: number;
  /** Of the deepest rule that will be asked about. */
  readonly depthMax: number;
}

/** Plain JSON. */
export interface Evaluation {
  /** Geometric. −1 where everything was lost. */
  readonly annualReturnFrac: number;
  readonly maxDrawdownFrac: number;
  /** Notional of all fills over mean equity, per year: 2 is everything bought and sold once. */
  readonly annualTurnover: number;
  /** Mean over sample deviation of returns per moment, not annualised; null where nothing varied. */
  readonly sharpe: number | null;
  /** Round trips that ended within the range. */
  readonly trades: number;
  /** Of them with a profit after costs; null without any. */
  readonly winFrac: number | null;
  /** Mean part of rows at which it held. */
  readonly timeInMarketFrac: number;
  /** Where it held what, sampled (behaviour.ts). */
  readonly behaviour: string;
}

export interface Evaluator {
  (genome: Genome): Evaluation;
  /** Simple return of each moment of the range; the first is over the opening capital. A view until the next call. */
  readonly returns: Float64Array;
}

/** An entry takes min(1, target / volatility) of the sleeve, by what is known when it is decided. */
export interface EntryWeights {
  readonly barVol: Float64Array;
  readonly targetBarVol: number;
}
