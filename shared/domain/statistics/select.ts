/**
 * The k-th smallest of many numbers without sorting them.
 *
 * 1. Guess where the k-th lies from a sample around it, so that two pivots nearly touch it.
 * 2. Partition around the pivot, and go on in the part that holds k.
 * 3. Should the guesses fail again and again (an input made to defeat them), sort what is left.
 *
 * Source: R. W. Floyd & R. L. Rivest (1975), Comm. ACM 18(3), algorithm 489; about n + min(k, n − k) comparisons.
 * Fully determined by its input: the sample is taken by position, not by chance.
 */

/** Below this many elements a sample costs more than it saves; the figure is the paper's. */
const SAMPLED_ABOVE = 600;
/** Rounds that shrink the range by less than it expects; then sorting is the surer way. */
const ROUNDS_MAX = 64;

/**
 * Value of rank `rank` (0 is the smallest). Reorders `values` so that everything before `rank` is no greater and everything after
 * no smaller. Values must be numbers, not NaN, and 0 ≤ rank < length; the caller answers for both.
 */
export function selectInPlace(values: Float64Array, rank: number): number {
  selectWithin(values, rank, 0, values.length - 1, ROUNDS_MAX);
  return values[rank]!;
}

function selectWithin(values: Float64Array, rank: number, from: number, to: number, roundsLeft: number): void {
  let left = from;
  let right = to;
  for (let round = roundsLeft; right > left; round--) {
    if (round === 0) {
      values.subarray(left, right + 1).sort();
      return;
    }
    if (right - left > SAMPLED_ABOVE) {
      const [sampleLeft, sampleRight] = sampleAround(rank, left, right);
      selectWithin(values, rank, sampleLeft, sampleRight, round - 1);
    }
    const place = partition(values, values[rank]!, rank, left, right);
    if (place <= rank) left = place + 1;
    if (rank <= place) right = place - 1;
  }
}

/** Positions whose k-th smallest lies, very likely, just beside the k-th smallest of the whole range. */
function sampleAround(rank: number, left: number, right: number): [number, number] {
  const size = right - left + 1;
  const place = rank - left + 1;
  const logSize = Math.log(size);
  const sample = 0.5 * Math.exp((2 * logSize) / 3);
  const spread = 0.5 * Math.sqrt((logSize * sample * (size - sample)) / size) * (place < size / 2 ? -1 : 1);
  return [
    Math.max(left, Math.floor(rank - (place * sample) / size + spread)),
    Math.min(right, Math.floor(rank + ((size - place) * sample) / size + spread)),
  ];
}

/** Hoare's partition around `pivot`, which stands at `rank`: returns where the pivot ends. */
function partition(values: Float64Array, pivot: number, rank: number, left: number, right: number): number {
  let i = left;
  let j = right;
  swap(values, left, rank);
  // The first exchange of the loop moves the pivot to the other end; both ends are then barriers for the inner loops.
  const pivotEndsLeft = values[right]! > pivot;
  if (pivotEndsLeft) swap(values, right, left);
  while (i < j) {
    swap(values, i, j);
    i++;
    j--;
    while (values[i]! < pivot) i++;
    while (values[j]! > pivot) j--;
  }
  if (pivotEndsLeft) {
    swap(values, left, j);
  } else {
    j++;
    swap(values, j, right);
  }
  return j;
}

function swap(values: Float64Array, i: number, j: number): void {
  const kept = values[i]!;
  values[i] = values[j]!;
  values[j] = kept;
}
