/**
 * How the volume of a symbol is spread over a session: the mean, over earlier sessions, of the fraction of the day's volume in each minute.
 *
 * 1. Sessions strictly before the day that is planned, and not older than the rule looks back; partial ones, and those without a trade, are
 *    passed over and named.
 * 2. Each session is cut into fractions of its own volume first, so that a busy day does not outvote a quiet one; then the mean by minute.
 * 3. A day that closes at 13:00 is profiled from such days. Where there are too few, full sessions are compressed: the share of the volume
 *    done after a given fraction of the session is taken to be the same, and the day's volume to be in proportion to its minutes.   compressedTo
 *    The result says which of the two it is.
 *
 * The mean volume curve as a forecast is the baseline of Białkowski, Darolles and Le Fol (2008), "Improving VWAP strategies: a dynamic volume
 * approach", Journal of Banking & Finance 32. Not covered: their dynamic part, and days that are known to differ (index rebalancing, expiry).
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { EpochDay } from '../../../kernel/units.ts';
import { isShortSession, sessionsBack } from '../../market/calendar.ts';
import { isPartial, type MinuteSession, sessionMinutes, sessionVolume } from './minute-session.ts';

export interface VolumeProfile {
  /** One element for each minute of the session; they sum to 1. */
  readonly minuteFracs: Float64Array;
  /** Shares in a whole session. */
  readonly expectedVolume: number;
  /** The sessions behind it, ascending. */
  readonly days: readonly EpochDay[];
  readonly basis: 'own' | 'compressed';
  readonly passedOver: ReadonlyArray<{ readonly day: EpochDay; readonly why: 'partial' | 'no-volume' }>;
}

export interface ProfileRule {
  /** Fewer make no profile. */
  readonly sessionsMin: number;
  /** Sessions of the exchange before the day that is planned, of which those on file are used. */
  readonly lookbackSessions: number;
  /** The same for days that close at 13:00, of which a year has about three. */
  readonly shortLookbackSessions: number;
}

/** `sessions` of one symbol, in the same shares (align-splits.ts). @throws ContractViolation when `day` is no session. */
export function volumeProfile(
  sessions: readonly MinuteSession[],
  day: EpochDay,
  { sessionsMin, lookbackSessions, shortLookbackSessions }: ProfileRule,
): VolumeProfile | Refusal<'too-few-sessions'> {
  const earlier = sessions.filter((session) => session.day < day).sort((a, b) => a.day - b.day);
  const passedOver = earlier.flatMap((session) => {
    const why = sessionVolume(session) > 0 ? (isPartial(session) ? ('partial' as const) : null) : ('no-volume' as const);
    return why === null ? [] : [{ day: session.day, why }];
  });
  const usable = earlier.filter((session) => !passedOver.some((one) => one.day === session.day));
  const since = (lookback: number): MinuteSession[] => usable.filter((session) => session.day >= sessionsBack(day, lookback));
  const minutes = sessionMinutes(day);
  const alike = since(isShortSession(day) ? shortLookbackSessions : lookbackSessions).filter(({ volume }) => volume.length === minutes);
  if (enough(alike, sessionsMin)) return { ...meanOf(alike), basis: 'own', passedOver };
  const longer = since(lookbackSessions).filter(({ volume }) => volume.length > minutes);
  if (enough(longer, sessionsMin)) return { ...compressedTo(meanOf(longer), minutes), basis: 'compressed', passedOver };
  return refuse('too-few-sessions', { sessions: Math.max(alike.length, longer.length), sessionsMin, passedOver: passedOver.length });
}

type Mean = Omit<VolumeProfile, 'basis' | 'passedOver'>;

/** No rule makes a profile out of nothing. */
const enough = (sessions: readonly MinuteSession[], sessionsMin: number): boolean => sessions.length > 0 && sessions.length >= sessionsMin;

function meanOf(sessions: readonly MinuteSession[]): Mean {
  const minuteFracs = new Float64Array(sessions[0]!.volume.length);
  let shares = 0;
  for (const session of sessions) {
    const whole = sessionVolume(session);
    shares += whole;
    for (let minute = 0; minute < minuteFracs.length; minute++) minuteFracs[minute]! += session.volume[minute]! / whole / sessions.length;
  }
  return { minuteFracs, expectedVolume: shares / sessions.length, days: sessions.map(({ day }) => day) };
}

/** The same curve in fewer minutes: each new minute takes the part of the old session that it stands for. */
export function compressedTo({ minuteFracs, expectedVolume, days }: Mean, minutes: number): Mean {
  const scale = minuteFracs.length / minutes;
  const shorter = new Float64Array(minutes);
  for (let minute = 0; minute < minutes; minute++) {
    const [from, to] = [minute * scale, (minute + 1) * scale];
    for (let old = Math.floor(from); old < Math.min(minuteFracs.length, Math.ceil(to)); old++) {
      const part = Math.min(to, old + 1) - Math.max(from, old);
      shorter[minute]! += part * minuteFracs[old]!;
    }
  }
  return { minuteFracs: shorter, expectedVolume: expectedVolume / scale, days };
}
