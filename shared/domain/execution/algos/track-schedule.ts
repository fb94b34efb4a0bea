/**
 * What a schedule would have got on a session that happened, against what the market got: the proof of a schedule, not a forecast.
 *
 * 1. Each slice trades at the volume-weighted price of its own bucket. A bucket without a trade passes its shares on to the next.
 * 2. The benchmark is the volume-weighted price of the whole window.
 * 3. Slippage: bought dearer, or sold cheaper, than the market is positive.
 *
 * Not covered: the order's own impact and the spread, which a replay of prices cannot show.
 */
import type { Bps, Price, Shares } from '../../../kernel/units.ts';
import type { Side } from '../order-terms.ts';
import { type MinuteSession, MS_PER_MINUTE, minuteStartsAt, volumeWeightedPrice } from './minute-session.ts';
import type { Schedule, Slice } from './schedule.ts';

export interface Tracking {
  /** NaN when nothing traded, as all that follows. */
  readonly averagePrice: Price;
  readonly marketPrice: Price;
  readonly slippageBps: Bps;
  /** What the last buckets left undone, because nothing traded in them any more. */
  readonly undoneQuantity: Shares;
}

/** `session` is the schedule's own day. */
export function trackSchedule({ slices }: Schedule, session: MinuteSession, side: Side): Tracking {
  let carried = 0;
  let value = 0;
  let shares = 0;
  for (const slice of slices) {
    carried += slice.quantity;
    const price = volumeWeightedPrice(session, ...minutesOf(slice, session));
    if (Number.isNaN(price)) continue;
    value += carried * price;
    shares += carried;
    carried = 0;
  }
  const averagePrice = value / shares;
  const [from] = slices.length > 0 ? minutesOf(slices[0]!, session) : [0];
  const [, to] = slices.length > 0 ? minutesOf(slices.at(-1)!, session) : [0, 0];
  const marketPrice = volumeWeightedPrice(session, from, to);
  return {
    averagePrice: averagePrice as Price,
    marketPrice: marketPrice as Price,
    slippageBps: slippageBps(averagePrice, marketPrice, side),
    undoneQuantity: carried as Shares,
  };
}

/** Positive where the price is worse than the benchmark. */
export const slippageBps = (priceUsd: number, benchmarkUsd: number, side: Side): Bps =>
  (((side === 'BUY' ? 1 : -1) * (priceUsd - benchmarkUsd) * 10_000) / benchmarkUsd) as Bps;

function minutesOf({ startsAt, endsAt }: Slice, { day }: MinuteSession): [number, number] {
  const opens = minuteStartsAt(day, 0);
  return [(startsAt - opens) / MS_PER_MINUTE, (endsAt - opens) / MS_PER_MINUTE];
}
