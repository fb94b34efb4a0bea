/** Choices by a seeded stream: each draws exactly once, so that what follows does not depend on what was chosen. */
import type { Rng } from '../../../kernel/rng.ts';

/** Uniform; `items` is not empty. */
export const oneOf = <Item>(items: readonly Item[], rng: Rng): Item => items[Math.floor(rng.uniform() * items.length)]!;

export const withChance = (frac: number, rng: Rng): boolean => rng.uniform() < frac;

/** A neighbour of `value` on its ladder, one or two rungs up or down, within its ends; the value itself where the ladder has one rung. */
export function nearbyRung(ladder: readonly number[], value: number, rng: Rng): number {
  const step = oneOf([-2, -1, 1, 2], rng);
  const at = ladder.indexOf(value);
  const target = at + step;
  const bounced = target < 0 || target >= ladder.length ? at - Math.sign(step) : target;
  return ladder[Math.min(ladder.length - 1, Math.max(0, bounced))]!;
}
