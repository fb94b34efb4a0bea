/**
 * Figures per share. Released earnings and share counts are in the split-adjusted shares of the bars (ingest sees to it), so they are held
 * against a close, and against each other across a split, as they are.
 *
 * 1. The longest run of quarterly releases that ends with the newest known before `asOf`: 40 to 135 days apart.      releasesKnown
 * 2. Earnings of four quarters per share: as released, else net income over shares outstanding.                     earningsPerShareUsd
 * 3. Regular dividends of a year over the close.                                                                    dividendYieldFrac
 *
 * Not covered: splits after the last bar that one vendor has applied and another has not; every yield is then wrong by their ratio, and no
 * decision can know it. Released earnings are as companies and analysts state them, often before special items.
 */
import { isRefusal, type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { EpochDay } from '../../../kernel/units.ts';
import type { DailyBars } from '../../market/bars.ts';
import type { EarningsRelease, FundamentalReport } from '../../market/facts.ts';
import { isQuarter, latest, QUARTERS_PER_YEAR, trailingSum } from './trailing.ts';

/** Four consecutive quarters or more, oldest first. */
export function releasesKnown(
  earnings: readonly EarningsRelease[],
  asOf: EpochDay,
  ageDaysMax: number,
): readonly EarningsRelease[] | Refusal<'no-releases' | 'releases-too-few' | 'releases-stale' | 'release-not-finite'> {
  const known = earnings.filter(({ availableDay }) => availableDay < asOf);
  const newest = known.at(-1);
  if (newest === undefined) return refuse('no-releases');
  const ageDays = asOf - newest.availableDay;
  if (ageDays > ageDaysMax) return refuse('releases-stale', { ageDays, ageDaysMax });
  let start = known.length - 1;
  while (start > 0 && isQuarter(known[start]!.availableDay - known[start - 1]!.availableDay)) start--;
  const run = known.slice(start);
  if (run.length < QUARTERS_PER_YEAR) return refuse('releases-too-few', { releases: run.length });
  return run.every(({ epsUsd }) => Number.isFinite(epsUsd)) ? run : refuse('release-not-finite');
}

/** Sum over the four releases that end `yearsBack` years before the newest; null when there are fewer. */
export function releasedEarningsUsd(releases: readonly EarningsRelease[], yearsBack = 0): number | null {
  const end = releases.length - QUARTERS_PER_YEAR * yearsBack;
  if (end < QUARTERS_PER_YEAR) return null;
  let sum = 0;
  for (let i = end - QUARTERS_PER_YEAR; i < end; i++) sum += releases[i]!.epsUsd;
  return sum;
}

/** Of the newest quarter; null when not reported or not positive. */
export function shareCount(quarters: readonly FundamentalReport[]): number | null {
  const shares = latest(quarters, 'sharesOutstanding');
  return shares !== null && shares > 0 ? shares : null;
}

/** Earnings of four quarters: as released, else net income over the share count; null when neither is known. */
export function earningsPerShareUsd(
  releases: readonly EarningsRelease[] | Refusal,
  quarters: readonly FundamentalReport[] | Refusal,
): number | null {
  if (!isRefusal(releases)) return releasedEarningsUsd(releases);
  if (isRefusal(quarters)) return null;
  const netIncomeUsd = trailingSum(quarters, 'netIncomeUsd');
  const shares = shareCount(quarters);
  return netIncomeUsd === null || shares === null ? null : netIncomeUsd / shares;
}

/**
 * Regular dividends of the last `sessions` bars over the last close; null when bars are fewer or nothing was paid. A company that pays nothing
 * is not dear for it.
 */
export function dividendYieldFrac({ close, dividend }: DailyBars, sessions: number, regularFracMax: number): number | null {
  if (close.length < sessions) return null;
  let paidUsd = 0;
  for (let i = Math.max(1, close.length - sessions); i < close.length; i++) {
    if (dividend[i]! <= regularFracMax * close[i - 1]!) paidUsd += dividend[i]!;
  }
  const yieldFrac = paidUsd / close.at(-1)!;
  return yieldFrac > 0 && Number.isFinite(yieldFrac) ? yieldFrac : null;
}
