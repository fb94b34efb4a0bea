/**
 * Places in a cross-section, and the z-scores of those places.
 *
 * 1. Sort the values that there are; equal values share the mean of the places they fill.       meanPlaces
 * 2. z = (place − mean of the places) / their standard deviation (over n).                       placeZScores
 *
 * Source: Asness, Frazzini & Pedersen (2019), Review of Accounting Studies 24, section 2: z(x) is the z-score of the ranks of x, so that
 * neither an outlier nor the unit counts. Places are whole or half numbers, whose sums are exact: the order of companies changes no bit.
 */

/** 0 is the lowest. NaN, which is no value, has the place NaN. */
export function meanPlaces(values: Float64Array): Float64Array {
  const places = new Float64Array(values.length).fill(Number.NaN);
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const placeOf = new Map<number, number>();
  for (let first = 0; first < sorted.length; ) {
    // A map holds one zero, whatever its sign; the sort knows two.
    let after = first + 1;
    while (after < sorted.length && sorted[after] === sorted[first]) after++;
    placeOf.set(sorted[first]!, (first + after - 1) / 2);
    first = after;
  }
  for (let i = 0; i < values.length; i++) places[i] = placeOf.get(values[i]!) ?? Number.NaN;
  return places;
}

/**
 * The z-scores of the places; NaN where there is no value, and everywhere when fewer than `countMin` companies have one.
 * Values that are all the same tell nobody apart: each scores 0.
 */
export function placeZScores(values: Float64Array, countMin: number): Float64Array {
  const places = meanPlaces(values);
  let count = 0;
  for (const place of places) if (!Number.isNaN(place)) count++;
  if (count < countMin) return places.fill(Number.NaN);

  const mean = (count - 1) / 2;
  let squares = 0;
  for (const place of places) if (!Number.isNaN(place)) squares += (place - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  return places.map((place) => (Number.isNaN(place) ? place : deviation === 0 ? 0 : (place - mean) / deviation));
}
