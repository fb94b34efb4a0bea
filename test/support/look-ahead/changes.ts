/**
 * What may become of everything that is dated on the session or after it, one kind of change each. No row before the session is touched:
 * not its values, not whether it is there. Particulars are drawn from the generator handed in, so a seed and a name tell a change.
 * The sharpest changes come first, the broadest last: what exposes a leak first says the most of it.
 */
import { type DailyBars, sliceBars } from '../../../shared/domain/market/bars.ts';
import { newYorkInstant, nextSession } from '../../../shared/domain/market/calendar.ts';
import {
  type EarningsRelease,
  type FundamentalReport,
  type Headline,
  noFacts,
  type SymbolFacts,
} from '../../../shared/domain/market/facts.ts';
import { newYorkDay } from '../../../shared/domain/market/new-york-time.ts';
import type { Rng } from '../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { joinBars } from '../../../shared/stores/lake/join-bars.ts';
import { type Row, toBars } from '../../unit/domain/fixtures.ts';
import { rowsOf, type StoredData, tickerOf } from './stored-data.ts';

export type Change = (data: StoredData, asOf: EpochDay, rng: Rng) => StoredData;

const sessionBars: Change = (data, asOf, rng) =>
  editBars(data, asOf, (rows) => rows.map((row) => (row.day === asOf ? scaled(row, 0.7 + 0.6 * rng.uniform()) : row)));

const laterPrices: Change = (data, asOf, rng) =>
  editBars(data, asOf, (rows) => {
    let factor = 1;
    const drift = 0.01 * rng.normal();
    return rows.map((row) => {
      factor *= Math.exp(drift + 0.03 * rng.normal());
      return scaled(row, factor);
    });
  });

const laterVolumes: Change = (data, asOf, rng) =>
  editBars(data, asOf, (rows) => rows.map((row) => ({ ...row, volume: row.volume * 20 * rng.uniform() })));

const laterDividends: Change = (data, asOf, rng) =>
  editBars(data, asOf, (rows) => rows.map((row) => ({ ...row, dividend: rng.uniform() < 0.1 ? 0.05 * row.close * rng.uniform() : 0 })));

const laterSplits: Change = (data, asOf, rng) =>
  editBars(data, asOf, (rows) => rows.map((row) => ({ ...row, split: rng.uniform() < 0.05 ? 1 + Math.ceil(3 * rng.uniform()) : 1 })));

const unfiledHalving: Change = (data, asOf, rng) =>
  editBars(data, asOf, (rows) => {
    const from = Math.floor(rows.length * rng.uniform());
    return rows.map((row, at) => (at >= from ? { ...scaled(row, 0.5), volume: 2 * row.volume } : row));
  });

const impossiblePrices: Change = (data, asOf, rng) =>
  editBars(data, asOf, (rows) =>
    rows.map((row) => {
      const luck = rng.uniform();
      if (luck < 0.05) return { ...row, close: -row.close };
      return luck < 0.1 ? { ...row, high: row.low, low: row.high, close: 0 } : row;
    }),
  );

const rowsMissing: Change = (data, asOf, rng) => editBars(data, asOf, (rows) => rows.filter(() => rng.uniform() < 0.7));

const rowsTwice: Change = (data, asOf, rng) =>
  editBars(data, asOf, (rows) => rows.flatMap((row) => (rng.uniform() < 0.1 ? [row, scaled(row, 1.01)] : [row])));

const rowsOffCalendar: Change = (data, asOf, rng) =>
  editBars(data, asOf, (rows) =>
    rows.flatMap((row) => {
      const next = (row.day + 1) as EpochDay;
      return nextSession(row.day) > next && rng.uniform() < 0.3 ? [row, { ...row, day: next }] : [row];
    }),
  );

/** The vendor delivers them newest first, before everything else. */
const outOfOrder: Change = (data, asOf) => ({
  ...data,
  bars: data.bars.map((bars) => {
    const rows = rowsOf(bars);
    const later = rows.filter(({ day }) => day >= asOf).reverse();
    return later.length === 0 ? bars : toBars(bars.symbol, [...later, ...rows.filter(({ day }) => day < asOf)]);
  }),
});

