/**
 * When a large order trades: slices of a window of one session, each with how much is to be done in it.
 *
 * 1. The window is cut into buckets of `bucketMinutes` from its start; the last one may be shorter.                  bucketsOf
 * 2. VWAP: a bucket's weight is the fraction of the volume expected in it. TWAP: its minutes.
 * 3. Participation: no bucket takes more than `participationFracMax` of the volume expected in it. What the caps cut off is spread over the
 *    other buckets; what fits nowhere is `unplaced`, for the caller to decide on.
 * 4. Whole lots, summed exactly: slices + unplaced = quantity.                                                       share-out.ts
 *
 * VWAP as a benchmark: Berkowitz, Logue and Noser (1988), "The total cost of transactions on the NYSE", Journal of Finance 43.
 * Not covered: opening and closing auctions; a schedule over several days.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { EpochDay, EpochMs, Frac, Shares } from '../../../kernel/units.ts';
import { isSession, sessionOpen } from '../../market/calendar.ts';
import { MS_PER_MINUTE, minuteStartsAt, sessionMinutes } from './minute-session.ts';
import { shareOut } from './share-out.ts';
import type { VolumeProfile } from './volume-profile.ts';

export type ScheduleKind = 'vwap' | 'twap';

export interface ScheduleQuestion {
  readonly kind: ScheduleKind;
  readonly day: EpochDay;
  /** A whole number of lots. */
  readonly quantity: number;
  readonly lotShares: number;
  /** Whole minutes of the session, from the opening to the close. */
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly bucketMinutes: number;
  /** Of that session's length. A TWAP without participation limit needs none. */
  readonly profile: VolumeProfile | null;
  /** Null: no limit. */
  readonly participationFracMax: number | null;
}

export interface Slice {
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly quantity: Shares;
  /** Of this slice and all before it. */
  readonly cumulativeQuantity: Shares;
  /** Shares of the whole market; null without a profile. */
  readonly expectedVolume: number | null;
  readonly participationFrac: Frac | null;
}

export interface Schedule {
  readonly kind: ScheduleKind;
  readonly day: EpochDay;
  readonly quantity: Shares;
  /** Ascending; a slice may be of 0 shares. */
  readonly slices: readonly Slice[];
  /** What the participation limit leaves no room for. */
  readonly unplacedQuantity: Shares;
}

export type ScheduleRefusal = Refusal<
  | 'no-session'
  | 'end-before-start'
  | 'outside-session'
  | 'not-whole-minutes'
  | 'quantity-not-in-lots'
  | 'participation-not-a-fraction'
  | 'profile-needed'
  | 'profile-of-another-session'
  | 'no-volume-expected'
>;

export function scheduleOf(question: ScheduleQuestion): Schedule | ScheduleRefusal {
  const refusal = refusalOf(question);
  if (refusal) return refusal;
  const { kind, day, quantity, lotShares, profile, participationFracMax } = question;
  const buckets = bucketsOf(question);
  const volumes = profile && buckets.map(([from, to]) => expectedVolume(profile, from, to));
  const weights = kind === 'vwap' ? volumes! : buckets.map(([from, to]) => to - from);
  const caps = buckets.map((_, at) =>
    participationFracMax === null || volumes === null
      ? Number.POSITIVE_INFINITY
      : Math.floor((volumes[at]! * participationFracMax) / lotShares + TOLERANCE),
  );
  if (!weights.some((weight) => weight > 0)) return refuse('no-volume-expected', { kind });
  const lots = Math.round(quantity / lotShares);
  const shared = shareOut(lots, weights, caps);
  let done = 0;
  const slices = buckets.map(([from, to], at): Slice => {
    done += shared[at]!;
    const shares = inShares(shared[at]!, lotShares);
    const volume = volumes === null ? null : volumes[at]!;
    return {
      startsAt: minuteStartsAt(day, from),
      endsAt: minuteStartsAt(day, to),
      quantity: shares,
      cumulativeQuantity: inShares(done, lotShares),
      expectedVolume: volume,
      participationFrac: volume === null || volume === 0 ? null : ((shares / volume) as Frac),
    };
  });
  return { kind, day, quantity: quantity as Shares, slices, unplacedQuantity: inShares(lots - done, lotShares) };
}

/** Shares expected to trade from one minute of the session up to another (exclusive). */
export function expectedVolume({ minuteFracs, expectedVolume: whole }: VolumeProfile, from: number, to: number): number {
  let frac = 0;
  for (let minute = from; minute < to; minute++) frac += minuteFracs[minute]!;
  return frac * whole;
}

/** A quotient of decimals that misses a whole number by less than this is that number. */
const TOLERANCE = 1e-6;

/** To four decimals, which is as fine as a broker takes. */
const inShares = (lots: number, lotShares: number): Shares => (Math.round(lots * lotShares * 1e4) / 1e4) as Shares;

function refusalOf(question: ScheduleQuestion): ScheduleRefusal | undefined {
  const { kind, day, quantity, lotShares, startsAt, endsAt, bucketMinutes, profile, participationFracMax } = question;
  if (!isSession(day)) return refuse('no-session', { day });
  if (!(startsAt < endsAt)) return refuse('end-before-start', { startsAt, endsAt });
  const minutes = sessionMinutes(day);
  const [from, to] = minutesOf(question);
  if (from < 0 || to > minutes) return refuse('outside-session', { from, to, sessionMinutes: minutes });
  if (![from, to, bucketMinutes].every(Number.isInteger) || bucketMinutes < 1)
    return refuse('not-whole-minutes', { from, to, bucketMinutes });
  const lots = quantity / lotShares;
  if (!(quantity > 0 && lotShares > 0 && lots <= Number.MAX_SAFE_INTEGER && Math.abs(lots - Math.round(lots)) <= TOLERANCE))
    return refuse('quantity-not-in-lots', { quantity, lotShares });
  if (participationFracMax !== null && !(participationFracMax > 0 && participationFracMax <= 1))
    return refuse('participation-not-a-fraction', { participationFracMax });
  if (profile === null) return kind === 'vwap' || participationFracMax !== null ? refuse('profile-needed', { kind }) : undefined;
  return profile.minuteFracs.length === minutes
    ? undefined
    : refuse('profile-of-another-session', { profileMinutes: profile.minuteFracs.length, sessionMinutes: minutes });
}

const minutesOf = ({ day, startsAt, endsAt }: ScheduleQuestion): [number, number] => {
  const opens = sessionOpen(day);
  return [(startsAt - opens) / MS_PER_MINUTE, (endsAt - opens) / MS_PER_MINUTE];
};

function bucketsOf(question: ScheduleQuestion): Array<readonly [number, number]> {
  const [from, to] = minutesOf(question);
  const count = Math.ceil((to - from) / question.bucketMinutes);
  return Array.from({ length: count }, (_, at) => {
    const start = from + at * question.bucketMinutes;
    return [start, Math.min(to, start + question.bucketMinutes)] as const;
  });
}
