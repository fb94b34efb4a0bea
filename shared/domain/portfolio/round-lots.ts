/**
 * From a target weight to shares, without breaking a limit that the weight keeps.
 *
 * The position rounds toward zero, whether it grows or shrinks: every exposure limit that the weights keep, the shares keep, also where one
 * position grows into the room that another leaves. What shrinks may so trade up to one lot beyond the planned turnover; a limit of exposure
 * outranks it. A target of zero closes everything, odd fractions included. A trade through zero stops at zero: brokers want the close and
 * the opening apart, and the opening is the next cycle's business.
 */

export interface LotRequest {
  readonly targetWeight: number;
  /** Held now; negative is short. */
  readonly currentShares: number;
  readonly priceUsd: number;
  readonly equityUsd: number;
  readonly wholeShares: boolean;
}

const FRACTIONS_PER_SHARE = 10_000;

/** Shares to buy (positive) or sell (negative); 0 for inputs that are not finite or a price that is not positive. */
export function sharesToTrade({ targetWeight, currentShares, priceUsd, equityUsd, wholeShares }: LotRequest): number {
  const ideal = (targetWeight * equityUsd) / priceUsd;
  if (!Number.isFinite(ideal) || !Number.isFinite(currentShares) || !(priceUsd > 0)) return 0;
  const crosses = ideal * currentShares < 0;
  if (targetWeight === 0 || crosses) return -currentShares || 0;

  const shorts = ideal < 0 || currentShares < 0;
  const perShare = wholeShares || shorts ? 1 : FRACTIONS_PER_SHARE;
  const grows = Math.abs(ideal) > Math.abs(currentShares);
  const trade = tidy(Math.trunc(ideal * perShare) / perShare - currentShares);
  const opposes = grows && trade * ideal < 0;
  return opposes ? 0 : trade;
}

/** Differences of 4-decimal numbers, back on 4 decimals. */
const tidy = (shares: number): number => Math.round(shares * FRACTIONS_PER_SHARE) / FRACTIONS_PER_SHARE || 0;