const delisting: Change = (data, asOf, rng) => {
  const gone = data.bars.filter(() => rng.uniform() < 0.3).map(({ symbol }) => symbol);
  return editBars(data, asOf, (rows, { symbol }) => (gone.includes(symbol) ? rows.slice(0, Math.floor(5 * rng.uniform())) : rows));
};

const listing: Change = (data, asOf, rng) => {
  const like = data.bars[Math.floor(data.bars.length * rng.uniform())]!;
  const rows = rowsOf(like).filter(({ day }) => day >= asOf);
  if (rows.length === 0) return data;
  return {
    ...data,
    bars: data.bars.toSpliced(Math.floor(data.bars.length * rng.uniform()), 0, toBars('QNEW', rows)),
    facts: [...data.facts, noFacts(tickerOf('QNEW'))],
    sectors: new Map([...data.sectors, ['QNEW', 'Real Estate']]),
  };
};

const laterReports: Change = (data, asOf, rng) =>
  editFacts(data, asOf, { reports: (reports) => reports.map((report) => restated(report, report.availableDay, rng)) });

/** The newest quarters known, told again with other numbers; some of them on the session itself. */
const restatements: Change = (data, asOf, rng) =>
  editFacts(data, asOf, {
    reports: (later, { reports }) => {
      const known = reports.filter(({ availableDay }) => availableDay < asOf).slice(-4);
      return [...known.map((report) => restated(report, (asOf + Math.floor(3 * rng.uniform())) as EpochDay, rng)), ...later];
    },
  });

const laterReleases: Change = (data, asOf, rng) =>
  editFacts(data, asOf, {
    earnings: (releases) =>
      releases.map((release) => ({ ...release, epsUsd: 3 * rng.normal(), epsEstimateUsd: rng.uniform() < 0.2 ? null : 3 * rng.normal() })),
  });

const releasesOfTheSession: Change = (data, asOf, rng) =>
  editFacts(data, asOf, {
    earnings: (releases): EarningsRelease[] => [
      { availableDay: asOf, session: 'pre', epsUsd: 2 + rng.normal(), epsEstimateUsd: 2 },
      ...releases.filter(({ availableDay }) => availableDay > asOf),
    ],
  });

const morningNews: Change = (data, asOf, rng) =>
  editFacts(data, asOf, {
    news: (news): Headline[] => [
      { publishedAt: newYorkInstant(asOf, 0, Math.floor(30 * rng.uniform())), text: 'Shares plunge after profit warning and fraud probe' },
      { publishedAt: newYorkInstant(asOf, 8, 30), text: 'Company beats estimates and raises guidance' },
      ...news.filter(({ publishedAt }) => publishedAt > newYorkInstant(asOf, 8, 30)),
    ],
  });

const laterNews: Change = (data, asOf, rng) =>
  editFacts(data, asOf, {
    news: (news) =>
      news
        .filter(() => rng.uniform() < 0.6)
        .map((headline) => ({ ...headline, text: rng.uniform() < 0.5 ? 'Profit falls, outlook cut' : 'Record profit, dividend raised' })),
  });

const laterIndex: Change = (data, asOf, rng) =>
  data.index === null
    ? data
    : { ...data, index: edited(data.index, asOf, (rows) => rows.map((row) => scaled(row, Math.exp(0.1 * rng.normal())))) };

/** As the store was on the morning of the session. */
const nothingFollows: Change = (data, asOf) => ({
  ...editFacts(
    editBars(data, asOf, () => []),
    asOf,
    { reports: () => [], earnings: () => [], news: () => [] },
  ),
  index: data.index === null ? null : edited(data.index, asOf, () => []),
});

export const changes = {
  'the session’s own bars hold other prices': sessionBars,
  'news comes out on the morning of the session': morningNews,
  'earnings are released on the day of the session': releasesOfTheSession,
  'quarters already reported are restated': restatements,
  'later reports tell otherwise': laterReports,
  'later releases tell otherwise': laterReleases,
  'later headlines tell otherwise': laterNews,
  'dividends follow': laterDividends,
  'splits follow': laterSplits,
  'later bars hold other volumes': laterVolumes,
  'the index moves otherwise later': laterIndex,
  'later bars hold other prices': laterPrices,
  'later bars hold impossible prices': impossiblePrices,
  'prices halve later, with no split on file': unfiledHalving,
  'later rows are delivered twice': rowsTwice,
  'later rows are missing': rowsMissing,
  'rows on days without a session follow': rowsOffCalendar,
  'later rows are delivered first': outOfOrder,
  'companies are delisted later': delisting,
  'a company is listed later': listing,
  'nothing follows': nothingFollows,
} as const satisfies Record<string, Change>;

