/**
 * What a margin account does at a close where equity is below maintenanceFrac of gross exposure: the broker cancels what works except
 * orders that only leave, takes no other new order until the next moment, and cuts every holding by the same part at the next open, until initialFrac would hold
 * again at the prices of the close. Equity that is gone closes everything.
 *
 * Source: FINRA rule 4210 is of this form, with 0.25; the figure is the caller's. Not covered: a broker that sells during the day.
 */
import type { BacktestRules } from '../rules.ts';
import type { Book } from './book.ts';
import type { Exchange } from './exchange.ts';
import type { Tally } from './tally.ts';
import { marketTicket } from './working-order.ts';

/** After the mark to the close; true where the broker has taken over. */
export function callMargin(moment: number, { account }: BacktestRules, book: Book, exchange: Exchange, tally: Tally): boolean {
  if (account.kind === 'cash' || book.heldCount === 0) return false;
  const { equityUsd, grossUsd } = book;
  if (equityUsd >= account.maintenanceFrac * grossUsd) return false;
  exchange.cancelForMarginCall();
  const keptFrac = Math.max(0, equityUsd) / account.initialFrac / grossUsd;
  for (const symbol of book.held.slice(0, book.heldCount).sort()) {
    const held = book.shares[symbol]!;
    const kept = exchange.isWhole ? Math.floor(Math.abs(held) * keptFrac) : Math.abs(held) * keptFrac;
    const cut = Math.abs(held) - kept;
    if (cut > 0)
      exchange.submit({ ...marketTicket(symbol, -Math.sign(held) * cut), timeInForce: 'GTC', reduceOnly: true, forced: true }, moment);
  }
  tally.note('marginCalls');
  return true;
}
