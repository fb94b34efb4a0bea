/**
 * Whether an order is worked in slices, and in which: an order of at least the rule's part of the average daily volume becomes a parent. It is
 * never sent itself; its slices are ordinary orders, which together never exceed it.
 *
 * 1. The window begins with the next whole minute, and ends after the rule's minutes, or so long before the close as the rule says.
 * 2. The schedule, from the measured curve that the rule names.                                                       schedule.ts
 * 3. What its participation limit leaves no room for stays undone, and is said.
 *
 * An unknown average daily volume makes no parent: the pre-trade checks refuse such an order anyway.
 */
import { isRefusal, type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { EpochMs } from '../../../kernel/units.ts';
import { sessionState } from '../../market/calendar.ts';
import type { AlgoRules } from '../../policy/algo-rules.ts';
import { profileOfCurve } from './intraday-curves.ts';
import { MS_PER_MINUTE } from './minute-session.ts';
import { type Schedule, type ScheduleRefusal, scheduleOf } from './schedule.ts';

export interface ParentQuestion {
  /** Shares, to 4 decimals. */
  readonly quantity: number;
  readonly averageDailyVolume: number | null;
  readonly wholeSharesOnly: boolean;
  readonly now: EpochMs;
}

/** Null: send it as it is. */
export function planParent(question: ParentQuestion, rules: AlgoRules): Schedule | ScheduleRefusal | Refusal<'market-closed'> | null {
  const { quantity, averageDailyVolume, wholeSharesOnly, now } = question;
  if (rules.kind === 'none' || averageDailyVolume === null || !(averageDailyVolume > 0)) return null;
  if (!(quantity / averageDailyVolume >= rules.aboveAverageDailyVolumeFrac)) return null;
  const session = sessionState(now);
  if (session.kind === 'closed') return refuse('market-closed', { now });
  const startsAt = (Math.ceil(now / MS_PER_MINUTE) * MS_PER_MINUTE) as EpochMs;
  const endsAt = Math.min(startsAt + rules.windowMinutes * MS_PER_MINUTE, session.closesAt - rules.endsBeforeCloseMinutes * MS_PER_MINUTE);
  const schedule = scheduleOf({
    ...{ kind: rules.kind, day: session.session, quantity, startsAt, endsAt: endsAt as EpochMs },
    lotShares: wholeSharesOnly || Number.isInteger(quantity) ? 1 : 0.0001,
    ...{ bucketMinutes: rules.bucketMinutes, participationFracMax: rules.participationFracMax },
    profile: profileOfCurve(rules.curve, session.session, averageDailyVolume),
  });
  return isRefusal(schedule) ? schedule : withoutEmptySlices(schedule);
}

/** A slice without shares is nothing to wake up for. */
const withoutEmptySlices = (schedule: Schedule): Schedule => ({
  ...schedule,
  slices: schedule.slices.filter(({ quantity }) => quantity > 0),
});
