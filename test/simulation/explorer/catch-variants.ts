/** Proves that the checker can fail: each broken variant must be caught within so many schedules. */
import type { Invariant } from './checker.ts';
import { explore } from './explore.ts';
import type { PointCounts } from './schedules.ts';
import { brokenVariants } from './variants/index.ts';

export interface Caught {
  readonly variant: string;
  /** What caught it first; null when nothing did. */
  readonly by: Invariant | null;
  readonly index: number | null;
  readonly detail: string;
  readonly schedules: number;
}

export async function catchVariants(seed: number, points: PointCounts, schedulesMax: number): Promise<readonly Caught[]> {
  const caught: Caught[] = [];
  for (const variant of brokenVariants) {
    const { violations, schedules } = await explore(seed, Array(schedulesMax).keys(), points, variant, 1);
    const first = violations[0];
    const { invariant = null, index = null, detail = '' } = first ?? {};
    caught.push({ variant: variant.name, by: invariant, index, detail, schedules });
  }
  return caught;
}
