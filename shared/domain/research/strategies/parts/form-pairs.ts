/**
 * Which two prices have moved together: the distance method of Gatev, Goetzmann & Rouwenhorst (2006), Review of Financial Studies 19(3).
 *
 * 1. Each symbol's total-return index over the window, 1 at its first bar. A symbol that misses a session of the window is out.
 * 2. distance of two = Σ (index − index)² over the window.
 * 3. The pairs with the least distance; a symbol may be in several. Ties go by symbol.
 * 4. deviation = standard deviation of the difference over the window, by which divergence is measured afterwards.
 */
import type { DailyBars } from '../../../market/bars.ts';
import type { PriceBasis } from '../../panel.ts';
import { growthAt } from './growth.ts';

export interface FormedPair {
  readonly first: number;
  readonly second: number;
  /** Of the difference of the two indices; positive. */
  readonly deviation: number;
}

export interface FormationWindow {
  readonly symbol: number;
  readonly bars: DailyBars;
}

/** At most `count` pairs, the closest first. Windows ascend by symbol and end with the same session; each has `sessions` bars or is left out. */
export function formPairs(windows: readonly FormationWindow[], sessions: number, count: number, basis: PriceBasis): FormedPair[] {
  const complete = completeWindows(windows, sessions);
  const indices = complete.map(({ bars }) => totalReturnIndex(bars, basis));
  const candidates: Array<FormedPair & { readonly distance: number }> = [];
  let worst = Number.POSITIVE_INFINITY;
  for (let i = 0; i < indices.length; i++) {
    for (let j = i + 1; j < indices.length; j++) {
      const distance = distanceOf(indices[i]!, indices[j]!, worst);
      if (!(distance < worst)) continue;
      const deviation = deviationOf(indices[i]!, indices[j]!);
      if (!(deviation > 0)) continue;
      insert(candidates, { first: complete[i]!.symbol, second: complete[j]!.symbol, deviation, distance }, count);
      if (candidates.length === count) worst = candidates.at(-1)!.distance;
    }
  }
  return candidates.map(({ first, second, deviation }) => ({ first, second, deviation }));
}

/** Those that have a bar on every session of the window: of equally many bars with the same end, those that reach back the least. */
function completeWindows(windows: readonly FormationWindow[], sessions: number): FormationWindow[] {
  const full = windows.filter(({ bars }) => bars.day.length === sessions);
  const start = full.reduce((latest, { bars }) => Math.max(latest, bars.day[0]!), 0);
  return full.filter(({ bars }) => bars.day[0] === start);
}

function totalReturnIndex(bars: DailyBars, basis: PriceBasis): Float64Array {
  const index = new Float64Array(bars.day.length).fill(1);
  for (let row = 1; row < index.length; row++) index[row] = index[row - 1]! * growthAt(bars, row, basis);
  return index;
}

/** Stops where it can no longer be below `worst`; NaN where an index is. */
function distanceOf(a: Float64Array, b: Float64Array, worst: number): number {
  let sum = 0;
  for (let t = 0; t < a.length && !(sum >= worst); t++) sum += (a[t]! - b[t]!) ** 2;
  return sum;
}

function deviationOf(a: Float64Array, b: Float64Array): number {
  let mean = 0;
  for (let t = 0; t < a.length; t++) mean += (a[t]! - b[t]!) / a.length;
  let squares = 0;
  for (let t = 0; t < a.length; t++) squares += (a[t]! - b[t]! - mean) ** 2;
  return Math.sqrt(squares / (a.length - 1));
}

/** Keeps the list ascending; what comes later goes behind its equals. */
function insert<Pair extends { readonly distance: number }>(pairs: Pair[], pair: Pair, count: number): void {
  let place = pairs.length;
  while (place > 0 && pairs[place - 1]!.distance > pair.distance) place--;
  pairs.splice(place, 0, pair);
  if (pairs.length > count) pairs.pop();
}
