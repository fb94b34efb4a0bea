/**
 * A backtest as three Parquet files that lie beside its tear sheet. Moments and symbols are written out as dates and tickers, so that each file is
 * read by itself. What was run (strategy, parameters, rules, data) stands in each file's key-value metadata as JSON.
 *
 *   equity   date, end_minute (minute bars only), equity_usd, cash_usd, long_usd, short_usd, traded_usd, return_frac
 *   fills    date, end_minute, symbol, order_id (int32), signed_shares, price_usd, fee_usd, price_cost_usd
 *   trades   symbol, entry_date, exit_date, signed_shares, entry_price_usd, exit_price_usd, fee_usd, profit_usd, is_open
 *
 * The names end in their units; `order_id` is −1 for what no order did (the end of a holding, cash for a fraction of a share).
 * `signed_shares` is negative for what is sold or short; `return_frac` of the first row is over the opening cash.
 * `date` is the New York session, `end_minute` the New York minute of that day at which the bar ends. Minute runs have entry_minute and exit_minute
 * beside the dates of a trade.
 *
 *   duckdb   select * from 'trades.parquet' order by profit_usd desc
 *   pandas   pd.read_parquet('equity.parquet').set_index('date').return_frac
 */
import { type BacktestResult, returnsOf } from '../../domain/research/result.ts';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { formatDay } from '../../kernel/days.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { type Column, encodeColumns } from '../../stores/columns-parquet.ts';

/** File names and their bytes; the same result gives the same bytes. */
export function resultFiles(result: BacktestResult): ReadonlyMap<string, Uint8Array> {
  const about = { ballast: canonicalJson(describedRun(result)) };
  return new Map([
    ['equity.parquet', encodeColumns('equity', equityColumns(result), about)],
    ['fills.parquet', encodeColumns('fills', fillColumns(result), about)],
    ['trades.parquet', encodeColumns('trades', tradeColumns(result), about)],
  ]);
}

/** What was run, without what came out: JSON-able. */
export function describedRun({ strategy, parameters, rules, source, survivorship, frequency, day, symbols }: BacktestResult) {
  const dayOf = (moment: number): string => (day.length === 0 ? '' : formatDay(day[moment]! as EpochDay));
  return {
    strategy,
    parameters,
    rules,
    source,
    survivorship,
    frequency,
    symbols: symbols.length,
    fromDay: dayOf(0),
    toDay: dayOf(day.length - 1),
  };
}

function equityColumns(result: BacktestResult): Column[] {
  const { equityUsd, cashUsd, longUsd, shortUsd, tradedUsd } = result.equity;
  return [
    { name: 'date', kind: 'date', values: result.day },
    ...minutes('end_minute', result, null),
    { name: 'equity_usd', kind: 'double', values: equityUsd },
    { name: 'cash_usd', kind: 'double', values: cashUsd },
    { name: 'long_usd', kind: 'double', values: longUsd },
    { name: 'short_usd', kind: 'double', values: shortUsd },
    { name: 'traded_usd', kind: 'double', values: tradedUsd },
    { name: 'return_frac', kind: 'double', values: returnsOf(result) },
  ];
}

function fillColumns(result: BacktestResult): Column[] {
  const { moment, symbol, order, signedShares, priceUsd, feeUsd, priceCostUsd, count } = result.fills;
  return [
    { name: 'date', kind: 'date', values: dates(result, moment, count) },
    ...minutes('end_minute', result, moment.subarray(0, count)),
    { name: 'symbol', kind: 'text', values: tickers(result, symbol, count) },
    { name: 'order_id', kind: 'int32', values: order.subarray(0, count) },
    { name: 'signed_shares', kind: 'double', values: signedShares.subarray(0, count) },
    { name: 'price_usd', kind: 'double', values: priceUsd.subarray(0, count) },
    { name: 'fee_usd', kind: 'double', values: feeUsd.subarray(0, count) },
    { name: 'price_cost_usd', kind: 'double', values: priceCostUsd.subarray(0, count) },
  ];
}

function tradeColumns(result: BacktestResult): Column[] {
  const { symbol, entryMoment, exitMoment, signedShares, entryPriceUsd, exitPriceUsd, feeUsd, profitUsd, isOpen, count } = result.trades;
  return [
    { name: 'symbol', kind: 'text', values: tickers(result, symbol, count) },
    { name: 'entry_date', kind: 'date', values: dates(result, entryMoment, count) },
    ...minutes('entry_minute', result, entryMoment.subarray(0, count)),
    { name: 'exit_date', kind: 'date', values: dates(result, exitMoment, count) },
    ...minutes('exit_minute', result, exitMoment.subarray(0, count)),
    { name: 'signed_shares', kind: 'double', values: signedShares.subarray(0, count) },
    { name: 'entry_price_usd', kind: 'double', values: entryPriceUsd.subarray(0, count) },
    { name: 'exit_price_usd', kind: 'double', values: exitPriceUsd.subarray(0, count) },
    { name: 'fee_usd', kind: 'double', values: feeUsd.subarray(0, count) },
    { name: 'profit_usd', kind: 'double', values: profitUsd.subarray(0, count) },
    { name: 'is_open', kind: 'boolean', values: isOpen.subarray(0, count) },
  ];
}

const dates = ({ day }: BacktestResult, moments: Int32Array, count: number): Int32Array =>
  moments.subarray(0, count).map((moment) => day[moment]!);

const tickers = ({ symbols }: BacktestResult, indices: Int32Array, count: number): string[] =>
  Array.from(indices.subarray(0, count), (index) => symbols[index]!);

/** Of each of `moments`, or of all moments; no column where a bar is a session. */
function minutes(name: string, { endMinute }: BacktestResult, moments: Int32Array | null): Column[] {
  if (endMinute === null) return [];
  const values = moments === null ? Int32Array.from(endMinute) : moments.map((moment) => endMinute[moment]!);
  return [{ name, kind: 'int32', values }];
}
