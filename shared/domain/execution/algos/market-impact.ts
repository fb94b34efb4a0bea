/**
 * What an order's own size is expected to cost, before it is traded; positive is a cost, in basis points of its value.
 *
 * - The whole order, however it is cut: Y σ √(Q / V), σ the daily volatility, V the day's volume, Y about 1. Grinold and Kahn (2000), "Active
 *   Portfolio Management", ch. 16; Tóth et al. (2011), "Anomalous price impact and the critical nature of liquidity", Physical Review X 1.
 * - The rate of trading: η σ (share of the volume)^0.6 with η = 0.142, which is what a schedule changes. Almgren, Thum, Hauptmann and Li
 *   (2005), "Direct estimation of equity market impact", Risk 18(7), who measured the exponent 0.600 ± 0.038 and reject 1/2 for the rate.
 *   Their time is volume time, so X / (V T) is the order's share of the volume expected while it trades.
 *
 * NaN where volume or volatility is not known or not positive. Not covered: the spread, and news that moves the price meanwhile.
 */
import type { Bps } from '../../../kernel/units.ts';
import { MS_PER_MINUTE, minuteStartsAt } from './minute-session.ts';
import { expectedVolume, type Schedule } from './schedule.ts';
import type { VolumeProfile } from './volume-profile.ts';

/** Fitted by Almgren et al. to 29,509 orders of US large caps, 2001 to 2003. */
const TEMPORARY_COEFFICIENT = 0.142;
const TEMPORARY_EXPONENT = 0.6;
const BPS = 10_000;

/** The square-root law. */
export const squareRootImpactBps = (quantity: number, dayVolume: number, dailyVol: number, coefficient: number): Bps =>
  (known(dayVolume, dailyVol) ? coefficient * dailyVol * Math.sqrt(quantity / dayVolume) * BPS : Number.NaN) as Bps;

/** Almgren's temporary impact of trading `quantity` while `volume` shares trade in all. */
export const temporaryImpactBps = (quantity: number, volume: number, dailyVol: number): Bps =>
  (known(volume, dailyVol) ? TEMPORARY_COEFFICIENT * dailyVol * (quantity / volume) ** TEMPORARY_EXPONENT * BPS : Number.NaN) as Bps;

export interface ImpactEstimate {
  /** Of an order of this size in a day of this volume, by the square-root law. */
  readonly squareRootBps: Bps;
  /** Of the rate at which the schedule trades: the mean over its slices, weighted by their shares. */
  readonly scheduleBps: Bps;
  /** Of the rate, were all of it traded within the first minute of the window. */
  readonly atOnceBps: Bps;
}

export function impactOf(
  schedule: Schedule,
  profile: VolumeProfile,
  { dailyVol, coefficient }: { readonly dailyVol: number; readonly coefficient: number },
): ImpactEstimate {
  const [first] = schedule.slices;
  const firstMinute = first ? (first.startsAt - minuteStartsAt(schedule.day, 0)) / MS_PER_MINUTE : 0;
  const working = schedule.slices.filter(({ quantity }) => quantity > 0);
  const placed = working.reduce((sum, { quantity }) => sum + quantity, 0);
  const scheduleBps = working.reduce(
    (sum, slice) => sum + (slice.quantity / placed) * temporaryImpactBps(slice.quantity, slice.expectedVolume ?? Number.NaN, dailyVol),
    0,
  );
  return {
    squareRootBps: squareRootImpactBps(placed, profile.expectedVolume, dailyVol, coefficient),
    scheduleBps: (working.length === 0 ? Number.NaN : scheduleBps) as Bps,
    atOnceBps: temporaryImpactBps(placed, expectedVolume(profile, firstMinute, firstMinute + 1), dailyVol),
  };
}

const known = (volume: number, dailyVol: number): boolean => volume > 0 && dailyVol > 0;
