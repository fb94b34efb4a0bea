/**
 * The same market until a moment, and another one after it: the ways in which the look-ahead fuzzer changes the future. Every price until then
 * keeps its bits, every bar stays one that an engine accepts (but for `not-a-number`), and nothing of the given market is written to.
 *
 *   noise          prices of each later bar times exp(0.2 · normal), its volume likewise        levels-up, levels-down    all times 4, or by 4
 *   reversal       the later bars in reverse order                                              volumes                   times 50 or by 50
 *   bars-end       half of the symbols have no later bar                                        axis-ends                 one moment more, then none
 *   distributions  dividends, and splits where prices are as traded                             earnings                  later releases are others
 *   membership     who belongs later is drawn by lot                                            endings                   what is left at an end
 *   not-a-number   later bars are NaN; for signals alone, since no engine fills at NaN
 */
import type { Rng } from '../../../kernel/rng.ts';
import type { EpochDay, Ticker } from '../../../kernel/units.ts';
import { type DailyBars, sliceBars } from '../../market/bars.ts';
import type { Ending, Membership, Panel, Series } from '../panel.ts';

export const futureChanges = [
  'levels-up',
  'levels-down',
  'noise',
  'reversal',
  'axis-ends',
  'bars-end',
  'volumes',
  'distributions',
  'earnings',
  'membership',
  'endings',
  'not-a-number',
] as const;
export type FutureChange = (typeof futureChanges)[number];

export interface Market {
  readonly panel: Panel;
  readonly membership: Membership | null;
  readonly endings?: ReadonlyMap<Ticker, Ending>;
}

const NOISE = 0.2;
const LEVEL = 4;
const VOLUME = 50;

/** Which changes mean anything in this market. */
export function changesOf({ panel, membership, endings }: Market): readonly FutureChange[] {
  const pointless = new Set<FutureChange>([
    ...(panel.basis === 'total-return' ? ['distributions' as const] : []),
    ...(panel.earnings === null ? ['earnings' as const] : []),
    ...(membership === null ? ['membership' as const] : []),
    ...(endings === undefined || endings.size === 0 ? ['endings' as const] : []),
  ]);
  return futureChanges.filter((change) => !pointless.has(change));
}

/** The market as it is up to and with `moment`, and changed behind it. */
export function changeFuture(market: Market, moment: number, change: FutureChange, rng: Rng): Market {
  const { panel, membership, endings } = market;
  switch (change) {
    case 'axis-ends':
      return cutAfter(market, moment);
    case 'earnings':
      return { ...market, panel: { ...panel, earnings: laterEarnings(panel, moment) } };
    case 'membership':
      return { ...market, membership: membership && drawnAfter(membership, panel.day.length, moment, rng) };
    case 'endings':
      return { ...market, ...(endings && { endings: new Map([...endings].map((ending) => otherEnding(ending, panel, moment))) }) };
    case 'bars-end':
      return { ...market, panel: withoutHalf(panel, moment, rng) };
    default:
      return {
        ...market,
        panel: { ...panel, series: panel.series.map((series, s) => changedBars(series, rowsUntil(panel, s, moment), change, panel, rng)) },
      };
  }
}

/** How many of a symbol's bars fall on moments up to and with this one. */
export function rowsUntil({ rowOf, day }: Panel, symbol: number, moment: number): number {
  const base = symbol * day.length;
  for (let m = moment; m >= 0; m--) if (rowOf[base + m]! >= 0) return rowOf[base + m]! + 1;
  return 0;
}

type BarChange = Exclude<FutureChange, 'axis-ends' | 'earnings' | 'membership' | 'endings' | 'bars-end'>;

function changedBars(series: Series, known: number, change: BarChange, { basis }: Panel, rng: Rng): Series {
  if (known === series.day.length) return series;
  const later = (values: Float64Array, value: (now: number, row: number) => number): Float64Array => {
    const out = values.slice();
    for (let row = known; row < out.length; row++) out[row] = value(out[row]!, row);
    return out;
  };
  const prices = (factor: (row: number) => number): Pick<DailyBars, 'open' | 'high' | 'low' | 'close'> => ({
    open: later(series.open, (price, row) => price * factor(row)),
    high: later(series.high, (price, row) => price * factor(row)),
    low: later(series.low, (price, row) => price * factor(row)),
    close: later(series.close, (price, row) => price * factor(row)),
  });
  switch (change) {
    case 'levels-up':
      return { ...series, ...prices(() => LEVEL) };
    case 'levels-down':
      return { ...series, ...prices(() => 1 / LEVEL) };
    case 'not-a-number':
      return { ...series, ...prices(() => Number.NaN), volume: later(series.volume, () => Number.NaN) };
    case 'volumes': {
      const factor = rng.uniform() < 0.5 ? VOLUME : 1 / VOLUME;
      return { ...series, volume: later(series.volume, (volume) => volume * factor) };
    }
    case 'noise': {
      const factors = Float64Array.from(series.day, () => Math.exp(NOISE * rng.normal()));
      return { ...series, ...prices((row) => factors[row]!), volume: later(series.volume, (volume, row) => volume * factors[row]!) };
    }
    case 'reversal': {
      const mirrored = (values: Float64Array): Float64Array => later(values, (_, row) => values[known + values.length - 1 - row]!);
      const { open, high, low, close, volume } = series;
      return {
        ...series,
        ...{ open: mirrored(open), high: mirrored(high), low: mirrored(low), close: mirrored(close), volume: mirrored(volume) },
      };
    }
    case 'distributions':
      return {
        ...series,
        dividend: later(series.dividend, (paid, row) => (rng.uniform() < 0.2 ? paid + 0.1 * series.close[row]! : 0)),
        splitRatio: later(series.splitRatio, (ratio) => (basis === 'as-traded' && rng.uniform() < 0.1 ? 2 * ratio : ratio)),
      };
  }
}

