/**
 * Daily volatility from minutes: the root of the mean, over sessions, of the sum of squared 5-minute log returns.
 *
 * Five minutes, because shorter returns measure the bounce between bid and ask: Andersen, Bollerslev, Diebold and Labys (2001), "The
 * distribution of realized exchange rate volatility", JASA 96. From the opening to the close.
 * Not covered: the move overnight, which a schedule within a day is not exposed to.
 */
import type { MinuteSession } from './minute-session.ts';

const STEP_MINUTES = 5;

/** A fraction (0.02 is 2 %); NaN without a session that has two prices. */
export function realizedDailyVol(sessions: readonly MinuteSession[]): number {
  const variances = sessions.map(realizedVariance).filter((variance) => !Number.isNaN(variance));
  return Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0) / variances.length);
}

function realizedVariance({ open, close }: MinuteSession): number {
  const prices = [open.find((price) => price > 0), ...stepCloses(close)].filter((price): price is number => price !== undefined);
  if (prices.length < 2) return Number.NaN;
  return prices.slice(1).reduce((sum, price, at) => sum + Math.log(price / prices[at]!) ** 2, 0);
}

/** The last price of each step; a step without a trade has none, and its move falls into the next. */
function stepCloses(close: Float64Array): Array<number | undefined> {
  const steps = Math.ceil(close.length / STEP_MINUTES);
  return Array.from({ length: steps }, (_, step) =>
    close.slice(step * STEP_MINUTES, (step + 1) * STEP_MINUTES).findLast((price) => price > 0),
  );
}
