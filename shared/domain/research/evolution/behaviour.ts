/**
 * What a genome does, as opposed to what it earns: at 512 places spread evenly over all symbols' rows, whether it held long, held short or
 * nothing. Two genomes with other words and the same positions have the same behaviour, which no comparison of their texts would show.
 *
 * The distance of two behaviours is Jaccard's: one minus the part of places held by both among those held by either; 0 where neither holds
 * anything, 1 where they never hold together. Novelty is the mean distance to the k nearest others, an archive of earlier ones among them
 * (Lehman & Stanley 2011, "Abandoning objectives", Evolutionary Computation 19(2)).
 */
import type { RowBounds } from './rule-signals.ts';

const CELLS = 512;
/** Two bits a cell: long, short. */
const WORDS = (2 * CELLS) / 32;

/** Rows at which behaviour is sampled; fewer than 512 where there are fewer rows. */
export function sampleCells({ from, until }: RowBounds): Int32Array {
  const rows = from.reduce((sum, first, s) => sum + until[s]! - first, 0);
  const count = Math.min(CELLS, rows);
  const cells = new Int32Array(count);
  let [s, behind] = [0, 0];
  for (let cell = 0; cell < count; cell++) {
    const place = Math.floor(((cell + 0.5) * rows) / count);
    while (place - behind >= until[s]! - from[s]!) {
      behind += until[s]! - from[s]!;
      s++;
    }
    cells[cell] = from[s]! + place - behind;
  }
  return cells;
}

/** Hexadecimal, eight digits for each word of 32 bits. */
export function packBehaviour(held: Int8Array, cells: Int32Array): string {
  const words = new Uint32Array(WORDS);
  for (let cell = 0; cell < cells.length; cell++) {
    const side = held[cells[cell]!]!;
    if (side !== 0) words[cell >> 4]! |= 1 << (2 * (cell & 15) + (side > 0 ? 0 : 1));
  }
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('');
}

export const unpackBehaviour = (text: string): Uint32Array =>
  Uint32Array.from({ length: WORDS }, (_, word) => Number.parseInt(text.slice(8 * word, 8 * word + 8), 16));

/** Jaccard distance, 0 to 1. */
export function behaviourDistance(a: Uint32Array, b: Uint32Array): number {
  let [both, either] = [0, 0];
  for (let word = 0; word < WORDS; word++) {
    both += bitsIn(a[word]! & b[word]!);
    either += bitsIn(a[word]! | b[word]!);
  }
  return either === 0 ? 0 : 1 - both / either;
}

/** Of each behaviour its mean distance to the `neighbours` nearest of the others and the archive; 0 where there is nothing to compare with. */
export function noveltyOf(behaviours: readonly Uint32Array[], archive: readonly Uint32Array[], neighbours: number): Float64Array {
  const all = [...behaviours, ...archive];
  return Float64Array.from(behaviours, (own, index) => {
    const distances = new Float64Array(all.length - 1);
    let filled = 0;
    for (let other = 0; other < all.length; other++) if (other !== index) distances[filled++] = behaviourDistance(own, all[other]!);
    const nearest = distances.sort().subarray(0, neighbours);
    return nearest.length === 0 ? 0 : nearest.reduce((sum, distance) => sum + distance, 0) / nearest.length;
  });
}

/** Set bits of 32, counted in parallel (Hacker's Delight, section 5-1). */
function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24) & 63;
}
