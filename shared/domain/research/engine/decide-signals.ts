/**
 * From a signal strategy's columns to orders. Only the bars at which a signal speaks are visited: they are sorted by moment once, before the run.
 *
 *   long    out of a short first, then in, unless long already or an order to get in works.
 *   short   mirrored; where shorts are not allowed it means flat.
 *   flat    out of whatever is held; orders to get in are cancelled.
 *
 * Orders are MARKET. One that goes in is DAY: an entry whose moment has passed is not chased. One that goes out is GTC and never trades past flat: a
 * reason to leave does not lapse in a gap. A flip is two orders, as brokers want it. Sizes by the rules: shares, a part of equity at the price it was
 * decided on, or all cash there is at the fill. Where prices are as traded, a signal is computed from what a share of the first bar has become
 * (shares-of-now.ts), and sized at the price that was quoted.
 */
import { InvariantViolation } from '../../../kernel/errors.ts';
import type { BacktestRules } from '../rules.ts';
import { type Parameters, SIGNAL, type SignalStrategy } from '../strategy.ts';
import type { Book } from './book.ts';
import type { Exchange } from './exchange.ts';
import { byMoment, type MarketView } from './market-view.ts';
import { signalSeries } from './shares-of-now.ts';
import { marketTicket } from './working-order.ts';

export function signalDecider(
  strategy: SignalStrategy,
  parameters: Parameters,
  rules: BacktestRules,
  { view, book, exchange, range }: { view: MarketView; book: Book; exchange: Exchange; range: readonly [number, number] },
): (moment: number) => void {
  const signals = signalSeries(view.panel).map((series) => {
    const signal = strategy.signal(series, parameters);
    if (signal.length === series.day.length) return signal;
    throw new InvariantViolation('a signal strategy says one signal for each bar', { strategy: strategy.name, symbol: series.symbol });
  });
  const spoken = byMoment(view, (symbol, row) => signals[symbol]![row] !== SIGNAL.none, range);
  return (moment) => {
    for (let i = spoken.start[moment]!; i < spoken.start[moment + 1]!; i++) {
      const symbol = spoken.symbol[i]!;
      const row = spoken.row[i]!;
      const signal = signals[symbol]![row]!;
      const wanted = signal === SIGNAL.long ? 1 : signal === SIGNAL.short && rules.allowShort ? -1 : 0;
      follow(wanted, symbol, moment, { closeUsd: view.close[symbol]![row]!, rules, book, exchange });
    }
  };
}

interface Situation {
  readonly closeUsd: number;
  readonly rules: BacktestRules;
  readonly book: Book;
  readonly exchange: Exchange;
}

/** `wanted`: 1 long, 0 flat, −1 short. */
function follow(wanted: -1 | 0 | 1, symbol: number, moment: number, { closeUsd, rules, book, exchange }: Situation): void {
  const held = book.shares[symbol]!;
  let leaves = false;
  let enters = false;
  for (const order of exchange.workingIn(symbol)) {
    const direction = order.buys ? 1 : -1;
    const keeps = order.reduceOnly ? Math.sign(held) !== wanted : direction === wanted;
    if (!keeps) exchange.cancel(order);
    else if (order.reduceOnly) leaves = true;
    else enters = true;
  }
  if (Math.sign(held) === wanted) return;
  if (held !== 0 && !leaves) exchange.submit({ ...marketTicket(symbol, -held), timeInForce: 'GTC', reduceOnly: true }, moment);
  if (wanted === 0 || enters) return;
  const shares = entryShares(rules, closeUsd, book.equityUsd);
  if (shares === 'all-cash' || shares > 0) exchange.submit({ ...marketTicket(symbol, wanted), shares }, moment);
}

function entryShares({ sizing }: BacktestRules, closeUsd: number, equityUsd: number): number | 'all-cash' {
  switch (sizing.kind) {
    case 'shares':
      return sizing.shares;
    case 'all-cash':
      return 'all-cash';
    case 'weight':
      return (sizing.frac * equityUsd) / closeUsd;
  }
}
