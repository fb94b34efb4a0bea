/** From "may it be held at this bar" to the bars at which something changes: what most single-symbol rules have in common. */
import { SIGNAL } from '../../strategy.ts';

/** What a rule says of a bar. An unknown (NaN) comparison is false, so a rule says nothing where its indicator is not there yet. */
export interface HoldingRule {
  readonly enters: (bar: number) => boolean;
  readonly leaves: (bar: number) => boolean;
  /** The other side; left out, nothing is sold short. */
  readonly entersShort?: (bar: number) => boolean;
  readonly leavesShort?: (bar: number) => boolean;
}

/**
 * A signal column with one entry where a position begins and one where it ends. A bar that ends one side may begin the other. It goes by what
 * was signalled, not by what was filled: an entry that no bar fills is followed by an exit of nothing.
 */
export function holdBetween(bars: number, rule: HoldingRule): Uint8Array {
  const signals = new Uint8Array(bars);
  let side: number = SIGNAL.flat;
  for (let bar = 0; bar < bars; bar++) {
    const next = sideAfter(side, bar, rule);
    if (next !== side) signals[bar] = next;
    side = next;
  }
  return signals;
}

function sideAfter(side: number, bar: number, { enters, leaves, entersShort, leavesShort }: HoldingRule): number {
  const stays = (side === SIGNAL.long && !leaves(bar)) || (side === SIGNAL.short && !leavesShort?.(bar));
  if (stays) return side;
  if (enters(bar) && !leaves(bar)) return SIGNAL.long;
  return entersShort?.(bar) && !leavesShort?.(bar) ? SIGNAL.short : SIGNAL.flat;
}
