/** What a mistyped name probably meant. */
import { editDistance } from '../../shared/kernel/edit-distance.ts';

/** The names that a slip of the pen away from `wanted`, closest first: at most a third of its letters differ. */
export function nearest(wanted: string, names: readonly string[], most: number): string[] {
  return names
    .map((name) => ({ name, distance: name.startsWith(wanted) ? 0 : editDistance(wanted, name) }))
    .filter(({ distance }) => distance <= Math.max(1, wanted.length / 3))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}
