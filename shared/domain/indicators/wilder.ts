/**
 * What Wilder's indicators share: the true range, and TA-Lib's idea of zero.
 * Wilder, New Concepts in Technical Trading Systems (1978), section III.
 */

/**
 * TA-Lib's TA_IS_ZERO: smaller than 1e-14 either way. A smoothed average of a price that stands still never reaches 0 but shrinks for ever;
 * the ratio of two such remains says nothing of the market any more. NaN is not zero.
 */
export const isNearlyZero = (value: number): boolean => value > -1e-14 && value < 1e-14;

/** The farthest the price went since the last close, in price units; NaN when any of the three is. */
export const trueRange = (high: number, low: number, closeBefore: number): number =>
  Math.max(high - low, Math.abs(high - closeBefore), Math.abs(low - closeBefore));
