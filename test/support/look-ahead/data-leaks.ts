/** Leaks between the store and the signals: windows, dates, adjustments, the universe, the quality of data. */
import type { judgeUniverse } from '../../../shared/domain/cycle/judge-universe.ts';
import type { dividendAdjusted, totalReturns } from '../../../shared/domain/indicators/returns.ts';
import type { barsBefore, DailyBars } from '../../../shared/domain/market/bars.ts';
import { nextSession, previousSession } from '../../../shared/domain/market/calendar.ts';
import type { addReturns, equalWeighted, indexReturns } from '../../../shared/domain/market/equal-weighted.ts';
import type { FundamentalReport, factsBefore } from '../../../shared/domain/market/facts.ts';
import type { MarketHistory, marketBefore } from '../../../shared/domain/market/market-history.ts';
import type { qualityAsOf } from '../../../shared/domain/quality/judge.ts';
import type { EpochDay, EpochMs } from '../../../shared/kernel/units.ts';
import { splitAdjusted } from '../../../shared/providers/files/adjust-splits.ts';
import type { mergeReports } from '../../../shared/providers/files/merge-reports.ts';
import type { lastRowsBefore } from '../../../shared/stores/lake/bars-window.ts';
import type { factsInWindow } from '../../../shared/stores/lake/facts-window.ts';
import { dayAfter, type Leak, monthAfter, rowsBefore, sameRows } from './leak.ts';
import { inPlaceOf } from './planted.ts';

const msPerHour = 3_600_000;

