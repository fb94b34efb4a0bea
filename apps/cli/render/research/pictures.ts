/** Pictures of a run in block characters: how equity grew, how far it was below its high, and which trades made and lost most. */
import type { BacktestResult } from '../../../../shared/domain/research/result.ts';
import type { Io } from '../../io.ts';
import { areaChart } from '../area-chart.ts';
import { count, pct, signedPct } from '../explain/layout.ts';
import { type Column, formatUsd, renderTable } from '../table.ts';
import { rangeOf, type TradeDocument, tradesOf } from './backtest-document.ts';

const chartSize = { columns: 84, rows: 7 };
const drawdownRows = 4;
const tradesShown = 4;

export function equityPicture(result: BacktestResult, { colors }: Pick<Io, 'colors'>): string {
  const { equityUsd } = result.equity;
  const { cashUsd } = result.rules;
  const growth = squeezed(
    equityUsd.map((equity) => equity / cashUsd - 1),
    Math.min,
  );
  const drawdown = squeezed(drawdownOf(equityUsd, cashUsd), Math.max);
  const deepest = Math.max(0, ...drawdown);
  return [
    picture(colors.bold('Equity, since the beginning'), areaChart(growth, chartSize), result, colors.dim),
    picture(
      `${colors.bold('Drawdown')}: ${pct(deepest)} at the deepest`,
      areaChart(drawdown, { ...chartSize, rows: drawdownRows, floor: 0 }),
      result,
      colors.dim,
    ),
  ].join('\n\n');
}

/** Of each moment, how far it was below the highest until then; positive. */
function drawdownOf(equityUsd: Float64Array, cashUsd: number): Float64Array {
  let high = cashUsd;
  return equityUsd.map((equity) => {
    high = Math.max(high, equity);
    return (high - equity) / high;
  });
}

/** One value a column, so that minutes of years fit: the lowest of each for a rise, the highest for a fall. */
function squeezed(values: Float64Array, pick: (a: number, b: number) => number): number[] {
  const { columns } = chartSize;
  if (values.length <= columns) return [...values];
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.floor(((column + 1) * values.length) / columns);
    return values.subarray(from, to).reduce((a, b) => pick(a, b));
  });
}

function picture(title: string, lines: readonly string[], result: BacktestResult, dim: (text: string) => string): string {
  const { from, to } = rangeOf(result);
  const axis = `${' '.repeat(lines[0]?.indexOf('┤') ?? 0)}└ ${from} to ${to}, ${count(result.day.length)} bars`;
  return [title, ...lines, dim(axis)].join('\n');
}

/** Those that made most, then those that lost most; all of them where they are few. */
export function tradesTable(result: BacktestResult, { colors }: Pick<Io, 'colors'>): string {
  const trades = tradesOf(result);
  if (trades.length === 0) return 'No trade was made.';
  const byProfit = trades.toSorted((a, b) => b.profit - a.profit || (a.entryDay < b.entryDay ? -1 : 1));
  const shown = byProfit.length <= 2 * tradesShown ? byProfit : [...byProfit.slice(0, tradesShown), ...byProfit.slice(-tradesShown)];
  const title =
    shown.length === trades.length
      ? `${trades.length === 1 ? 'The one trade' : `All ${trades.length} trades`}, best first`
      : `The ${tradesShown} best and the ${tradesShown} worst of ${count(trades.length)} trades`;
  return [colors.bold(title), renderTable(tradeColumns(colors), shown, colors.dim)].join('\n');
}

const tradeColumns = (colors: Io['colors']): Column<TradeDocument>[] => [
  { title: 'symbol', text: ({ symbol }) => symbol },
  { title: 'entry', text: ({ entryDay }) => entryDay },
  { title: 'exit', text: ({ exitDay, open }) => (open ? 'open' : exitDay) },
  { title: 'shares', align: 'right', text: ({ shares }) => amount(shares) },
  { title: 'in at', align: 'right', text: ({ entryPrice }) => formatUsd(entryPrice) },
  { title: 'out at', align: 'right', text: ({ exitPrice }) => formatUsd(exitPrice) },
  { title: '', align: 'right', text: ({ entryPrice, exitPrice, shares }) => signedPct((exitPrice / entryPrice - 1) * Math.sign(shares)) },
  {
    title: 'profit',
    align: 'right',
    text: ({ profit }) => formatUsd(profit),
    dress: (cell, { profit }) => (profit < 0 ? colors.red(cell) : colors.green(cell)),
  },
];

const amount = (shares: number): string => shares.toLocaleString('en-US', { maximumFractionDigits: Math.abs(shares) < 1000 ? 2 : 0 });
