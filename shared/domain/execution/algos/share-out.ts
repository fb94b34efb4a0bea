/**
 * Shares a whole number of lots out among places by weight, none above its cap, to the last lot.
 *
 * 1. Every place gets its weight's part of the lots; what a cap cuts off is shared among the places below theirs, until nothing is cut
 *    ("water filling").                                                                                             proportionalParts
 * 2. The parts are cut down to whole lots, and the lots left over go to the largest remainders (Hamilton's method), the earlier place first.
 *
 * The lots given out are `lots`, or the sum of the caps where that is less. Every place with a weight is within one lot of its exact part.
 * Not covered: weights that are negative or not finite; the caller has checked them.
 */

/** `caps` in whole lots; infinite where nothing limits. Nobody gets anything when no place has both a weight and room. */
export function shareOut(lots: number, weights: readonly number[], caps: readonly number[]): number[] {
  const parts = proportionalParts(lots, weights, caps);
  const whole = parts.map((part) => Math.floor(part + GRAIN));
  const room = parts.reduce((sum, part) => sum + part, 0);
  const left = Math.round(room) - whole.reduce((sum, part) => sum + part, 0);
  const byRemainder = parts.map((part, place) => ({ place, remainder: part - whole[place]! })).sort((a, b) => b.remainder - a.remainder);
  for (const { place } of byRemainder.slice(0, left)) whole[place]! += 1;
  return whole;
}

/** A sum of parts that misses a whole lot by less than this is that lot. */
const GRAIN = 1e-9;

function proportionalParts(lots: number, weights: readonly number[], caps: readonly number[]): number[] {
  const parts = weights.map(() => 0);
  let open = weights.map((_, place) => place).filter((place) => weights[place]! > 0 && caps[place]! > 0);
  let left = lots;
  while (open.length > 0 && left > GRAIN) {
    const weight = open.reduce((sum, place) => sum + weights[place]!, 0);
    const cut = open.filter((place) => (left * weights[place]!) / weight >= caps[place]!);
    if (cut.length === 0) {
      for (const place of open) parts[place] = (left * weights[place]!) / weight;
      return parts;
    }
    for (const place of cut) {
      parts[place] = caps[place]!;
      left -= caps[place]!;
    }
    open = open.filter((place) => !cut.includes(place));
  }
  return parts;
}
