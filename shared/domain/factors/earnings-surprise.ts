/**
 * Standardised unexpected earnings of a company's latest release.
 *
 * 1. All releases are in the split-adjusted shares of the bars: ingest sees to it.
 * 2. unexpected = earnings − what analysts expected, when they are known to have expected something; otherwise
 *    earnings − earnings of the same quarter a year before (seasonal random walk).                               unexpectedBy…
 * 3. SUE = the latest unexpected earnings / the sample standard deviation of those of up to eight releases before it.
 *
 * Sources: Bernard & Thomas (1989), J. Accounting Research 27; the deviation over eight quarters is that of Chan, Jegadeesh & Lakonishok
 * (1996), J. Finance 51(5), with at least six as in Hou, Xue & Zhang (2015), Review of Financial Studies 28(3). Livnat & Mendenhall (2006)
 * find more drift after surprises to analysts, so these come first.
 * Not covered: the trend term of Foster's model.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay } from '../../kernel/units.ts';
import type { EarningsRelease } from '../market/facts.ts';
import type { EarningsDriftRules } from '../policy/factor-rules.ts';

export interface EarningsSurprise {
  readonly kind: 'surprise';
  readonly announcedOn: EpochDay;
  /** Unexpected earnings over their deviation; signed. */
  readonly standardized: number;
  readonly unexpectedUsd: number;
  readonly deviationUsd: number;
  /** How many past surprises the deviation comes from. */
  readonly pastSurprises: number;
  /** What was expected, and by whom. */
  readonly against: 'estimate' | 'year-before';
}

type SurpriseRefusal = Refusal<'no-earnings' | 'surprises-too-few'>;

/** Of the releases known before `asOf`; `releases` ascend by day, and of two on one day the later listed holds. */
export function earningsSurprise(
  releases: readonly EarningsRelease[],
  asOf: EpochDay,
  rules: EarningsDriftRules,
): EarningsSurprise | SurpriseRefusal {
  const known = onePerDay(releases, asOf);
  if (known.length === 0) return refuse('no-earnings');
  const toEstimates = standardize(known, unexpectedByEstimate(known), 'estimate', rules);
  return toEstimates.kind === 'surprise' ? toEstimates : standardize(known, unexpectedByYear(known, rules), 'year-before', rules);
}

function onePerDay(releases: readonly EarningsRelease[], asOf: EpochDay): EarningsRelease[] {
  const byDay = new Map<EpochDay, EarningsRelease>();
  for (const release of releases) {
    if (release.availableDay < asOf && Number.isFinite(release.epsUsd)) byDay.set(release.availableDay, release);
  }
  return [...byDay.values()].sort((a, b) => a.availableDay - b.availableDay);
}

/** NaN where nobody is known to have expected anything. */
const unexpectedByEstimate = (releases: readonly EarningsRelease[]): readonly number[] =>
  releases.map(({ epsUsd, epsEstimateUsd }) => epsUsd - (epsEstimateUsd ?? Number.NaN));

/** NaN where no release lies a year before. */
const unexpectedByYear = (releases: readonly EarningsRelease[], { yearDaysMin, yearDaysMax }: EarningsDriftRules): readonly number[] =>
  releases.map(({ availableDay, epsUsd }) => {
    const before = releases.findLast((other) => {
      const days = availableDay - other.availableDay;
      return days >= yearDaysMin && days <= yearDaysMax;
    });
    return epsUsd - (before?.epsUsd ?? Number.NaN);
  });

function standardize(
  releases: readonly EarningsRelease[],
  unexpected: readonly number[],
  against: EarningsSurprise['against'],
  { surprisesMax, surprisesMin, deviationUsdMin }: EarningsDriftRules,
): EarningsSurprise | SurpriseRefusal {
  const latest = unexpected.at(-1)!;
  const past = unexpected.slice(0, -1).slice(-surprisesMax).filter(Number.isFinite);
  if (!Number.isFinite(latest) || past.length < Math.max(2, surprisesMin)) return refuse('surprises-too-few', { past: past.length });
  const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
  const variance = past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (past.length - 1);
  const deviationUsd = Math.max(deviationUsdMin, Math.sqrt(variance));
  return {
    kind: 'surprise',
    announcedOn: releases.at(-1)!.availableDay,
    standardized: latest / deviationUsd,
    unexpectedUsd: latest,
    deviationUsd,
    pastSurprises: past.length,
    against,
  };
}
