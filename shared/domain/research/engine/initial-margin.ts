/**
 * What a margin account allows at an order: gross exposure within equity / initialFrac.
 *
 * An order is measured at the latest close. MARKET orders of one moment count as done, sells first, so what a rebalance sells makes room for what
 * it buys; a resting order that would add exposure counts in full, one that would reduce it not at all. An order in a symbol without a price
 * yet cannot be measured and is not admitted; one for all cash is held to the same limit where it is sized.
 *
 * Source: Regulation T is of this form, with 0.5; the figure is the caller's. Not covered: portfolio margin, and other requirements for shorts
 * than for longs. What happens under the maintenance margin is in margin-call.ts.
 */
import type { BacktestRules } from '../rules.ts';
import type { Book } from './book.ts';
import { latestClose, type MarketView } from './market-view.ts';
import type { WorkingOrder } from './working-order.ts';

const ROUNDING_FRAC = 1e-9;

/** A check for the orders of one moment, in sequence; each that passes is counted. */
export function admits(
  { account }: BacktestRules,
  book: Book,
  view: MarketView,
  working: readonly WorkingOrder[],
  moment: number,
): (order: WorkingOrder) => boolean {
  if (account.kind === 'cash') return () => true;
  const pending = new Map<number, number>();
  const added = ({ symbol, buys, leaves, reduceOnly }: WorkingOrder): { readonly usd: number; readonly after: number } => {
    const before = book.shares[symbol]! + (pending.get(symbol) ?? 0);
    const beyond = before + (buys ? leaves : -leaves);
    const after = reduceOnly && beyond * before <= 0 ? 0 : beyond;
    return { usd: (Math.abs(after) - Math.abs(before)) * latestClose(view, symbol, moment), after };
  };
  let committedUsd = book.grossUsd;
  for (const order of working) if (order.isSized && !order.isOver && !order.reduceOnly) committedUsd += Math.max(0, added(order).usd);
  const allowedUsd = (book.equityUsd / account.initialFrac) * (1 + ROUNDING_FRAC);
  return (order) => {
    if (!order.isSized) return true;
    const { usd, after } = added(order);
    if (Number.isNaN(usd) || (usd > 0 && committedUsd + usd > allowedUsd)) return false;
    if (order.type === 'MARKET') pending.set(order.symbol, after - book.shares[order.symbol]!);
    committedUsd += order.type === 'MARKET' ? usd : Math.max(0, usd);
    return true;
  };
}
