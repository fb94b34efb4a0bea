/** Who comes first. */

/** Symbols with their scores, at the same places; symbols ascend. */
export interface Scored {
  readonly symbols: readonly number[];
  readonly scores: Float64Array;
}

/** Scores each symbol and leaves out whom the score is not finite of. */
export function scoreAll(symbols: readonly number[], score: (symbol: number) => number): Scored {
  const kept: number[] = [];
  const scores = new Float64Array(symbols.length);
  for (const symbol of symbols) {
    const value = score(symbol);
    if (!Number.isFinite(value)) continue;
    scores[kept.length] = value;
    kept.push(symbol);
  }
  return { symbols: kept, scores: scores.subarray(0, kept.length) };
}

/**
 * The `count` with the highest scores, ascending by symbol; of equal scores those that come first by symbol. Numbers are sorted without a
 * comparison function, which is what makes it quick; who they belong to is looked up by the last score that is let in.
 */
export function topBy({ symbols, scores }: Scored, count: number): number[] {
  if (count >= symbols.length) return [...symbols];
  if (count <= 0) return [];
  const ascending = scores.slice().sort();
  const lowest = ascending[ascending.length - count]!;
  const above = symbols.filter((_, i) => scores[i]! > lowest).length;
  let atLowest = count - above;
  return symbols.filter((_, i) => scores[i]! > lowest || (scores[i] === lowest && atLowest-- > 0));
}

/** The `count` with the lowest scores, ties as in `topBy`. */
export const bottomBy = ({ symbols, scores }: Scored, count: number): number[] =>
  topBy({ symbols, scores: scores.map((score) => -score) }, count);
