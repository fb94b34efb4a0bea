/** Who may be chosen. */
import type { Now } from '../../strategy.ts';

/** Symbols that have a bar at this moment and belong to the index by what is known then; ascending. */
export function eligible(now: Now): number[] {
  const chosen: number[] = [];
  for (let symbol = 0; symbol < now.symbols.length; symbol++) if (now.trades(symbol) && now.isMember(symbol)) chosen.push(symbol);
  return chosen;
}

/** How many a parameter asks for: itself, and a tenth of those there are, one at least, where it is 0. */
export const countOrTenth = (wanted: number, available: number): number =>
  wanted > 0 ? Math.min(wanted, available) : Math.min(available, Math.max(1, Math.floor(available / 10)));
