/**
 * From the confidence an agent states to the one the ensemble weighs it with: a monotone, piecewise linear map per agent, from the policy.
 *
 * Meaning of the calibrated scale: 0.3 + 0.7 · (hit rate − 0.5) / 0.1, where a hit is an opinion on the side of the cross-section's median that
 * the return of the next 21 sessions falls on. 0.3 is the least confidence that is heard: no better than a coin is just not worth hearing.
 * Maps are fitted and checked by scripts/measure-agents.ts; no default is: see docs/evidence.
 */
import type { CalibrationKnot, CalibrationRules } from '../policy/calibration-rules.ts';

const COIN_CONFIDENCE = 0.3;
const FULL_HIT_RATE = 0.6;

/** 0 to 1 for a raw confidence of 0 to 1; the raw one where the policy has no map; NaN stays NaN. */
export function calibrate({ maps }: CalibrationRules, agent: string, raw: number): number {
  const knots = Object.hasOwn(maps, agent) ? maps[agent]! : [];
  return knots.length === 0 || Number.isNaN(raw) ? raw : along(knots, raw);
}

/** The calibrated confidence that a hit rate earns, 0 to 1. */
export const confidenceOfHitRate = (hitRate: number): number =>
  Math.min(1, Math.max(0, COIN_CONFIDENCE + ((1 - COIN_CONFIDENCE) * (hitRate - 0.5)) / (FULL_HIT_RATE - 0.5)));

/** Why a list of knots is no map, kebab-case; null when it is one. */
export function calibrationFault(knots: readonly CalibrationKnot[]): string | null {
  if (knots.some(([raw, calibrated]) => !(raw >= 0 && raw <= 1 && calibrated >= 0 && calibrated <= 1))) return 'knot-outside-0-1';
  for (let i = 1; i < knots.length; i++) {
    if (!(knots[i]![0] > knots[i - 1]![0])) return 'raw-not-rising';
    if (!(knots[i]![1] >= knots[i - 1]![1])) return 'calibrated-falls';
  }
  return null;
}

function along(knots: readonly CalibrationKnot[], raw: number): number {
  const after = knots.findIndex(([x]) => x >= raw);
  if (after === -1) return knots.at(-1)![1];
  const [x1, y1] = knots[after]!;
  if (after === 0) return y1;
  const [x0, y0] = knots[after - 1]!;
  return raw === x1 ? y1 : y0 + ((y1 - y0) * (raw - x0)) / (x1 - x0);
}
