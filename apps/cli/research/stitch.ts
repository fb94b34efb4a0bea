/**
 * The tests of a walk forward as one run, so that everything that reads a backtest reads it: each window's account begins with what the one before
 * left, flat. A position that is open when its window ends counts as a trade that ended there, at the close; nothing was sold for it.
 */
import type { Panel } from '../../../shared/domain/research/panel.ts';
import type { BacktestResult, FillColumns, TradeColumns } from '../../../shared/domain/research/result.ts';
import type { Range } from './question.ts';

/** A window that was traded, or in which the money lay idle. */
export interface Window {
  readonly test: Range;
  readonly openingUsd: number;
  readonly result: BacktestResult | null;
}

/** Windows one after another, without a gap; at least one of them traded. */
export function stitched({ day, endMinute }: Panel, windows: readonly Window[], remarks: readonly string[]): BacktestResult {
  const results = windows.flatMap(({ result }) => result ?? []);
  const [first] = results;
  const from = windows[0]!.test.fromMoment;
  const to = windows.at(-1)!.test.toMoment + 1;
  const column = (name: keyof BacktestResult['equity']): Float64Array => {
    const all = new Float64Array(to - from);
    for (const { test, result, openingUsd } of windows) {
      const isIdleMoney = name === 'equityUsd' || name === 'cashUsd';
      if (result !== null) all.set(result.equity[name], test.fromMoment - from);
      else if (isIdleMoney) all.fill(openingUsd, test.fromMoment - from, test.toMoment + 1 - from);
    }
    return all;
  };
  const sum = (of: (result: BacktestResult) => number): number => results.reduce((all, result) => all + of(result), 0);
  const rejected: Record<string, number> = {};
  for (const { orders } of results)
    for (const [reason, times] of Object.entries(orders.rejected)) rejected[reason] = (rejected[reason] ?? 0) + times;
  return {
    ...first!,
    ...{ strategy: `${first!.strategy}, walked forward`, parameters: {}, rules: { ...first!.rules, cashUsd: windows[0]!.openingUsd } },
    ...{ day: day.slice(from, to), endMinute: endMinute?.slice(from, to) ?? null },
    equity: {
      ...{ equityUsd: column('equityUsd'), cashUsd: column('cashUsd'), tradedUsd: column('tradedUsd') },
      ...{ longUsd: column('longUsd'), shortUsd: column('shortUsd') },
    },
    fills: fillsOf(windows, from),
    trades: tradesOf(windows, from),
    orders: {
      ...{ submitted: sum(({ orders }) => orders.submitted), filled: sum(({ orders }) => orders.filled), rejected },
      ...{ cancelled: sum(({ orders }) => orders.cancelled), expired: sum(({ orders }) => orders.expired) },
    },
    flows: {
      ...{ feesUsd: sum(({ flows }) => flows.feesUsd), dividendsUsd: sum(({ flows }) => flows.dividendsUsd) },
      ...{ interestUsd: sum(({ flows }) => flows.interestUsd), borrowUsd: sum(({ flows }) => flows.borrowUsd) },
    },
    bars: sum(({ bars }) => bars),
    remarks: [...remarks, ...new Set(results.flatMap((result) => result.remarks))],
  };
}

function fillsOf(windows: readonly Window[], from: number): FillColumns {
  const pick = <Column extends Int32Array | Float64Array>(make: (rows: number) => Column, of: (fills: FillColumns) => Column): Column =>
    joined(windows, make, ({ fills }) => ({ column: of(fills), rows: fills.count }));
  const [whole, real] = [(rows: number) => new Int32Array(rows), (rows: number) => new Float64Array(rows)];
  const moment = joined(windows, whole, ({ fills }, { test }) => ({
    column: fills.moment.map((at) => at + test.fromMoment - from),
    rows: fills.count,
  }));
  return {
    ...{ count: moment.length, moment, symbol: pick(whole, ({ symbol }) => symbol), order: pick(whole, ({ order }) => order) },
    ...{ signedShares: pick(real, ({ signedShares }) => signedShares), priceUsd: pick(real, ({ priceUsd }) => priceUsd) },
    ...{ feeUsd: pick(real, ({ feeUsd }) => feeUsd), priceCostUsd: pick(real, ({ priceCostUsd }) => priceCostUsd) },
  };
}

function tradesOf(windows: readonly Window[], from: number): TradeColumns {
  const whole = (rows: number): Int32Array => new Int32Array(rows);
  const pick = (of: (trades: TradeColumns) => Float64Array): Float64Array =>
    joined(
      windows,
      (rows) => new Float64Array(rows),
      ({ trades }) => ({ column: of(trades), rows: trades.count }),
    );
  const moments = (of: (trades: TradeColumns) => Int32Array): Int32Array =>
    joined(windows, whole, ({ trades }, { test }) => ({
      column: of(trades).map((at) => at + test.fromMoment - from),
      rows: trades.count,
    }));
  const symbol = joined(windows, whole, ({ trades }) => ({ column: trades.symbol, rows: trades.count }));
  const last = windows.at(-1);
  const isOpen = joined(
    windows,
    (rows) => new Uint8Array(rows),
    ({ trades }, window) => ({ column: window === last ? trades.isOpen : trades.isOpen.map(() => 0), rows: trades.count }),
  );
  return {
    ...{ count: symbol.length, symbol, isOpen },
    ...{ entryMoment: moments(({ entryMoment }) => entryMoment), exitMoment: moments(({ exitMoment }) => exitMoment) },
    ...{ signedShares: pick(({ signedShares }) => signedShares), feeUsd: pick(({ feeUsd }) => feeUsd) },
    ...{ entryPriceUsd: pick(({ entryPriceUsd }) => entryPriceUsd), exitPriceUsd: pick(({ exitPriceUsd }) => exitPriceUsd) },
    profitUsd: pick(({ profitUsd }) => profitUsd),
  };
}

/** The columns of the windows that traded, one after another. */
function joined<Column extends Int32Array | Float64Array | Uint8Array>(
  windows: readonly Window[],
  make: (rows: number) => Column,
  of: (result: BacktestResult, window: Window) => { readonly column: Column; readonly rows: number },
): Column {
  const parts = windows.flatMap((window) => (window.result === null ? [] : [of(window.result, window)]));
  const all = make(parts.reduce((sum, { rows }) => sum + rows, 0));
  let at = 0;
  for (const { column, rows } of parts) {
    all.set(column.subarray(0, rows), at);
    at += rows;
  }
  return all;
}
