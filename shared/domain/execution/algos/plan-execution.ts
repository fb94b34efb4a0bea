/**
 * A schedule for one order on one day, from the minutes of earlier days, with what it is expected to cost, and what it would have cost where
 * the day has happened.
 *
 * 1. Sessions up to the day are brought to the same shares.                                  align-splits.ts
 * 2. The curve and the volume of the sessions before it.                                     volume-profile.ts
 * 3. The slices.                                                                              schedule.ts
 * 4. Impact, from those sessions' volume and volatility.                                     market-impact.ts
 * 5. Replay: this schedule, the other kind, and the whole order at the first price of the window, each against the market's price of it.
 *    Nothing of the day itself goes into 2 to 4.                                             track-schedule.ts
 * 6. Warnings: whatever makes the plan weaker than it looks.
 */
import { isRefusal, type Refusal } from '../../../kernel/refusal.ts';
import type { Bps, EpochDay, EpochMs, Price } from '../../../kernel/units.ts';
import type { Side } from '../order-terms.ts';
import { type AlignedSessions, alignSplits } from './align-splits.ts';
import { type ImpactEstimate, impactOf } from './market-impact.ts';
import { type MinuteSession, MS_PER_MINUTE, minuteStartsAt, volumeWeightedPrice } from './minute-session.ts';
import { realizedDailyVol } from './realized-volatility.ts';
import { type Schedule, type ScheduleKind, type ScheduleRefusal, scheduleOf } from './schedule.ts';
import { slippageBps, type Tracking, trackSchedule } from './track-schedule.ts';
import { type ProfileRule, type VolumeProfile, volumeProfile } from './volume-profile.ts';

export interface ExecutionQuestion {
  readonly kind: ScheduleKind;
  readonly side: Side;
  readonly day: EpochDay;
  readonly quantity: number;
  readonly lotShares: number;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly bucketMinutes: number;
  readonly participationFracMax: number | null;
  readonly profileRule: ProfileRule;
  /** Y of the square-root law. */
  readonly impactCoefficient: number;
}

/** What each way to trade would have got; slippage against the market's price of the window, positive is a cost. */
export interface Replay {
  readonly marketPrice: Price;
  readonly schedule: Tracking;
  /** The same order scheduled the other way, without a participation limit. */
  readonly other: Tracking & { readonly kind: ScheduleKind };
  readonly atOncePrice: Price;
  readonly atOnceSlippageBps: Bps;
}

export type PlanWarning =
  | { readonly kind: 'few-sessions'; readonly sessions: number }
  | { readonly kind: 'compressed-profile' }
  | { readonly kind: 'sessions-passed-over'; readonly sessions: number }
  | { readonly kind: 'split'; readonly day: EpochDay; readonly looksLike: string }
  | { readonly kind: 'unplaced'; readonly quantity: number }
  | { readonly kind: 'large-share-of-volume'; readonly participationFrac: number };

export interface ExecutionPlan {
  readonly schedule: Schedule;
  readonly profile: VolumeProfile;
  readonly dailyVol: number;
  readonly impact: ImpactEstimate;
  /** Null where the day is not among the sessions, or nothing traded in the window. */
  readonly replay: Replay | null;
  readonly warnings: readonly PlanWarning[];
}

/** `sessions` of one symbol, as traded, ascending by day; later ones than `day` are not looked at. */
export function planExecution(
  sessions: readonly MinuteSession[],
  question: ExecutionQuestion,
): ExecutionPlan | ScheduleRefusal | Refusal<'too-few-sessions'> {
  const aligned = alignSplits(sessions.filter(({ day }) => day <= question.day));
  const profile = volumeProfile(aligned.sessions, question.day, question.profileRule);
  if (isRefusal(profile)) return profile;
  const schedule = scheduleOf({ ...question, profile });
  if (isRefusal(schedule)) return schedule;
  const dailyVol = realizedDailyVol(aligned.sessions.filter(({ day }) => profile.days.includes(day)));
  const today = aligned.sessions.find(({ day }) => day === question.day);
  return {
    schedule,
    profile,
    dailyVol,
    impact: impactOf(schedule, profile, { dailyVol, coefficient: question.impactCoefficient }),
    replay: today === undefined ? null : replayOf(schedule, today, question, profile),
    warnings: warningsOf(schedule, profile, aligned),
  };
}

function replayOf(schedule: Schedule, session: MinuteSession, question: ExecutionQuestion, profile: VolumeProfile): Replay | null {
  const kind = question.kind === 'vwap' ? 'twap' : 'vwap';
  const other = scheduleOf({ ...question, kind, profile, participationFracMax: null });
  if (isRefusal(other)) return null;
  const opens = minuteStartsAt(session.day, 0);
  const [from, to] = [question.startsAt, question.endsAt].map((at) => (at - opens) / MS_PER_MINUTE) as [number, number];
  const marketPrice = volumeWeightedPrice(session, from, to);
  const atOncePrice = session.open.subarray(from, to).find((price) => price > 0);
  if (Number.isNaN(marketPrice) || atOncePrice === undefined) return null;
  return {
    marketPrice: marketPrice as Price,
    schedule: trackSchedule(schedule, session, question.side),
    other: { kind, ...trackSchedule(other, session, question.side) },
    atOncePrice: atOncePrice as Price,
    atOnceSlippageBps: slippageBps(atOncePrice, marketPrice, question.side),
  };
}

/** Fewer sessions than a week make a curve of single trades. */
const SESSIONS_FOR_A_CURVE = 5;
/** More than this of the volume is seen by everybody. */
const LARGE_SHARE_FRAC = 0.1;

function warningsOf(schedule: Schedule, { days, basis, passedOver }: VolumeProfile, { splits }: AlignedSessions): PlanWarning[] {
  const largest = schedule.slices.reduce((most, { participationFrac }) => Math.max(most, participationFrac ?? 0), 0);
  return [
    ...splits.map((split) => ({ kind: 'split' as const, ...split })),
    ...(days.length < SESSIONS_FOR_A_CURVE ? [{ kind: 'few-sessions' as const, sessions: days.length }] : []),
    ...(basis === 'compressed' ? [{ kind: 'compressed-profile' as const }] : []),
    ...(passedOver.length > 0 ? [{ kind: 'sessions-passed-over' as const, sessions: passedOver.length }] : []),
    ...(schedule.unplacedQuantity > 0 ? [{ kind: 'unplaced' as const, quantity: schedule.unplacedQuantity }] : []),
    ...(largest > LARGE_SHARE_FRAC ? [{ kind: 'large-share-of-volume' as const, participationFrac: largest }] : []),
  ];
}
