/** What an account holds of a symbol: the ledger's arithmetic, and the session that the account last traded it in. */

import { type Holding, holdingAfterFill, type SignedFill } from '../../shared/domain/execution/holding.ts';
import { noMoney, noShares } from '../../shared/kernel/money.ts';
import type { EpochDay, Ticker } from '../../shared/kernel/units.ts';

export interface PaperPosition extends Holding {
  readonly symbol: Ticker;
  /** The session of the latest fill: its close is known to the account. */
  readonly lastTradedOn: EpochDay;
}

/** Undefined when nothing is left. */
export function positionAfterFill(
  held: PaperPosition | undefined,
  symbol: Ticker,
  fill: SignedFill,
  day: EpochDay,
): PaperPosition | undefined {
  const { holding } = holdingAfterFill(held ?? { quantity: noShares, cost: noMoney }, fill);
  return holding.quantity === 0n ? undefined : { ...holding, symbol, lastTradedOn: day };
}
