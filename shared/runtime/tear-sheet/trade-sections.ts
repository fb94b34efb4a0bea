/** What was traded and what it cost: the money from start to end, profit by symbol, the best and the worst round trips, and all of them folded. */
import type { BacktestResult } from '../../domain/research/result.ts';
import { formatDay } from '../../kernel/days.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { barChart, waterfall } from '../page/bar-charts.ts';
import { count, decimal, percent, shortUsd, signedUsd, unknown, usd } from '../page/format.ts';
import { type Block, folded, picture, type Section, type ShownTable, table, text } from '../page/section.ts';

const shownAtEachEnd = 10;
const symbolsAtEachEnd = 8;
/** What is folded stays below a megabyte; the Parquet file has all. */
const foldedMax = 3_000;

export function flowsSection(result: BacktestResult): Section {
  const { flows, equity, rules, fills, orders } = result;
  const profitUsd = (equity.equityUsd.at(-1) ?? rules.cashUsd) - rules.cashUsd;
  const priceCostUsd = fills.priceCostUsd.subarray(0, fills.count).reduce((sum, one) => sum + one, 0);
  const flowsUsd = flows.feesUsd + flows.dividendsUsd + flows.interestUsd + flows.borrowUsd;
  const parts = [
    { name: 'Prices, before costs', value: profitUsd - flowsUsd + priceCostUsd },
    { name: 'Spread and impact', value: -priceCostUsd },
    { name: 'Commissions', value: flows.feesUsd },
    { name: 'Dividends', value: flows.dividendsUsd },
    { name: 'Interest', value: flows.interestUsd },
    { name: 'Borrow of what is short', value: flows.borrowUsd },
  ].filter(({ value }, index) => index === 0 || value !== 0);
  const takers: Record<string, string> = {
    'Prices, before costs': 'the market',
    'Spread and impact': 'the other side of each trade',
    Commissions: 'the broker and the exchange',
    Dividends: 'the companies held, net of those short',
    Interest: 'the broker, on cash and on credit',
    'Borrow of what is short': 'the lenders of the shares',
  };
  const rows = [...parts.map(({ name, value }) => [name, takers[name]!, signedUsd(value)]), ['Profit', '', signedUsd(profitUsd)]];
  const rejected = Object.entries(orders.rejected).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    id: 'flows',
    title: 'Costs and flows',
    blocks: [
      picture(
        waterfall({
          id: 'flows-chart',
          title: 'From the market to the profit',
          description: `${rows.map(([name, , value]) => `${name}: ${value}`).join(', ')}.`,
          parts,
          totalName: 'Profit',
          format: shortUsd,
        }),
      ),
      table('What was paid and earned; it sums to the profit', ['part', 'from or to', '±amount'], rows),
      table(
        'Orders',
        ['', '#orders'],
        [
          ['placed', count(orders.submitted)],
          ['filled, at least in part', count(orders.filled)],
          ['cancelled', count(orders.cancelled)],
          ['expired', count(orders.expired)],
          ...rejected.map(([reason, number]) => [`rejected: ${reason.replaceAll('-', ' ')}`, count(number)]),
        ],
      ),
    ],
  };
}

export function tradesSection(result: BacktestResult): Section {
  const { trades } = result;
  if (trades.count === 0) return { id: 'trades', title: 'Trades', blocks: [text('Nothing was traded.')] };
  const byProfit = [...Array(trades.count).keys()].sort((a, b) => trades.profitUsd[b]! - trades.profitUsd[a]! || a - b);
  const each = Math.min(shownAtEachEnd, Math.floor(trades.count / 2) || 1);
  const [best, worst] = [byProfit.slice(0, each), byProfit.slice(-each).reverse()];
  const kept = foldedRows(result, byProfit);
  const missing = trades.count - kept.length;
  const which =
    missing === 0
      ? `All ${count(trades.count)} trades`
      : `The ${count(kept.length)} trades that made or lost the most, of ${count(trades.count)}`;
  const rest = missing === 0 ? '' : ` The other ${count(missing)} are in trades.parquet.`;
  return {
    id: 'trades',
    title: 'Trades',
    blocks: [
      ...symbolBlocks(result, holdingTable(result)),
      tradeTable(`The ${each} trades that made the most`, result, best),
      tradeTable(`The ${each} that made the least`, result, worst),
      folded(which, tradeTable(`In the order of their entries.${rest}`, result, kept)),
    ],
  };
}

