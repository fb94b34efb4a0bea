/** A backtest as one JSON document, for scripts. Money is in US dollars, fractions have 1 as the whole, days are New York dates. */
import type { Survivorship } from '../../../../shared/domain/research/panel.ts';
import type { BacktestResult } from '../../../../shared/domain/research/result.ts';
import { formatDay } from '../../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';

export interface TradeDocument {
  readonly symbol: string;
  readonly entryDay: string;
  readonly exitDay: string;
  /** New York minute of the day at which the bar of the fill ends; absent for daily bars. */
  readonly entryMinute?: number;
  readonly exitMinute?: number;
  /** The most that was held; negative is short. */
  readonly shares: number;
  readonly entryPrice: number;
  /** Where the trade is open: the last close. */
  readonly exitPrice: number;
  readonly fee: number;
  /** After fees, dividends included. */
  readonly profit: number;
  readonly open: boolean;
}

interface BacktestDocument {
  readonly finalEquity: number;
  readonly cash: number;
  /** Filled at least in part. */
  readonly orders: number;
  /** Commissions paid, positive. */
  readonly fees: number;
  readonly strategy: string;
  readonly params: Readonly<Record<string, number>>;
  readonly dataset: { readonly name: string; readonly sha256: string; readonly symbols: number; readonly bars: number };
  readonly range: { readonly from: string; readonly to: string; readonly moments: number };
  readonly rules: BacktestResult['rules'];
  readonly survivorship: Survivorship;
  readonly orderCounts: BacktestResult['orders'];
  readonly flows: BacktestResult['flows'];
  readonly remarks: readonly string[];
  readonly trades: readonly TradeDocument[];
}

export function backtestDocument(result: BacktestResult): BacktestDocument {
  const last = result.day.length - 1;
  return {
    finalEquity: result.equity.equityUsd[last] ?? result.rules.cashUsd,
    cash: result.equity.cashUsd[last] ?? result.rules.cashUsd,
    orders: result.orders.filled,
    // Without a sign of its own where nothing was paid.
    fees: 0 - result.flows.feesUsd,
    strategy: result.strategy,
    params: result.parameters,
    dataset: { ...result.source, symbols: result.symbols.length, bars: result.bars },
    range: { ...rangeOf(result), moments: result.day.length },
    rules: result.rules,
    survivorship: result.survivorship,
    orderCounts: result.orders,
    flows: result.flows,
    remarks: result.remarks,
    trades: tradesOf(result),
  };
}

/** First and last day, as text. */
export const rangeOf = ({ day }: Pick<BacktestResult, 'day'>): { readonly from: string; readonly to: string } => ({
  from: formatDay((day[0] ?? 0) as EpochDay),
  to: formatDay((day.at(-1) ?? 0) as EpochDay),
});

export function tradesOf({ trades, symbols, day, endMinute }: BacktestResult): TradeDocument[] {
  const dayOf = (moment: number): string => formatDay(day[moment]! as EpochDay);
  return Array.from({ length: trades.count }, (_, at) => {
    const [entry, exit] = [trades.entryMoment[at]!, trades.exitMoment[at]!];
    return {
      symbol: symbols[trades.symbol[at]!]!,
      entryDay: dayOf(entry),
      exitDay: dayOf(exit),
      ...(endMinute === null ? {} : { entryMinute: endMinute[entry]!, exitMinute: endMinute[exit]! }),
      shares: trades.signedShares[at]!,
      entryPrice: trades.entryPriceUsd[at]!,
      exitPrice: trades.exitPriceUsd[at]!,
      fee: trades.feeUsd[at]!,
      profit: trades.profitUsd[at]!,
      open: trades.isOpen[at] === 1,
    };
  });
}
