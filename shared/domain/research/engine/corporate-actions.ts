/**
 * What happens to an account without an order, in this sequence, before a moment's bars fill anything:
 *
 * 1. Financing of what was held and owed since the last session: calendar days / 360, on the cash and the short value of the last close.
 * 2. Splits, where prices are as traded: shares and marks are restated, and working orders with them. Where orders are whole shares, the fraction
 *    of a share that is left is paid out at the open of the split day's bar.
 * 3. Dividends, on the shares after the split: longs receive, shorts pay, on the ex-date.
 * 4. Ends: what is held of a symbol whose bars ended with the moment before is closed at its last close times the recovery, without a commission,
 *    and its orders are cancelled. This runs after the fills of the moment; the symbol has none.
 *
 * Not covered: the days between ex-date and payment, withholding tax, spin-offs and rights, exchanges' adjustment of resting orders for dividends.
 */
import type { Ticker } from '../../../kernel/units.ts';
import type { Ending } from '../panel.ts';
import type { Financing } from '../rules.ts';
import type { Book } from './book.ts';
import type { Exchange } from './exchange.ts';
import { NO_ORDER } from './fill-log.ts';
import type { MarketView } from './market-view.ts';
import type { Tally } from './tally.ts';

const DAYS_PER_YEAR = 360;
/** Where nobody says why a symbol's bars end. */
const UNKNOWN: Ending = { kind: 'unknown', recoveryFrac: 1 };

export function accrue({ cashAnnualFrac, marginAnnualFrac, borrowAnnualFrac }: Financing, days: number, book: Book): void {
  if (days <= 0) return;
  const years = days / DAYS_PER_YEAR;
  const rate = book.cashUsd >= 0 ? cashAnnualFrac : marginAnnualFrac;
  const interestUsd = book.cashUsd * rate * years;
  const borrowUsd = book.shortUsd * borrowAnnualFrac * years;
  if (interestUsd !== 0 || borrowUsd !== 0) book.finance(interestUsd, borrowUsd === 0 ? 0 : -borrowUsd);
}

export function applyActions(view: MarketView, moment: number, book: Book, exchange: Exchange, tally: Tally): void {
  const { start, symbol: symbols, row: rows } = view.actions;
  const paysSplits = view.panel.basis === 'as-traded';
  for (let i = start[moment]!; i < start[moment + 1]!; i++) {
    const symbol = symbols[i]!;
    const series = view.panel.series[symbol]!;
    const ratio = paysSplits ? series.splitRatio[rows[i]!]! : 1;
    if (ratio !== 1) {
      exchange.split(symbol, ratio);
      if (book.shares[symbol] !== 0) splitHolding(symbol, ratio, { moment, openUsd: series.open[rows[i]!]! }, book, exchange, tally);
    }
    const held = book.shares[symbol]!;
    const dividend = series.dividend[rows[i]!]!;
    if (held !== 0 && dividend !== 0) book.dividend(symbol, held * dividend);
  }
}

export function closeEnded(
  view: MarketView,
  moment: number,
  endings: ReadonlyMap<Ticker, Ending>,
  { book, exchange, tally }: { readonly book: Book; readonly exchange: Exchange; readonly tally: Tally },
): void {
  const { start, symbol: symbols, row: rows } = view.ends;
  for (let i = start[moment]!; i < start[moment + 1]!; i++) {
    const symbol = symbols[i]!;
    exchange.cancelAllIn(symbol);
    const held = book.shares[symbol]!;
    if (held === 0) continue;
    const { kind, recoveryFrac } = endings.get(view.panel.series[symbol]!.symbol) ?? UNKNOWN;
    const priceUsd = view.close[symbol]![rows[i]!]! * recoveryFrac;
    book.fill({ moment, symbol, order: NO_ORDER, signedShares: -held, priceUsd, feeUsd: 0, priceCostUsd: 0 });
    tally.note(kind === 'delisted' ? 'delisted' : 'endedUnknown');
  }
}

function splitHolding(
  symbol: number,
  ratio: number,
  { moment, openUsd }: { readonly moment: number; readonly openUsd: number },
  book: Book,
  exchange: Exchange,
  tally: Tally,
): void {
  book.split(symbol, ratio);
  if (!exchange.isWhole) return;
  const held = book.shares[symbol]!;
  const fraction = held - Math.trunc(held);
  if (fraction === 0) return;
  book.fill({ moment, symbol, order: NO_ORDER, signedShares: -fraction, priceUsd: openUsd, feeUsd: 0, priceCostUsd: 0 });
  tally.note('cashInLieu');
}