/** All, or of both ends together as many as are kept; by entry, as they lie. */
function foldedRows({ trades }: BacktestResult, byProfit: readonly number[]): number[] {
  if (trades.count <= foldedMax) return [...Array(trades.count).keys()];
  const half = foldedMax / 2;
  return [...byProfit.slice(0, half), ...byProfit.slice(-half)].sort((a, b) => a - b);
}

function tradeTable(caption: string, { trades, symbols, day }: BacktestResult, indices: readonly number[]): ShownTable {
  const date = (moment: number): string => formatDay(day[moment]! as EpochDay);
  const rows = indices.map((at) => [
    symbols[trades.symbol[at]!]!,
    date(trades.entryMoment[at]!),
    trades.isOpen[at] ? `open ${date(trades.exitMoment[at]!)}` : date(trades.exitMoment[at]!),
    decimal(trades.signedShares[at]!, Number.isInteger(trades.signedShares[at]!) ? 0 : 2),
    decimal(trades.entryPriceUsd[at]!, 2),
    decimal(trades.exitPriceUsd[at]!, 2),
    usd(trades.feeUsd[at]!),
    signedUsd(trades.profitUsd[at]!),
  ]);
  return table(caption, ['symbol', 'entry', 'exit', '±shares', '#entry $', '#exit $', '#fees', '±profit'], rows);
}

function symbolBlocks({ trades, symbols }: BacktestResult, beside: ShownTable): Block[] {
  const totals = new Map<number, { profitUsd: number; trades: number; won: number }>();
  for (let at = 0; at < trades.count; at++) {
    const symbol = trades.symbol[at]!;
    const total = totals.get(symbol) ?? { profitUsd: 0, trades: 0, won: 0 };
    total.profitUsd += trades.profitUsd[at]!;
    total.trades += 1;
    total.won += trades.profitUsd[at]! > 0 ? 1 : 0;
    totals.set(symbol, total);
  }
  const all = [...totals]
    .map(([symbol, total]) => ({ name: symbols[symbol]!, ...total }))
    .sort((a, b) => b.profitUsd - a.profitUsd || (a.name < b.name ? -1 : 1));
  const isMany = all.length > 2 * symbolsAtEachEnd;
  const shown = isMany ? [...all.slice(0, symbolsAtEachEnd), ...all.slice(-symbolsAtEachEnd)] : all;
  const rows = all.map(({ name, profitUsd, trades: number, won }) => [name, count(number), percent(won / number, 0), signedUsd(profitUsd)]);
  return [
    picture(
      barChart({
        id: 'symbols-chart',
        title: isMany ? 'The symbols that made and lost the most' : 'Profit by symbol',
        description: `${shown[0]!.name} made the most, ${signedUsd(shown[0]!.profitUsd)}; ${shown.at(-1)!.name} the least, ${signedUsd(shown.at(-1)!.profitUsd)}; ${count(all.length)} symbols were traded.`,
        bars: shown.map(({ name, profitUsd }) => ({ name, values: [profitUsd] })),
        format: signedUsd,
      }),
    ),
    beside,
    folded(`All ${count(all.length)} symbols`, table('By profit', ['symbol', '#trades', '#won', '±profit'], rows)),
  ];
}

/** Up to so many bars from entry to exit. */
const holdings = [1, 5, 21, 63, 126, 252, Number.POSITIVE_INFINITY] as const;

function holdingTable({ trades }: BacktestResult): ShownTable {
  const rows = holdings.map((most, k) => {
    const least = k === 0 ? 0 : holdings[k - 1]! + 1;
    const name = most === Number.POSITIVE_INFINITY ? `${least} or more` : least === 0 ? `up to ${most}` : `${least} to ${most}`;
    let [number, won, profitUsd] = [0, 0, 0];
    for (let at = 0; at < trades.count; at++) {
      const bars = trades.exitMoment[at]! - trades.entryMoment[at]!;
      if (bars < least || bars > most) continue;
      [number, won, profitUsd] = [number + 1, won + (trades.profitUsd[at]! > 0 ? 1 : 0), profitUsd + trades.profitUsd[at]!];
    }
    return [name, count(number), number === 0 ? unknown : percent(won / number, 0), signedUsd(profitUsd)];
  });
  return table('By bars from entry to exit', ['bars held', '#trades', '#won', '±profit'], rows);
}
