/**
 * From a weight strategy's weights to orders, at the moments of its rebalance calendar: shares at the decision's close, rounded toward zero where
 * orders are whole shares, and a MARKET DAY order for the difference. Zero closes; NaN leaves the position as it is; what works in a symbol that is
 * to change is cancelled first. A weight for a symbol without a price yet is dropped and counted.
 */
import { InvariantViolation } from '../../../kernel/errors.ts';
import type { Parameters, Rebalance, WeightStrategy } from '../strategy.ts';
import type { Book } from './book.ts';
import { tradesTo } from './desk.ts';
import type { Exchange } from './exchange.ts';
import { latestClose, type MarketView } from './market-view.ts';
import type { EngineNow } from './now.ts';
import { rebalanceCalendar } from './rebalance-calendar.ts';
import type { Tally } from './tally.ts';
import { marketTicket } from './working-order.ts';

/** The parts of one run. */
export interface Desks {
  readonly view: MarketView;
  readonly book: Book;
  readonly exchange: Exchange;
  readonly tally: Tally;
  readonly now: EngineNow;
  readonly range: readonly [number, number];
}

export function weightDecider(
  strategy: WeightStrategy,
  parameters: Parameters,
  rebalance: Rebalance,
  { view, book, exchange, tally, now, range }: Desks,
): (moment: number) => void {
  const { mask, missed } = rebalanceCalendar(view.panel, rebalance, range);
  tally.note('rebalancesMissed', missed);
  const weights = new Float64Array(view.symbols);
  return (moment) => {
    if (mask[moment] === 0) return;
    weights.fill(0);
    if (!strategy.weigh(now, parameters, weights)) return;
    const { equityUsd } = book;
    for (let symbol = 0; symbol < weights.length; symbol++) {
      const weight = weights[symbol]!;
      const held = book.shares[symbol]!;
      if (Number.isNaN(weight) || (weight === 0 && held === 0 && exchange.isIdleIn(symbol))) continue;
      if (!Number.isFinite(weight)) throw new InvariantViolation('a weight is finite or NaN', { strategy: strategy.name, symbol, weight });
      exchange.cancelIn(symbol);
      const wanted = weight === 0 ? 0 : (weight * equityUsd) / latestClose(view, symbol, moment);
      if (Number.isNaN(wanted)) tally.note('withoutPrice');
      else
        for (const shares of tradesTo(exchange.isWhole ? Math.trunc(wanted) : wanted, held))
          exchange.submit(marketTicket(symbol, shares), moment);
    }
  };
}
