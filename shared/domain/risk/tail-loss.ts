/**
 * Value at risk and expected shortfall (CVaR) of an equally weighted sample of simple returns.
 *
 * 1. Order the losses, worst first.                                                                  tailWeights
 * 2. VaR is the smallest loss not exceeded with the given probability.
 * 3. CVaR is the mean of the tail; the loss on its edge counts with the part of it that lies inside, which keeps the measure coherent.
 * 4. Each asset's mean loss over the same tail days is its marginal CVaR; times its weight it is its share,
 *    and the shares sum to the book's CVaR (Euler).                                                  meanTailLoss
 *
 * Source: Acerbi & Tasche (2002), J. Banking & Finance 26(7), definition 2.6; Tasche (2000) for the shares.
 * Not covered: age weighting, and tails longer than the sample.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Frac } from '../../kernel/units.ts';

export interface TailLoss {
  /** Fraction of equity lost at the confidence level; positive is a loss. */
  readonly varFrac: Frac;
  /** Mean loss in the tail beyond it; never below `varFrac`. */
  readonly cvarFrac: Frac;
}

/** Which days make the tail, and with what weight; weights sum to 1. */
export interface Tail {
  readonly days: Int32Array;
  readonly weights: Float64Array;
  readonly varFrac: Frac;
}

/** Refuses a sample too short to hold one observation in the tail, a level outside (0, 1), and any return that is not finite. */
export function tailLoss(returns: Float64Array, confidenceLevel: number): TailLoss | Refusal {
  const tail = tailOf(returns, confidenceLevel);
  return 'kind' in tail ? tail : { varFrac: tail.varFrac, cvarFrac: meanTailLoss(tail, returns) };
}

/** As `tailLoss`, but the days themselves. Days of equal loss count in order of time. */
export function tailOf(returns: Float64Array, confidenceLevel: number): Tail | Refusal {
  if (!(confidenceLevel > 0 && confidenceLevel < 1)) return refuse('confidence-level-outside-0-1', { confidenceLevel });
  const observations = returns.length * (1 - confidenceLevel);
  // Rounding noise in n·(1 − c) must not move the edge.
  const edge = Math.min(Math.floor(observations + 1e-9), returns.length - 1);
  if (edge < 1) return refuse('history-too-short', { observations: returns.length, confidenceLevel });
  if (!returns.every(Number.isFinite)) return refuse('return-not-finite', { observations: returns.length });

  const worstFirst = Int32Array.from(returns, (_, day) => day).sort((a, b) => returns[a]! - returns[b]! || a - b);
  const weights = new Float64Array(edge + 1).fill(1 / observations);
  weights[edge] = Math.max(0, observations - edge) / observations;
  return { days: worstFirst.slice(0, edge + 1), weights, varFrac: (-returns[worstFirst[edge]!]! || 0) as Frac };
}

/** Mean loss of any return series over the tail days of another; positive is a loss. */
export function meanTailLoss({ days, weights }: Tail, returns: Float64Array): Frac {
  let sum = 0;
  for (let k = 0; k < days.length; k++) sum -= weights[k]! * returns[days[k]!]!;
  return sum as Frac;
}
