/**
 * Columns that many combinations of a sweep have in common: the 30-bar average is the same beside every other average.
 *
 *   sharedColumn(close, 'sma/30', () => simpleMovingAverage(close, 30))
 *
 * A strategy asks for its indicator in this way, by the column it is computed from and a name that says what it is and with which parameters. Outside of
 * a sweep nothing is kept and it is computed, as ever. Within `sharingColumns` it is computed once, and forgotten when that returns; what would go
 * beyond the budget is computed and not kept. The column is the same numbers either way, so sharing changes nothing but time: whoever asks must treat it
 * as read-only, as every column of a panel.
 */

/** Of all columns kept at a time. */
const keptBytesMax = 256 * 1024 * 1024;

interface Shared {
  readonly columns: Map<Float64Array, Map<string, Float64Array>>;
  bytes: number;
}

/** One at a time: a sweep is synchronous from its first to its last combination. */
let current: Shared | null = null;

export function sharedColumn(source: Float64Array, name: string, compute: () => Float64Array): Float64Array {
  if (current === null) return compute();
  let named = current.columns.get(source);
  if (named === undefined) {
    named = new Map();
    current.columns.set(source, named);
  }
  const known = named.get(name);
  if (known !== undefined) return known;
  const column = compute();
  if (current.bytes + column.byteLength <= keptBytesMax) {
    named.set(name, column);
    current.bytes += column.byteLength;
  }
  return column;
}

/** Runs `work` with columns shared. One within another has columns of its own. */
export function sharingColumns<Result>(work: () => Result): Result {
  const outer = current;
  current = { columns: new Map(), bytes: 0 };
  try {
    return work();
  } finally {
    current = outer;
  }
}