/**
 * One moment more and then nothing. Where a symbol has a gap at the moment, only what follows tells a gap from an end, and an engine that is told
 * of an end is told of something that happened by then: so it trades again at once, and stays what it is.
 */
function cutAfter({ panel, membership, endings }: Market, moment: number): Market {
  const moments = moment + 2;
  const width = panel.day.length;
  const cut = <Column extends Int32Array | Uint8Array>(column: Column, empty: (length: number) => Column): Column => {
    const out = empty(panel.series.length * moments);
    for (let s = 0; s < panel.series.length; s++) out.set(column.subarray(s * width, s * width + moments), s * moments);
    return out;
  };
  const rowOf = cut(panel.rowOf, (length) => new Int32Array(length));
  const last = moment + 1;
  const series = panel.series.map((one, s) => {
    const known = rowsUntil(panel, s, moment);
    const isInGap = panel.rowOf[s * width + moment]! < 0 && known > 0 && known < one.day.length;
    if (!isInGap) return firstRows(one, rowsUntil(panel, s, last));
    const resumed = firstRows(one, known + 1);
    resumed.day[known] = panel.day[last]!;
    if (resumed.endMinute !== null) resumed.endMinute[known] = panel.endMinute![last]!;
    rowOf[s * moments + last] = known;
    return resumed;
  });
  return {
    panel: { ...panel, day: panel.day.slice(0, moments), endMinute: panel.endMinute?.slice(0, moments) ?? null, series, rowOf },
    membership: membership && {
      ...membership,
      mask: cut(membership.mask, (length) => new Uint8Array(length)),
      listed: membership.listed.slice(0, moments),
      priced: membership.priced.slice(0, moments),
    },
    ...(endings && { endings }),
  };
}

/** Copied: a view would leave the future lying behind it. */
function firstRows(series: Series, rows: number): Series {
  const { symbol, day, open, high, low, close, volume, dividend, splitRatio } = sliceBars(series, 0, rows);
  return {
    symbol,
    day: day.slice(),
    endMinute: series.endMinute?.slice(0, rows) ?? null,
    ...{ open: open.slice(), high: high.slice(), low: low.slice(), close: close.slice() },
    ...{ volume: volume.slice(), dividend: dividend.slice(), splitRatio: splitRatio.slice() },
  };
}

function withoutHalf(panel: Panel, moment: number, rng: Rng): Panel {
  const width = panel.day.length;
  const rowOf = panel.rowOf.slice();
  const series = panel.series.map((one, s) => {
    const isInGap = panel.rowOf[s * width + moment]! < 0;
    if (rng.uniform() < 0.5 || isInGap) return one;
    rowOf.fill(-1, s * width + moment + 1, (s + 1) * width);
    return firstRows(one, rowsUntil(panel, s, moment));
  });
  return { ...panel, series, rowOf };
}

/** What is announced on the day itself is not known at its end (`Now.earnings`), so it is changed with what follows. */
function laterEarnings({ earnings, day }: Panel, moment: number): Panel['earnings'] {
  const today = day[moment]! as EpochDay;
  const changed = earnings?.map((releases) =>
    releases.map((release) =>
      release.availableDay < today ? release : { ...release, epsUsd: -3 * release.epsUsd - 1, epsEstimateUsd: release.epsUsd + 1 },
    ),
  );
  return changed ?? null;
}

function drawnAfter(membership: Membership, moments: number, moment: number, rng: Rng): Membership {
  const mask = membership.mask.slice();
  const priced = membership.priced.slice();
  const listed = membership.listed.slice();
  for (let i = 0; i < mask.length; i++) {
    const at = i % moments;
    if (at <= moment || rng.uniform() < 0.5) continue;
    const sign = mask[i] === 1 ? -1 : 1;
    mask[i] = 1 - mask[i]!;
    priced[at]! += sign;
    listed[at]! += sign;
  }
  return { ...membership, mask, priced, listed };
}

/** Of an end that is not there yet; what happened stays. */
function otherEnding([symbol, ending]: readonly [Ticker, Ending], panel: Panel, moment: number): [Ticker, Ending] {
  const s = panel.series.findIndex((series) => series.symbol === symbol);
  const isOver = s >= 0 && rowsUntil(panel, s, moment) === panel.series[s]!.day.length;
  return [symbol, isOver ? ending : { kind: 'delisted', recoveryFrac: ending.recoveryFrac > 0.5 ? 0 : 1 }];
}
