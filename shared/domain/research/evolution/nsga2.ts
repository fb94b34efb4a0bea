/**
 * NSGA-II: Deb, Pratap, Agarwal & Meyarivan (2002), "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans. Evolutionary
 * Computation 6(2). What is bred does not matter here; a candidate is its objectives, all to be minimised, and by how much it breaks constraints.
 *
 *   fronts      fast non-dominated sort, section III-A: O(M·N²) comparisons
 *   crowding    crowding distance, section III-B: how empty the space around a candidate is, per objective, scaled by its range
 *   survivors   the best N of parents and children together, section III-C: whole fronts, the last one by crowding
 *   tournament  of two drawn by chance: the lower front, then the emptier place (crowded comparison, section III-B)
 *
 * Constraints as in section VI: what keeps them beats what does not, and of two that do not the one that breaks them less.
 * Ties go to the lower index: nothing depends on the sort. Validated against the known fronts of ZDT1 and ZDT2 in its test.
 */
import type { Rng } from '../../../kernel/rng.ts';

export interface Candidate {
  /** Finite, minimised. */
  readonly objectives: readonly number[];
  /** 0 where all constraints hold. */
  readonly violation: number;
}

export interface Standing {
  /** 0 is the front that nothing dominates. */
  readonly front: number;
  readonly crowding: number;
}

/** Indices of the candidates, front by front. */
export function fronts(candidates: readonly Candidate[]): ReadonlyArray<readonly number[]> {
  const count = candidates.length;
  const beats: number[][] = Array.from({ length: count }, () => []);
  const beatenBy = new Int32Array(count);
  // One array for all: the comparisons are most of what a search costs besides its evaluations.
  const width = candidates[0]?.objectives.length ?? 0;
  const objectives = Float64Array.from(candidates.flatMap((candidate) => candidate.objectives));
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const order = violationOrder(candidates[a]!, candidates[b]!) || dominance(objectives, a * width, b * width, width);
      if (order === 0) continue;
      const [winner, loser] = order < 0 ? [a, b] : [b, a];
      beats[winner]!.push(loser);
      beatenBy[loser]!++;
    }
  }
  const sorted: number[][] = [];
  let front = Array.from(candidates.keys()).filter((index) => beatenBy[index] === 0);
  while (front.length > 0) {
    sorted.push(front);
    const next: number[] = [];
    for (const winner of front) {
      for (const loser of beats[winner]!) if (--beatenBy[loser]! === 0) next.push(loser);
    }
    front = next.sort((a, b) => a - b);
  }
  return sorted;
}

const violationOrder = (a: Candidate, b: Candidate): number => Math.sign(a.violation - b.violation);

/** −1 where the objectives at `a` dominate those at `b`, 1 the other way round, 0 where neither. */
function dominance(objectives: Float64Array, a: number, b: number, width: number): number {
  let [isBetter, isWorse] = [false, false];
  for (let m = 0; m < width; m++) {
    const difference = objectives[a + m]! - objectives[b + m]!;
    if (difference < 0) isBetter = true;
    else if (difference > 0) isWorse = true;
    if (isBetter && isWorse) return 0;
  }
  if (isBetter === isWorse) return 0;
  return isBetter ? -1 : 1;
}

/** Of each of the front's candidates, in the front's order; infinite at the ends of any objective. */
export function crowding(candidates: readonly Candidate[], front: readonly number[]): Float64Array {
  const distances = new Float64Array(front.length);
  const objectives = candidates[front[0] ?? 0]?.objectives.length ?? 0;
  for (let m = 0; m < objectives; m++) {
    const valueAt = (place: number): number => candidates[front[place]!]!.objectives[m]!;
    const order = Array.from(front.keys()).sort((a, b) => valueAt(a) - valueAt(b) || a - b);
    const range = valueAt(order.at(-1)!) - valueAt(order[0]!);
    distances[order[0]!] = Number.POSITIVE_INFINITY;
    distances[order.at(-1)!] = Number.POSITIVE_INFINITY;
    if (range === 0) continue;
    for (let k = 1; k < order.length - 1; k++) distances[order[k]!]! += (valueAt(order[k + 1]!) - valueAt(order[k - 1]!)) / range;
  }
  return distances;
}

/** Of each candidate. */
export function standings(candidates: readonly Candidate[]): readonly Standing[] {
  const out: Standing[] = Array.from(candidates, () => ({ front: 0, crowding: 0 }));
  for (const [front, members] of fronts(candidates).entries()) {
    const distances = crowding(candidates, members);
    members.forEach((index, place) => {
      out[index] = { front, crowding: distances[place]! };
    });
  }
  return out;
}

/** Indices of the `count` that live on, best first. */
export function survivors(candidates: readonly Candidate[], count: number): readonly number[] {
  const standing = standings(candidates);
  return Array.from(candidates.keys())
    .sort((a, b) => crowdedOrder(standing[a]!, standing[b]!) || a - b)
    .slice(0, count);
}

/** Index of the better of two drawn with replacement; the first drawn where they are equal. */
export function tournament(standing: readonly Standing[], rng: Rng): number {
  const draw = (): number => Math.floor(rng.uniform() * standing.length);
  const [first, second] = [draw(), draw()];
  return crowdedOrder(standing[first]!, standing[second]!) <= 0 ? first : second;
}

function crowdedOrder(a: Standing, b: Standing): number {
  if (a.front !== b.front) return a.front - b.front;
  if (a.crowding === b.crowding) return 0;
  return a.crowding > b.crowding ? -1 : 1;
}
