/**
 * Quarterly reports as they were known on a day, and sums over four of them.
 *
 * 1. Reports available before `asOf`; of two that tell of the same quarter the later one counts.         quartersKnown
 * 2. The longest run of consecutive quarters that ends with the newest: period ends 40 to 135 days apart, which admits retailers' quarters of
 *    12 and 17 weeks and no gap of two quarters.
 * 3. Sums over four quarters of the run; null where one of them does not report the figure.               trailingSum
 *
 * Reports that became known late (a comparative filed a year later) take their place by period, not by day of publication.
 * Not covered: changes of the fiscal year, which end the run.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { EpochDay } from '../../../kernel/units.ts';
import type { FundamentalReport } from '../../market/facts.ts';

export const QUARTER_DAYS_MIN = 40;
export const QUARTER_DAYS_MAX = 135;
export const QUARTERS_PER_YEAR = 4;

export type Figure = Exclude<keyof FundamentalReport, 'periodEnd' | 'availableDay'>;

/** The run of consecutive quarters up to the newest known before `asOf`, oldest first, never empty. */
export function quartersKnown(
  reports: readonly FundamentalReport[],
  asOf: EpochDay,
  ageDaysMax: number,
): readonly FundamentalReport[] | Refusal<'no-reports' | 'reports-stale'> {
  const byPeriod = new Map<EpochDay, FundamentalReport>();
  for (const report of reports) {
    if (!(report.availableDay < asOf && report.periodEnd <= report.availableDay)) continue;
    const other = byPeriod.get(report.periodEnd);
    if (other === undefined || other.availableDay <= report.availableDay) byPeriod.set(report.periodEnd, report);
  }
  const known = [...byPeriod.values()].sort((a, b) => a.periodEnd - b.periodEnd);
  const newest = known.at(-1);
  if (newest === undefined) return refuse('no-reports');
  const ageDays = asOf - newest.periodEnd;
  if (ageDays > ageDaysMax) return refuse('reports-stale', { ageDays, ageDaysMax });
  let start = known.length - 1;
  while (start > 0 && isQuarter(known[start]!.periodEnd - known[start - 1]!.periodEnd)) start--;
  return known.slice(start);
}

/** Sum of a figure over the four quarters that end `yearsBack` years before the newest; null when one is missing. */
export function trailingSum(quarters: readonly FundamentalReport[], figure: Figure, yearsBack = 0): number | null {
  const end = quarters.length - QUARTERS_PER_YEAR * yearsBack;
  if (end < QUARTERS_PER_YEAR) return null;
  let sum = 0;
  for (let i = end - QUARTERS_PER_YEAR; i < end; i++) {
    const value = reported(quarters[i], figure);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

/** The figure of the quarter `yearsBack` years before the newest; null when it is missing or no number. */
export const latest = (quarters: readonly FundamentalReport[], figure: Figure, yearsBack = 0): number | null =>
  reported(quarters[quarters.length - 1 - QUARTERS_PER_YEAR * yearsBack], figure);

/** Change over the mean of both sizes: within ±2, and it means something when a loss turns into a profit. Null without two figures. */
export function symmetricGrowth(now: number | null, before: number | null): number | null {
  if (now === null || before === null) return null;
  const size = (Math.abs(now) + Math.abs(before)) / 2;
  return size > 0 ? (now - before) / size : null;
}

/** Whether two dates lie a quarter apart. */
export const isQuarter = (days: number): boolean => days >= QUARTER_DAYS_MIN && days <= QUARTER_DAYS_MAX;

function reported(report: FundamentalReport | undefined, figure: Figure): number | null {
  const value = report?.[figure] ?? null;
  return value !== null && Number.isFinite(value) ? value : null;
}
