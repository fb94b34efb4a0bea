/**
 * No sector grows beyond its equal share of the gross limit and a band: limit × (1/sectors + band), sectors counted in the universe, not in
 * the book, so that a small position in a further sector moves nothing. Growth of the names in a sector above it is trimmed, each in
 * proportion; what was held before stays, since selling it is for limits and opinions to say.
 */
import { type Change, growthOf, withGrowth } from './growth.ts';

export interface SectorChange extends Change {
  readonly sector: string;
}

export interface SectorBalance {
  /** Sectors in the universe. */
  readonly sectors: number;
  readonly grossFracMax: number;
  readonly bandFrac: number;
}

/** New targets in the same order, each between held and target. */
export function balanceSectors(changes: readonly SectorChange[], { sectors, grossFracMax, bandFrac }: SectorBalance): number[] {
  const sectorFracMax = grossFracMax * (1 / Math.max(1, sectors) + bandFrac);
  const grossFrac = new Map<string, number>();
  const grown = new Map<string, number>();
  for (const change of changes) {
    grossFrac.set(change.sector, (grossFrac.get(change.sector) ?? 0) + Math.abs(change.targetWeight));
    grown.set(change.sector, (grown.get(change.sector) ?? 0) + growthOf(change));
  }
  return changes.map((change) => {
    const excess = grossFrac.get(change.sector)! - sectorFracMax;
    const growth = grown.get(change.sector)!;
    return excess > 0 && growth > 0 ? withGrowth(change, Math.max(0, 1 - excess / growth)) : change.targetWeight;
  });
}
