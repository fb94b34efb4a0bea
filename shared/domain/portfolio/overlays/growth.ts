/** How much a holding grows this cycle, and the holding with less of it: all that an overlay may touch. Weights are signed fractions. */

export interface Change {
  readonly heldWeight: number;
  readonly targetWeight: number;
}

/** Growth on the side of the target; a reduction does not count, and of a change through zero only what lies beyond zero. */
export function growthOf({ heldWeight, targetWeight }: Change): number {
  const start = Math.sign(heldWeight) === Math.sign(targetWeight) ? Math.abs(heldWeight) : 0;
  return Math.max(0, Math.abs(targetWeight) - start);
}

/** The target with that share of its growth, 0 to 1; nothing is taken from what was held. */
export function withGrowth(change: Change, keptFrac: number): number {
  const growth = growthOf(change);
  if (growth === 0 || keptFrac >= 1) return change.targetWeight;
  return Math.sign(change.targetWeight) * (Math.abs(change.targetWeight) - growth * (1 - keptFrac)) || 0;
}
