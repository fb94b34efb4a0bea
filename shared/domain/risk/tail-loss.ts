/**
 * Historical value at risk and expected shortfall (CVaR) of an equally weighted sample of simple returns.
 *
 * 1. Find the worst days: select, do not sort, so a million returns take milliseconds.               tailOf
 * 2. VaR is the smallest loss not exceeded with the given probability.
 * 3. CVaR is the mean of the tail; the loss on its edge counts with the part of it that lies inside, which keeps the measure coherent.
 * 4. Each asset's mean loss over the same tail days is its marginal CVaR; times its weight it is its share,
 *    and the shares sum to the book's CVaR (Euler).                                                  meanTailLoss
 *
 * Source: Acerbi & Tasche (2002), J. Banking & Finance 26(7), definition 2.6; Tasche (2000) for the shares.
 * Not covered: age weighting; losses worse than any in the sample (evt-tail.ts).
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Frac } from '../../kernel/units.ts';
import { firstNotFinite } from '../statistics/moments.ts';
import { selectInPlace } from '../statistics/select.ts';

export interface TailLoss {
  /** Fraction of equity lost at the confidence level; positive is a loss. */
  readonly varFrac: Frac;
  /** Mean loss in the tail beyond it; never below `varFrac`. */
  readonly cvarFrac: Frac;
}

/** Which days make the tail, and with what weight; weights sum to 1. */
export interface Tail {
  /** In order of time, but for the last, which is the edge of the tail. */
  readonly days: Int32Array;
  readonly weights: Float64Array;
  readonly varFrac: Frac;
}

/** Refuses a sample too short to hold one observation in the tail, a level outside (0, 1), and any return that is not finite. */
export function tailLoss(returns: Float64Array, confidenceLevel: number): TailLoss | Refusal {
  const tail = tailOf(returns, confidenceLevel);
  return 'kind' in tail ? tail : { varFrac: tail.varFrac, cvarFrac: meanTailLoss(tail, returns) };
}

/** As `tailLoss`, but the days themselves. Of days with equal loss the earlier are in the tail. */
export function tailOf(returns: Float64Array, confidenceLevel: number): Tail | Refusal {
  if (!(confidenceLevel > 0 && confidenceLevel < 1)) return refuse('confidence-level-outside-0-1', { confidenceLevel });
  const observations = returns.length * (1 - confidenceLevel);
  // Rounding noise in n·(1 − c) must not move the edge.
  const edge = Math.min(Math.floor(observations + 1e-9), returns.length - 1);
  if (edge < 1) return refuse('history-too-short', { observations: returns.length, confidenceLevel });
  if (firstNotFinite(returns) >= 0) return refuse('return-not-finite', { observations: returns.length });

  const edgeReturn = selectInPlace(returns.slice(), edge);
  const weights = new Float64Array(edge + 1).fill(1 / observations);
  weights[edge] = Math.max(0, observations - edge) / observations;
  return { days: worstDays(returns, edgeReturn, edge), weights, varFrac: (-edgeReturn || 0) as Frac };
}

/** The `edge` worst days in order of time, then the edge itself; days that equal the edge fill up, the earliest first. */
function worstDays(returns: Float64Array, edgeReturn: number, edge: number): Int32Array {
  let equalWanted = edge;
  for (let day = 0; day < returns.length; day++) if (returns[day]! < edgeReturn) equalWanted--;
  const days = new Int32Array(edge + 1);
  let [found, equal] = [0, 0];
  for (let day = 0; day < returns.length; day++) {
    const value = returns[day]!;
    if (value > edgeReturn) continue;
    if (value < edgeReturn || equal++ < equalWanted) days[found++] = day;
    else if (equal === equalWanted + 1) days[edge] = day;
  }
  return days;
}

/** Mean loss of any return series over the tail days of another; positive is a loss. */
export function meanTailLoss({ days, weights }: Tail, returns: Float64Array): Frac {
  let sum = 0;
  for (let k = 0; k < days.length; k++) sum -= weights[k]! * returns[days[k]!]!;
  return sum as Frac;
}