export const dataLeaks: readonly Leak[] = [
  {
    name: 'bars are loaded up to and with the session',
    swaps: [inPlaceOf<typeof barsBefore>('barsBefore', (real) => (bars, day, count) => real(bars, dayAfter(day), count))],
  },
  {
    name: 'the market series ends with the session itself',
    indexed: true,
    swaps: [inPlaceOf<typeof marketBefore>('marketBefore', (real) => (history, day, count) => real(history, dayAfter(day), count))],
  },
  {
    name: 'a return of all companies is dated by the session it begins on',
    swaps: [
      inPlaceOf<typeof equalWeighted>('equalWeighted', (real) => (sums, companiesMin) => datedByItsBeginning(real(sums, companiesMin))),
    ],
  },
  {
    name: 'a return of the index is dated by the session it begins on',
    indexed: true,
    swaps: [inPlaceOf<typeof indexReturns>('indexReturns', (real) => (name, bars) => datedByItsBeginning(real(name, bars)))],
  },
  {
    name: 'the market is the mean of the companies that are still there at the end',
    swaps: [
      inPlaceOf<typeof addReturns>('addReturns', (real) => (series) => {
        const last = series.reduce((most, { day }) => Math.max(most, day.at(-1) ?? 0), 0);
        return real(series.filter(({ day }) => day.at(-1) === last));
      }),
    ],
  },
  {
    name: 'the universe is the list of the last day',
    swaps: [
      inPlaceOf<typeof judgeUniverse>('judgeUniverse', (real) => (question) => {
        const last = question.profiles.reduce((most, { lastDay }) => Math.max(most, lastDay ?? 0), 0);
        return real({ ...question, profiles: question.profiles.filter(({ lastDay }) => lastDay === last) });
      }),
    ],
  },
  {
    name: 'whoever is in the file is in the universe, listed yet or not',
    swaps: [
      inPlaceOf<typeof judgeUniverse>('judgeUniverse', (real) => (question) => {
        const before = previousSession(question.asOf);
        const profiles = question.profiles.map((profile) => ({ ...profile, firstDay: earlier(profile.firstDay, before) }));
        return real({ ...question, profiles });
      }),
    ],
  },
  {
    name: 'quality is judged as of the last row of the file',
    swaps: [
      inPlaceOf<typeof qualityAsOf>('qualityAsOf', (real) => (profile, asOf, rules) => {
        return { ...real(profile, nextSession(profile.lastDay ?? asOf), rules), asOf };
      }),
    ],
  },
  {
    name: 'governance counts the rows of the whole file',
    swaps: [
      inPlaceOf<typeof qualityAsOf>('qualityAsOf', (real) => (profile, asOf, rules) => {
        return { ...real(profile, asOf, rules), rows: profile.rows };
      }),
    ],
  },
  {
    name: 'dividends are adjusted for before later rows are cut off',
    swaps: [
      inPlaceOf<typeof dividendAdjusted>('dividendAdjusted', (real, everything) => (bars) => {
        return sameRows(real(everything.barsOf(bars.symbol)), bars);
      }),
    ],
  },
  {
    name: 'splits are adjusted for a second time, later ones among them',
    swaps: [inPlaceOf<typeof lastRowsBefore>('lastRowsBefore', (real) => (pieces, window) => real(pieces.map(splitAdjusted), window))],
  },
  {
    name: 'closes are smoothed by the two days before and after',
    swaps: [
      inPlaceOf<typeof lastRowsBefore>('lastRowsBefore', (real) => (pieces, window) => {
        return real(
          pieces.map((bars) => ({ ...bars, close: bars.close.map((_, row) => mean(bars.close.subarray(Math.max(0, row - 2), row + 3))) })),
          window,
        );
      }),
    ],
  },
  {
    name: 'the volume of a row is that of the row after it',
    swaps: [
      inPlaceOf<typeof lastRowsBefore>('lastRowsBefore', (real) => (pieces, window) => real(pieces.map(withVolumeOfTheNextRow), window)),
    ],
  },
  {
    name: 'volatility is that of the month to come',
    swaps: [
      inPlaceOf<typeof totalReturns>('totalReturns', (real, everything) => (bars) => {
        return real(rowsBefore(everything, bars.symbol, monthAfter(everything.asOf), bars.day.length));
      }),
    ],
  },
  {
    name: 'a report is known at the end of its quarter',
    swaps: [
      inPlaceOf<typeof factsBefore>('factsBefore', (real) => (facts, asOf) => {
        return real({ ...facts, reports: facts.reports.map((report) => ({ ...report, availableDay: report.periodEnd })) }, asOf);
      }),
    ],
  },
  {
    name: 'a restatement overwrites the report and keeps its day',
    swaps: [inPlaceOf<typeof mergeReports>('mergeReports', () => (files) => lastToldOnTheFirstDay(files.flat()))],
  },
  {
    name: 'a release is dated by the day before: its midnight in Greenwich is an evening in New York',
    swaps: [
      inPlaceOf<typeof factsInWindow>('factsInWindow', (real) => (facts, before) => {
        const earnings = facts.earnings.map((release) => ({ ...release, availableDay: (release.availableDay - 1) as EpochDay }));
        return real({ ...facts, earnings }, before);
      }),
    ],
  },
  {
    name: 'the wall clock of a headline is read as Greenwich time',
    swaps: [
      inPlaceOf<typeof factsInWindow>('factsInWindow', (real) => (facts, before) => {
        const news = facts.news.map((headline) => ({ ...headline, publishedAt: (headline.publishedAt - 4 * msPerHour) as EpochMs }));
        return real({ ...facts, news }, before);
      }),
    ],
  },
];

const datedByItsBeginning = (history: MarketHistory): MarketHistory => ({
  ...history,
  day: history.day.map((day) => previousSession(day as EpochDay)),
});

const earlier = (day: EpochDay | null, other: EpochDay): EpochDay | null => (day === null || day < other ? day : other);

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const withVolumeOfTheNextRow = (bars: DailyBars): DailyBars => ({
  ...bars,
  volume: bars.volume.map((value, row) => bars.volume[row + 1] ?? value),
});

function lastToldOnTheFirstDay(reports: readonly FundamentalReport[]): FundamentalReport[] {
  const byPeriod = new Map<EpochDay, FundamentalReport>();
  for (const report of reports) {
    const first = byPeriod.get(report.periodEnd);
    byPeriod.set(report.periodEnd, { ...report, availableDay: first?.availableDay ?? report.availableDay });
  }
  return [...byPeriod.values()];
}
