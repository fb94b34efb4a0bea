/**
 * The same strategy worked out month by month without the engine: no orders, no cash account, no costs, fractions of shares. It is there to be
 * compared with the engine's run without costs: two ways to one figure.
 *
 * 1. At the last session of a month rank the members by close[−skip] / close[−lookback] and take the best tenth, ties by symbol.
 * 2. Each gets the same part at the next open and is held until the open after the next month's end, its dividends beside it. A company without a
 *    bar at that open ends at its last close; one without a bar at the first open stays cash. The last month ends at the last close.
 * 3. What is not invested stays as it is.
 */
import type { Membership, Panel, Series } from '../../shared/domain/research/panel.ts';
import { formatDay } from '../../shared/kernel/days.ts';
import type { EpochDay } from '../../shared/kernel/units.ts';

export interface MomentumParameters {
  readonly lookback: number;
  readonly skip: number;
  readonly gross: number;
}

/** Growth of 1 from the first rebalance to the end of the panel. */
export function growthWithoutEngine(
  panel: Panel,
  membership: Membership,
  fromMoment: number,
  { gross, ...ranking }: MomentumParameters,
): number {
  const ends = monthEnds(panel, fromMoment);
  const last = panel.day.length - 1;
  return ends.reduce((growth, end, k) => {
    const isLast = k + 1 === ends.length;
    const [entry, exit] = [end + 1, isLast ? last : ends[k + 1]! + 1];
    const chosen = bestTenth(panel, membership, end, ranking);
    const held = chosen.reduce((sum, symbol) => sum + heldGrowth(panel, symbol, entry, exit, isLast), 0);
    return growth * (1 - gross + (gross * held) / chosen.length);
  }, 1);
}

/** The last moment of each month that has a moment after it. */
function monthEnds({ day }: Panel, fromMoment: number): number[] {
  const month = (moment: number): string => formatDay(day[moment]! as EpochDay).slice(0, 7);
  return [...day.keys()].filter((moment) => moment >= fromMoment && moment + 1 < day.length && month(moment) !== month(moment + 1));
}

function bestTenth(panel: Panel, { mask }: Membership, moment: number, { lookback, skip }: Omit<MomentumParameters, 'gross'>): number[] {
  const ranked = panel.series.flatMap(({ close }, symbol) => {
    const row = rowAt(panel, symbol, moment);
    const isRanked = row >= lookback && mask[symbol * panel.day.length + moment] === 1;
    return isRanked ? [{ symbol, score: close[row - skip]! / close[row - lookback]! }] : [];
  });
  ranked.sort((a, b) => b.score - a.score || a.symbol - b.symbol);
  return ranked.slice(0, Math.max(1, Math.floor(ranked.length / 10))).map(({ symbol }) => symbol);
}

function heldGrowth(panel: Panel, symbol: number, entry: number, exit: number, isLast: boolean): number {
  const bars = panel.series[symbol]!;
  const from = rowAt(panel, symbol, entry);
  if (from === -1) return 1;
  const to = rowAt(panel, symbol, exit);
  const until = to === -1 ? latestRow(bars, panel.day[exit]!) : to;
  const exitUsd = to === -1 || isLast ? bars.close[until]! : bars.open[until]!;
  const dividendsUsd = bars.dividend.subarray(from + 1, until + 1).reduce((sum, one) => sum + one, 0);
  return (exitUsd + dividendsUsd) / bars.open[from]!;
}

const rowAt = (panel: Panel, symbol: number, moment: number): number => panel.rowOf[symbol * panel.day.length + moment]!;

const latestRow = ({ day }: Series, until: number): number => day.findLastIndex((one) => one <= until);
