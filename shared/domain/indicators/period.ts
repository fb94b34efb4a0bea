/** The one rule for a number of bars: whole, and enough to give the indicator a meaning. */
import { invariant } from '../../kernel/errors.ts';

/** TA-Lib's upper limit; a longer window is a mistake in the caller. */
const PERIOD_MAX = 100_000;

/** @throws InvariantViolation unless `period` is a whole number from `least` to 100,000. */
export function requirePeriod(period: number, least: number): void {
  invariant(Number.isSafeInteger(period) && period >= least && period <= PERIOD_MAX, `a period is a whole number of bars from ${least}`, {
    period,
  });
}
