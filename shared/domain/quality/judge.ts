/**
 * The quality of a symbol as it stood before a date, from its profile alone.
 *
 * score = 1 − (missing·missingDatesFrac + duplicate·duplicateFrac + zeroOrNegative·flag + spike·flag), weights from the policy.
 * The weights sum to less than 0.4 for any one fault, so the score cannot fail on a bad price by itself; hence each veto blocks alone:
 * zero or negative price · inconsistent bar · repeated date · last bar older than the calendar allows · move that looks like an unfiled split.
 *
 * An open outside the range and a row on a day without a session are in the profile but veto nothing: they leave close, high and low usable.
 * "Before" is strict: judged as of session D, rows dated D and later are unknown. A bar is expected for the session before D.
 */
import { formatDay } from '../../kernel/days.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { calendarCovers, countSessions, previousSession, sessionsBack } from '../market/calendar.ts';
import type { QualityRules } from '../policy/policy.ts';
import { type QualityProfile, SPIKE_LOG_RETURN_LISTED } from './profile.ts';

export type VetoReason =
  | 'zero-or-negative-price'
  | 'inconsistent-bar'
  | 'duplicate-date'
  | 'last-bar-stale'
  | 'unexplained-split-like-move';

export interface Veto {
  readonly reason: VetoReason;
  /** The latest day that shows it; for a stale symbol, its last bar. */
  readonly day: EpochDay;
  /** How many days show it. */
  readonly count: number;
  /** What was found there, in words for the operator. */
  readonly finding: string;
}

export interface QualityJudgement {
  readonly asOf: EpochDay;
  readonly rows: number;
  /** Last session with a row before `asOf`; null when there is none. */
  readonly lastDay: EpochDay | null;
  /** 1 is perfect. */
  readonly score: number;
  readonly missingDatesFrac: number;
  readonly duplicateFrac: number;
  readonly zeroOrNegativeFlag: 0 | 1;
  readonly extremeSpikeFlag: 0 | 1;
  readonly vetoes: readonly Veto[];
}

/** Judges the rows strictly before `asOf`. No rows give a score of 0. @throws ContractViolation when the calendar does not cover `asOf`. */
export function qualityAsOf(profile: QualityProfile, asOf: EpochDay, rules: QualityRules): QualityJudgement {
  if (!calendarCovers(asOf)) throw new ContractViolation('quality is judged on dates the calendar covers', { asOf });
  if (rules.extremeSpikeLogReturn < SPIKE_LOG_RETURN_LISTED) {
    throw new ContractViolation('profiles list spikes from 0.25 on: the policy limit lies at or above it', { ...rules });
  }
  const lastDay = lastRowBefore(profile, asOf);
  if (lastDay === null || profile.firstDay === null || profile.lastDay === null) return nothingKnown(asOf);

  const from = rules.judgedSessions === null ? null : sessionsBack(asOf, rules.judgedSessions);
  const judged = <T extends { day: EpochDay }>(items: readonly T[]): T[] =>
    items.filter(({ day }) => day < asOf && (from === null || day >= from));
  const dated = (days: readonly EpochDay[]) => judged(days.map((day) => ({ day })));

  const start = from !== null && from > profile.firstDay ? from : profile.firstDay;
  const expected = Math.max(1, countSessions(start, previousSession(asOf)));
  const unseen = countSessions(Math.max(profile.lastDay + 1, start) as EpochDay, previousSession(asOf));
  const duplicates = dated(profile.duplicateDays);
  const rows = rowsBefore(profile, asOf);
  const judgedRows = from === null ? rows : Math.max(1, rows - rowsBefore(profile, from));

  const missingDatesFrac = Math.min(1, (dated(profile.missingDays).length + unseen) / expected);
  const duplicateFrac = Math.min(1, duplicates.length / judgedRows);
  const nonPositive = judged(profile.nonPositive);
  const spikes = judged(profile.spikes).filter(({ moveFrac }) => Math.abs(Math.log1p(moveFrac)) > rules.extremeSpikeLogReturn);
  const zeroOrNegativeFlag = nonPositive.length > 0 ? 1 : 0;
  const extremeSpikeFlag = spikes.length > 0 ? 1 : 0;

  const score =
    1 -
    (rules.missingDatesWeight * missingDatesFrac +
      rules.duplicateWeight * duplicateFrac +
      rules.zeroOrNegativeWeight * zeroOrNegativeFlag +
      rules.extremeSpikeWeight * extremeSpikeFlag);

  const vetoes = [
    vetoFrom('zero-or-negative-price', nonPositive, ({ field, value }) => `${field} is ${value ?? 'not a number'}`),
    vetoFrom('inconsistent-bar', judged(profile.inconsistent.filter(({ why }) => why !== 'open-outside-range')), ({ why }) =>
      why.replaceAll('-', ' '),
    ),
    vetoFrom('duplicate-date', duplicates, () => 'more than one row'),
    staleVeto(lastDay, asOf),
    vetoFrom('unexplained-split-like-move', judged(profile.unexplainedMoves), describeMove),
  ].filter((veto): veto is Veto => veto !== undefined);

  return { asOf, rows, lastDay, score, missingDatesFrac, duplicateFrac, zeroOrNegativeFlag, extremeSpikeFlag, vetoes };
}

const describeMove = ({ ratio, looksLike }: { ratio: number; looksLike: string }): string =>
  `price moved by a factor of ${ratio.toFixed(4)}, like a ${looksLike} split that is not on file`;

const nothingKnown = (asOf: EpochDay): QualityJudgement => ({
  asOf,
  rows: 0,
  lastDay: null,
  score: 0,
  missingDatesFrac: 1,
  duplicateFrac: 0,
  zeroOrNegativeFlag: 0,
  extremeSpikeFlag: 0,
  vetoes: [],
});

function vetoFrom<T extends { readonly day: EpochDay }>(
  reason: VetoReason,
  found: readonly T[],
  finding: (item: T) => string,
): Veto | undefined {
  const latest = found.at(-1);
  if (latest === undefined) return undefined;
  return { reason, day: latest.day, count: found.length, finding: `${finding(latest)} on ${formatDay(latest.day)}` };
}

function staleVeto(lastDay: EpochDay, asOf: EpochDay): Veto | undefined {
  const due = previousSession(asOf);
  if (lastDay >= due) return undefined;
  return {
    reason: 'last-bar-stale',
    day: lastDay,
    count: countSessions((lastDay + 1) as EpochDay, due),
    finding: `last bar is of ${formatDay(lastDay)}, due is ${formatDay(due)}`,
  };
}

/** Exact, without the rows: sessions since the first, less the missing, plus those too many. */
function rowsBefore(profile: QualityProfile, before: EpochDay): number {
  const extra = countBefore(profile.duplicateDays, before) + countBefore(profile.offCalendarDays, before);
  if (profile.firstDay === null || profile.lastDay === null || profile.firstDay >= before) return extra;
  const until = Math.min(profile.lastDay, before - 1) as EpochDay;
  return countSessions(profile.firstDay, until) - countBefore(profile.missingDays, before) + extra;
}

const countBefore = (days: readonly EpochDay[], before: EpochDay): number => days.filter((day) => day < before).length;

function lastRowBefore(profile: QualityProfile, asOf: EpochDay): EpochDay | null {
  if (profile.firstDay === null || profile.lastDay === null || profile.firstDay >= asOf) return null;
  if (profile.lastDay < asOf) return profile.lastDay;
  const missing = new Set<number>(profile.missingDays);
  let day = previousSession(asOf);
  while (missing.has(day)) day = previousSession(day);
  return day;
}
