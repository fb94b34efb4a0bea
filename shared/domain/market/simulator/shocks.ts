/**
 * Random shocks with the habits of market returns: fat tails (Student's t with 5 degrees of freedom) and volatility that
 * comes in clusters (GARCH(1,1), Bollerslev 1986). Scale is the caller's: shocks have a variance of 1 in the long run.
 *
 * Source of the t variate: Bailey (1994), "Polar generation of random variates with the t-distribution", Math. Comp. 62.
 */
import type { Rng } from '../../../kernel/rng.ts';

const degreesOfFreedom = 5;
const unitScale = Math.sqrt((degreesOfFreedom - 2) / degreesOfFreedom);
/** Beyond this the t variate is cut: one draw in some thousands, which would otherwise move a price by half. */
const shockMost = 6;

/** Variance 1 but for the cut tail. */
export function heavyTailed(rng: Rng): number {
  for (;;) {
    const u = 2 * rng.uniform() - 1;
    const v = 2 * rng.uniform() - 1;
    const w = u * u + v * v;
    if (w <= 0 || w >= 1) continue;
    const drawn = unitScale * u * Math.sqrt((degreesOfFreedom * (w ** (-2 / degreesOfFreedom) - 1)) / w);
    return Math.max(-shockMost, Math.min(shockMost, drawn));
  }
}

export interface ShockStream {
  /** The next shock. */
  next(): number;
  /** Standard deviation the last shock was drawn with. */
  readonly scale: number;
}

const newsWeight = 0.08;
const memoryWeight = 0.9;
const varianceMost = 5;

export function clusteredShocks(rng: Rng): ShockStream {
  let variance = 1;
  let scale = 1;
  return {
    get scale() {
      return scale;
    },
    next() {
      scale = Math.sqrt(variance);
      const shock = scale * heavyTailed(rng);
      variance = Math.min(varianceMost, 1 - newsWeight - memoryWeight + newsWeight * shock * shock + memoryWeight * variance);
      return shock;
    },
  };
}
