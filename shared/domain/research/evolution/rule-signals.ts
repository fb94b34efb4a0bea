/**
 * At which rows a rule holds, over all symbols in one go: a comparison is a loop over two columns, and / or are bitwise.
 *
 * A comparison with NaN does not hold, so a rule is silent until its indicators are warm. A crossing compares a row with the one before of the same
 * symbol: it was not above (NaN: unknown, and no crossing), and now is. A symbol's first row crosses nothing.
 */
import type { Condition, Rule } from './genome.ts';
import type { Ground } from './ground.ts';

/** Rows `from[s]` to `until[s]` − 1 of each symbol. */
export interface RowBounds {
  readonly from: Int32Array;
  readonly until: Int32Array;
}

/** 1 where the rule holds at a row within the bounds, 0 elsewhere within them; one scratch array for each level of depth. */
export function markRule(rule: Rule, ground: Ground, bounds: RowBounds, out: Uint8Array, scratch: readonly Uint8Array[], depth = 0): void {
  if (rule.kind === 'condition') {
    markCondition(rule, ground, bounds, out);
    return;
  }
  const right = scratch[depth]!;
  markRule(rule.left, ground, bounds, out, scratch, depth + 1);
  markRule(rule.right, ground, bounds, right, scratch, depth + 1);
  if (rule.kind === 'and') for (let row = 0; row < out.length; row++) out[row]! &= right[row]!;
  else for (let row = 0; row < out.length; row++) out[row]! |= right[row]!;
}

function markCondition({ left, relation, right }: Condition, ground: Ground, bounds: RowBounds, out: Uint8Array): void {
  const isCrossing = relation === 'crosses-above' || relation === 'crosses-below';
  const isDown = relation === 'below' || relation === 'crosses-below';
  const column = ground.column(left);
  if (typeof right === 'number') {
    // Below is above with both signs turned.
    const sign = isDown ? -1 : 1;
    if (isCrossing) markCrossedLevel(column, right * sign, sign, ground.start, bounds, out);
    else markPastLevel(column, right * sign, sign, bounds, out);
    return;
  }
  const [upper, lower] = isDown ? [ground.column(right), column] : [column, ground.column(right)];
  if (isCrossing) markCrossed(upper, lower, ground.start, bounds, out);
  else markAbove(upper, lower, bounds, out);
}

function markAbove(upper: Float64Array, lower: Float64Array, { from, until }: RowBounds, out: Uint8Array): void {
  for (let s = 0; s < from.length; s++) {
    for (let row = from[s]!; row < until[s]!; row++) out[row] = upper[row]! > lower[row]! ? 1 : 0;
  }
}

function markPastLevel(column: Float64Array, level: number, sign: number, { from, until }: RowBounds, out: Uint8Array): void {
  for (let s = 0; s < from.length; s++) {
    for (let row = from[s]!; row < until[s]!; row++) out[row] = column[row]! * sign > level ? 1 : 0;
  }
}

function markCrossed(upper: Float64Array, lower: Float64Array, start: Int32Array, { from, until }: RowBounds, out: Uint8Array): void {
  for (let s = 0; s < from.length; s++) {
    let row = from[s]!;
    if (row === start[s]! && row < until[s]!) out[row++] = 0;
    for (; row < until[s]!; row++) out[row] = upper[row]! > lower[row]! && upper[row - 1]! <= lower[row - 1]! ? 1 : 0;
  }
}

function markCrossedLevel(
  column: Float64Array,
  level: number,
  sign: number,
  start: Int32Array,
  { from, until }: RowBounds,
  out: Uint8Array,
): void {
  for (let s = 0; s < from.length; s++) {
    let row = from[s]!;
    if (row === start[s]! && row < until[s]!) out[row++] = 0;
    for (; row < until[s]!; row++) out[row] = column[row]! * sign > level && column[row - 1]! * sign <= level ? 1 : 0;
  }
}