export type ChangeName = keyof typeof changes;
export const changeNames = Object.keys(changes) as ChangeName[];

/** The rows from the day on are what `edit` makes of them; those before stay, bit for bit. */
export function edited(bars: DailyBars, from: EpochDay, edit: (later: Row[]) => readonly Row[]): DailyBars {
  const split = bars.day.findIndex((day) => day >= from);
  const end = split === -1 ? bars.day.length : split;
  const isSplit = bars.day.every((day, row) => day >= from === row >= end);
  const rows = rowsOf(bars);
  // Rows that lie out of order are put behind the others, which is one more change of what is later.
  const before = isSplit
    ? sliceBars(bars, 0, end)
    : toBars(
        bars.symbol,
        rows.filter(({ day }) => day < from),
      );
  return joinBars([before, toBars(bars.symbol, edit(rows.filter(({ day }) => day >= from)))]);
}

export const editBars = (data: StoredData, from: EpochDay, edit: (later: Row[], bars: DailyBars) => readonly Row[]): StoredData => ({
  ...data,
  bars: data.bars.map((bars) => edited(bars, from, (later) => edit(later, bars))).filter(({ day }) => day.length > 0),
});

interface FactEdits {
  readonly reports?: (later: readonly FundamentalReport[], known: SymbolFacts) => readonly FundamentalReport[];
  readonly earnings?: (later: readonly EarningsRelease[]) => readonly EarningsRelease[];
  readonly news?: (later: readonly Headline[]) => readonly Headline[];
}

const asTheyAre = <Fact>(later: readonly Fact[]): readonly Fact[] => later;

/** The same of facts, by the day they became known. */
export function editFacts(
  data: StoredData,
  from: EpochDay,
  { reports = asTheyAre, earnings = asTheyAre, news = asTheyAre }: FactEdits,
): StoredData {
  const halves = <Fact>(
    list: readonly Fact[],
    dayOf: (fact: Fact) => number,
    edit: (later: readonly Fact[]) => readonly Fact[],
  ): Fact[] => [
    ...list.filter((fact) => dayOf(fact) < from),
    ...edit(list.filter((fact) => dayOf(fact) >= from)).toSorted((a, b) => dayOf(a) - dayOf(b)),
  ];
  return {
    ...data,
    facts: data.facts.map((one) => ({
      symbol: one.symbol,
      reports: halves(
        one.reports,
        ({ availableDay }) => availableDay,
        (later) => reports(later, one),
      ),
      earnings: halves(one.earnings, ({ availableDay }) => availableDay, earnings),
      news: halves(one.news, ({ publishedAt }) => newYorkDay(publishedAt), news),
    })),
  };
}

const scaled = (row: Row, factor: number): Row => ({
  ...row,
  open: row.open * factor,
  high: row.high * factor,
  low: row.low * factor,
  close: row.close * factor,
});

function restated(report: FundamentalReport, availableDay: EpochDay, rng: Rng): FundamentalReport {
  const other = (value: number | null): number | null => (value === null ? null : value * Math.exp(0.4 * rng.normal()));
  return {
    periodEnd: report.periodEnd,
    availableDay,
    revenueUsd: other(report.revenueUsd),
    netIncomeUsd: other(report.netIncomeUsd),
    totalAssetsUsd: other(report.totalAssetsUsd),
    equityUsd: other(report.equityUsd),
    operatingCashFlowUsd: other(report.operatingCashFlowUsd),
    capitalExpenditureUsd: other(report.capitalExpenditureUsd),
    freeCashFlowUsd: other(report.freeCashFlowUsd),
    sharesOutstanding: other(report.sharesOutstanding),
  };
}
