/**
 * What the round trips say: how many made money, how much, and for how long they were held. Trades still open are counted and left out of the rest.
 *
 * hit rate        trades that made money, of those that made or lost any
 * profit factor   Σ profits / Σ losses
 * payoff          mean profit / mean loss
 * expectancy      mean profit of all closed trades, in dollars
 * holding         from the first fill to the last, mean over trades, in bars and in calendar days
 *
 * `tradeReturnsOf` gives what a shuffle wants: each closed trade's profit over the equity at the close before its entry, in the order of exits,
 * so that their chain is the run's own growth where trades do not overlap.
 *
 * Source: V. Tharp (1998), "Trade Your Way to Financial Freedom", ch. 6 (expectancy); R. Pardo (2008), "The Evaluation and Optimization of
 * Trading Strategies", ch. 12. Not covered: the worst and best price within a trade (MAE, MFE), which needs bars.
 */
import { refuse } from '../../../kernel/refusal.ts';
import type { BacktestResult } from '../result.ts';
import type { Figure } from './figure.ts';

export interface TradeStatistics {
  readonly closed: number;
  readonly open: number;
  readonly short: number;
  readonly hitRateFrac: Figure;
  readonly profitFactor: Figure;
  readonly payoff: Figure;
  readonly expectancyUsd: Figure;
  readonly meanHoldingBars: Figure;
  readonly meanHoldingDays: Figure;
}

export function tradeStatisticsOf({ trades, day }: Pick<BacktestResult, 'trades' | 'day'>): TradeStatistics {
  let [closed, open, short, wins, losses, gained, lost, bars, days, profit] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < trades.count; k++) {
    if (trades.signedShares[k]! < 0) short++;
    if (trades.isOpen[k]! !== 0) {
      open++;
      continue;
    }
    closed++;
    const [entry, exit, one] = [trades.entryMoment[k]!, trades.exitMoment[k]!, trades.profitUsd[k]!];
    bars += exit - entry;
    days += day[exit]! - day[entry]!;
    profit += one;
    if (one > 0) [wins, gained] = [wins + 1, gained + one];
    if (one < 0) [losses, lost] = [losses + 1, lost - one];
  }
  const ofTrades = (figure: () => Figure): Figure => (closed === 0 ? refuse('no-trades', { open }) : figure());
  const overLosses = (figure: () => number): Figure => ofTrades(() => (losses === 0 ? refuse('nothing-lost', { closed }) : figure()));
  return {
    ...{ closed, open, short },
    hitRateFrac: ofTrades(() => (wins + losses === 0 ? refuse('nothing-varies', { closed }) : wins / (wins + losses))),
    profitFactor: overLosses(() => gained / lost),
    payoff: overLosses(() => (wins === 0 ? 0 : gained / wins / (lost / losses))),
    expectancyUsd: ofTrades(() => profit / closed),
    meanHoldingBars: ofTrades(() => bars / closed),
    meanHoldingDays: ofTrades(() => days / closed),
  };
}

/** Of a trade entered on the first bar, over the opening cash. */
export function tradeReturnsOf({ trades, equity, rules }: Pick<BacktestResult, 'trades' | 'equity' | 'rules'>): Float64Array {
  const closed = Array.from({ length: trades.count }, (_, k) => k).filter((k) => trades.isOpen[k] === 0);
  closed.sort((a, b) => trades.exitMoment[a]! - trades.exitMoment[b]! || a - b);
  return Float64Array.from(closed, (k) => {
    const before = trades.entryMoment[k]! - 1;
    return trades.profitUsd[k]! / (before < 0 ? rules.cashUsd : equity.equityUsd[before]!);
  });
}
