/**
 * Who belonged to an index at each moment of a panel, from a list of spells: a ticker, the first day it is a member, and the first day it is none any
 * more (absent: it still is). A member on day d has start ≤ d < end; the ends of the S&P 500 list of fja05680/sp500 are of that kind, since there the
 * company that leaves and the one that takes its place have the same date.
 *
 *   1. Spells of a ticker that overlap or touch are one spell.
 *   2. Of each moment, how many tickers the list has, and how many of those have a bar in the panel at that moment: what engine/survivorship.ts judges.
 *
 * Tickers are matched as they are written. A company that was renamed stands in such a list under the name of the time and in most price files under
 * its last one (FB until 2022-06-09, META after): it is not matched by guess. It counts as a member without prices, and `unmatched` names it.
 */
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import { lowerBound } from '../market/bars.ts';
import type { Membership, Panel } from './panel.ts';

/** Tickers that the panel has no bars of at all, of those the list has at some moment of it; in code-unit order. */
export interface PanelMembership extends Membership {
  readonly unmatched: readonly Ticker[];
}

export interface MembershipSpell {
  readonly symbol: Ticker;
  readonly startDay: EpochDay;
  /** The first day it is no member; null while it still is one. */
  readonly endDay: EpochDay | null;
}

/** `knownUntil`: the last day that the list speaks of, where it says so; nobody is a member after it. */
export function membershipOver(
  panel: Panel,
  spells: readonly MembershipSpell[],
  { name, knownUntil = null }: { readonly name: string; readonly knownUntil?: EpochDay | null },
): PanelMembership {
  const { day, series, rowOf } = panel;
  const moments = day.length;
  const mask = new Uint8Array(series.length * moments);
  const [listed, priced] = [new Int32Array(moments), new Int32Array(moments)];
  const indexOf = new Map(series.map(({ symbol }, index) => [symbol, index]));
  const unmatched = new Set<Ticker>();
  const horizon = knownUntil === null ? moments : lowerBound(day, knownUntil + 1);
  for (const [symbol, own] of spellsBySymbol(spells)) {
    const index = indexOf.get(symbol);
    for (const { startDay, endDay } of own) {
      const start = lowerBound(day, startDay);
      const end = Math.min(endDay === null ? moments : lowerBound(day, endDay), horizon);
      if (start < end && index === undefined) unmatched.add(symbol);
      for (let moment = start; moment < end; moment++) {
        listed[moment]! += 1;
        if (index === undefined) continue;
        mask[index * moments + moment] = 1;
        if (rowOf[index * moments + moment]! >= 0) priced[moment]! += 1;
      }
    }
  }
  return { name, mask, listed, priced, unmatched: [...unmatched].sort() };
}

/** Of each ticker its spells, ascending, none overlapping or touching another. */
function spellsBySymbol(spells: readonly MembershipSpell[]): Map<Ticker, MembershipSpell[]> {
  const bySymbol = Map.groupBy(spells, ({ symbol }) => symbol);
  for (const [symbol, own] of bySymbol) {
    const merged: MembershipSpell[] = [];
    for (const spell of own.toSorted((a, b) => a.startDay - b.startDay)) {
      const last = merged.at(-1);
      if (last === undefined || (last.endDay !== null && last.endDay < spell.startDay)) merged.push(spell);
      else merged[merged.length - 1] = { ...last, endDay: laterEnd(last.endDay, spell.endDay) };
    }
    bySymbol.set(symbol, merged);
  }
  return bySymbol;
}

const laterEnd = (a: EpochDay | null, b: EpochDay | null): EpochDay | null => (a === null || b === null ? null : a > b ? a : b);
