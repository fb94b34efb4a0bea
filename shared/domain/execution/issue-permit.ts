/**
 * From what risk approved to the permit it signs: for each symbol, the most shares that may be bought and sold on the way from what is
 * held to the approved weight, at any price that the collar lets an order go out at.
 *
 * An order is sized at a fresh price p, and the collar holds |close − p| ≤ collar × p, so p lies in [close/(1 + collar), close/(1 − collar)];
 * the change weight × equity / p − held is monotone in p, so its extremes lie at those two. What only shrinks a holding may round by one
 * share more (round-lots.ts rounds the position toward zero), and never beyond the holding. A symbol without a price gets no line.
 */
import type { CycleId, EpochMs, Shares, Ticker } from '../../kernel/units.ts';
import type { Permit, PermitLine } from './permit.ts';

export interface PermitQuestion {
  readonly cycleId: CycleId;
  readonly controlEpoch: number;
  readonly policySha256: string;
  readonly validUntil: EpochMs;
  readonly equityUsd: number;
  /** An order's price may differ from the reference by this much. */
  readonly priceCollarFrac: number;
  readonly positions: ReadonlyArray<{
    readonly symbol: Ticker;
    readonly approvedWeight: number;
    readonly heldShares: number;
    /** The close it was decided at; null when there is none. */
    readonly decidedAtUsd: number | null;
  }>;
}

export function issuePermit(question: PermitQuestion): Permit {
  const { cycleId, controlEpoch, policySha256, validUntil, positions } = question;
  return {
    schema: 'ballast.permit/1',
    issuedFor: cycleId,
    ...{ controlEpoch, policySha256, validUntil },
    lines: positions.flatMap((position) => lineFor(position, question)),
  };
}

function lineFor(
  { symbol, approvedWeight, heldShares, decidedAtUsd }: PermitQuestion['positions'][number],
  { equityUsd, priceCollarFrac }: PermitQuestion,
): PermitLine[] {
  if (decidedAtUsd === null || !(decidedAtUsd > 0) || !(priceCollarFrac >= 0 && priceCollarFrac < 1)) return [];
  const prices = [decidedAtUsd / (1 + priceCollarFrac), decidedAtUsd / (1 - priceCollarFrac)];
  const changes = prices.map((price) => (approvedWeight * equityUsd) / price - heldShares);
  if (!changes.every(Number.isFinite)) return [];
  const buySharesMax = within(Math.max(0, ...changes), Math.max(0, -heldShares));
  const sellSharesMax = within(Math.max(0, ...changes.map((change) => -change)), Math.max(0, heldShares));
  return buySharesMax === 0 && sellSharesMax === 0 ? [] : [{ symbol, buySharesMax, sellSharesMax }];
}

/** Against a holding of the other side a trade stops at zero and may round by one share; without one it opens, and rounds down. */
function within(shares: number, opposing: number): Shares {
  if (shares === 0) return 0 as Shares;
  return (opposing > 0 ? Math.min(opposing, shares + 1) : shares) as Shares;
}
