/**
 * What happens to an account without an order, in this sequence, before a moment's bars fill anything:
 *
 * 1. Financing of what was held and owed since the last session: calendar days / 360, on the cash and the short value of the last close.
 * 2. Splits, where prices are as traded: shares and marks are restated, and working orders with them. Where orders are whole shares, the fraction
 *    of a share that is left is paid out at the open of the split day's bar.
 * 3. Dividends, on the shares after the split: longs receive, shorts pay, on the ex-date.
 * 4. Ends: what is held of a symbol that has no bar any more is closed at its last close times the recovery, without a commission, and its orders
 *    are cancelled. Where `endings` say that it was delisted, at the moment after its last bar: exchanges announce that before. Where nobody says
 *    so, after SILENT_SESSIONS sessions without a bar, because until then a halt looks the same; meanwhile it stands at its last close.
 *    This runs after the fills of the moment; the symbol has none.
 *
 * A halt that lasts longer and does end is held through; that it will end is known only from the bars behind it, which is the hindsight that is left.
 * Not covered: the days between ex-date and payment, withholding tax, spin-offs and rights, exchanges' adjustment of resting orders for dividends.
 */
import type { Ticker } from '../../../kernel/units.ts';
import type { Ending } from '../panel.ts';
import type { Financing } from '../rules.ts';
import type { Book } from './book.ts';
import type { Exchange } from './exchange.ts';
import { NO_ORDER } from './fill-log.ts';
import { latestRow, type MarketView } from './market-view.ts';
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

export function closeEnded(view: MarketView, moment: number, endings: ReadonlyMap<Ticker, Ending>, desks: EndingDesks): void {
  const endingOf = (symbol: number): Ending => endings.get(view.panel.series[symbol]!.symbol) ?? UNKNOWN;
  const { ends, silences } = view;
  for (let i = ends.start[moment]!; i < ends.start[moment + 1]!; i++) {
    const symbol = ends.symbol[i]!;
    const ending = endingOf(symbol);
    if (ending.kind === 'delisted') closeAt(view.close[symbol]![ends.row[i]!]!, moment, symbol, ending, desks);
  }
  for (let i = silences.start[moment]!; i < silences.start[moment + 1]!; i++) {
    const symbol = silences.symbol[i]!;
    const ending = endingOf(symbol);
    if (ending.kind === 'unknown') closeAt(view.close[symbol]![silences.row[i]!]!, moment, symbol, ending, desks);
  }
}

interface EndingDesks {
  readonly book: Book;
  readonly exchange: Exchange;
  readonly tally: Tally;
}

function closeAt(
  closeUsd: number,
  moment: number,
  symbol: number,
  { kind, recoveryFrac }: Ending,
  { book, exchange, tally }: EndingDesks,
): void {
  exchange.cancelAllIn(symbol);
  const held = book.shares[symbol]!;
  if (held === 0) return;
  const priceUsd = closeUsd * recoveryFrac;
  book.fill({ moment, symbol, order: NO_ORDER, signedShares: -held, priceUsd, feeUsd: 0, priceCostUsd: 0 });
  tally.note(kind === 'delisted' ? 'delisted' : 'endedUnknown');
}

/** What is still held after the last moment though its symbol had no bar on that day: at a price that is not of the day. */
export function noteSilent(view: MarketView, last: number, book: Book, tally: Tally): void {
  const { day } = view.panel;
  for (const symbol of book.held.subarray(0, book.heldCount)) {
    if (view.panel.series[symbol]!.day[latestRow(view, symbol, last)] !== day[last]) tally.note('silentAtEnd');
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
