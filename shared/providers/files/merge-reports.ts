/**
 * One report for each quarter out of several files. Files name the end of a quarter differently (the 27th of June, or the month's
 * last day), so period ends within some days of each other are one quarter.
 *
 * The report that was available first stays, as first published, with its numbers; of two on the same day the one from the file
 * named first. Another record of the quarter fills only what that report left out, and only if it was available no later: a number
 * that came out afterwards would be known too early under the earlier day, and the report known too late under the later one.
 */
import type { FundamentalReport } from '../../domain/market/facts.ts';

/** Quarters are about 91 days apart, a calendar's month end at most a week from a fiscal one. */
const sameQuarterDaysMax = 20;

/** Ascending by the day they became known, then by period. */
export function mergeReports(files: readonly (readonly FundamentalReport[])[]): FundamentalReport[] {
  const inTurn = files.flatMap((reports, file) => reports.map((report) => ({ report, file })));
  inTurn.sort((a, b) => a.report.availableDay - b.report.availableDay || a.file - b.file || a.report.periodEnd - b.report.periodEnd);
  const merged: FundamentalReport[] = [];
  for (const { report } of inTurn) {
    const known = merged.findIndex(({ periodEnd }) => Math.abs(periodEnd - report.periodEnd) <= sameQuarterDaysMax);
    if (known === -1) merged.push(report);
    else if (merged[known]!.availableDay === report.availableDay) merged[known] = filled(merged[known]!, report);
  }
  return merged.sort((a, b) => a.availableDay - b.availableDay || a.periodEnd - b.periodEnd);
}

const filled = (report: FundamentalReport, other: FundamentalReport): FundamentalReport => ({
  periodEnd: report.periodEnd,
  availableDay: report.availableDay,
  revenueUsd: report.revenueUsd ?? other.revenueUsd,
  netIncomeUsd: report.netIncomeUsd ?? other.netIncomeUsd,
  totalAssetsUsd: report.totalAssetsUsd ?? other.totalAssetsUsd,
  equityUsd: report.equityUsd ?? other.equityUsd,
  operatingCashFlowUsd: report.operatingCashFlowUsd ?? other.operatingCashFlowUsd,
  capitalExpenditureUsd: report.capitalExpenditureUsd ?? other.capitalExpenditureUsd,
  freeCashFlowUsd: report.freeCashFlowUsd ?? other.freeCashFlowUsd,
  sharesOutstanding: report.sharesOutstanding ?? other.sharesOutstanding,
});
