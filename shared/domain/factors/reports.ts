/**
 * A company's quarters as they were known on a day, and figures of whole years from them.
 *
 * 1. Only what was available before `asOf` is seen. Of several reports of one period the latest available holds, so a restatement
 *    counts from the day it was told. Periods are ordered by when they ended: a late filing for an old quarter displaces no newer one.   latestReports
 * 2. A year's flow is the sum of four neighbouring quarters. A missing quarter or figure refuses; three quarters are no year.            trailingYear
 * 3. The same quarter of an earlier year is found by its date, so that a gap between does not matter.                                   reportYearsBefore
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay } from '../../kernel/units.ts';
import type { FundamentalReport, SymbolFacts } from '../market/facts.ts';

/** The figures that add up over a year. */
export type FlowFigure = 'revenueUsd' | 'netIncomeUsd' | 'operatingCashFlowUsd' | 'capitalExpenditureUsd' | 'freeCashFlowUsd';

/** Days between the ends of neighbouring quarters; anything else is a gap. */
export interface QuarterSpacing {
  readonly quarterDaysMin: number;
  readonly quarterDaysMax: number;
}

const DAYS_PER_YEAR = 365.25;

/** The reports of the `count` newest periods known before `asOf`, oldest period first. A report older than its own period is not believed. */
export function latestReports({ reports }: Pick<SymbolFacts, 'reports'>, asOf: EpochDay, count: number): readonly FundamentalReport[] {
  const byPeriod = new Map<EpochDay, FundamentalReport>();
  for (const report of reports) {
    if (report.availableDay >= asOf || report.availableDay < report.periodEnd) continue;
    const other = byPeriod.get(report.periodEnd);
    if (other === undefined || report.availableDay >= other.availableDay) byPeriod.set(report.periodEnd, report);
  }
  return [...byPeriod.values()].sort((a, b) => a.periodEnd - b.periodEnd).slice(-count);
}

/** The sum of the four quarters that end with `reports[last]`, USD. */
export function trailingYear(
  reports: readonly FundamentalReport[],
  last: number,
  figure: FlowFigure,
  { quarterDaysMin, quarterDaysMax }: QuarterSpacing,
): number | Refusal<'history-too-short' | 'quarter-missing' | 'figure-missing'> {
  if (last < 3 || last >= reports.length) return refuse('history-too-short', { quarters: last + 1 });
  let sum = 0;
  for (let i = last - 3; i <= last; i++) {
    const { periodEnd, [figure]: amount } = reports[i]!;
    const days = i === last - 3 ? quarterDaysMin : periodEnd - reports[i - 1]!.periodEnd;
    if (days < quarterDaysMin || days > quarterDaysMax) return refuse('quarter-missing', { periodEnd, days });
    if (amount === null || !Number.isFinite(amount)) return refuse('figure-missing', { periodEnd, figure });
    sum += amount;
  }
  return sum;
}

/** Index of the report whose quarter ended that many years before that of `reports[last]`; −1 when there is none near enough. */
export function reportYearsBefore(reports: readonly FundamentalReport[], last: number, years: number, toleranceDays: number): number {
  const anniversary = reports[last]!.periodEnd - years * DAYS_PER_YEAR;
  return reports.findIndex(({ periodEnd }) => Math.abs(periodEnd - anniversary) <= toleranceDays);
}
