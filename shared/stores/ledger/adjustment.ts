/**
 * What moves cash or shares without an order of ours, as the broker's activities tell it: booked once for each activity, in one transaction
 * with the holding and the cash.
 *
 *  - dividend, fee, interest, transfer: cash only;
 *  - split: shares, at no cost; cash in lieu of a fraction gives back part of the cost;
 *  - manual-trade: an execution that the fund did not order.
 *
 * A dividend is no part of the realised gain, which is of trades alone.
 */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type Holding, type HoldingChange, holdingAfterFill, holdingAfterSplit } from '../../domain/execution/holding.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import { type MicroUsd, microUsdFromFloat, nanoSharesFromFloat, noMoney } from '../../kernel/money.ts';
import type { EpochMs, Shares, Ticker, Usd } from '../../kernel/units.ts';
import type { Item, Table } from '../table.ts';
import { accountPart, SymbolChange } from './booking.ts';
import { adjustmentKey } from './items.ts';

export type AdjustmentKind = 'dividend' | 'split' | 'transfer' | 'fee' | 'interest' | 'manual-trade';

export interface Adjustment {
  readonly kind: AdjustmentKind;
  readonly symbol?: Ticker;
  /** Signed: added to what is held. Zero unless it is a split or a manual trade. */
  readonly shares: Shares;
  /** Signed: added to the cash. */
  readonly cashUsd: Usd;
  /** The broker's id of what happened. */
  readonly activityId: string;
  readonly at: EpochMs;
}

/** The last part moves cash; the first is refused when the activity was booked before. @throws ContractViolation for one that makes no sense. */
export function adjustmentParts(ledger: Table, adjustment: Adjustment, position: Item | undefined): TransactWriteItem[] {
  const { symbol, activityId, shares, cashUsd } = adjustment;
  const cash = microUsdFromFloat(cashUsd);
  const change = movesShares(adjustment) ? new SymbolChange(adjustment.symbol, position) : undefined;
  change?.enter(holdingAfterAdjustment(change.after, adjustment));
  const { kind, at } = adjustment;
  const item = {
    ...adjustmentKey(activityId),
    kind,
    at,
    shares,
    cashUsd,
    ...(symbol && { symbol }),
    ...(change && { entry: change.entries }),
  };
  const parts: TransactWriteItem[] = [ledger.putting(item, 'attribute_not_exists(pk)')];
  const moved = change?.part(ledger);
  return [...parts, ...(moved ? [moved] : []), accountPart(ledger, cash, change?.realised ?? noMoney)];
}

/** @throws ContractViolation for shares where none move, or a change of a holding that names no symbol. */
export function movesShares(adjustment: Adjustment): adjustment is Adjustment & { readonly symbol: Ticker } {
  const { kind, symbol, shares, activityId } = adjustment;
  const changesHolding = kind === 'split' || kind === 'manual-trade';
  // Cash in lieu may come without shares, as an activity of its own; a trade without shares is none.
  const makesSense = changesHolding ? symbol !== undefined && (kind === 'split' || shares !== 0) : shares === 0;
  if (!makesSense || activityId === '')
    throw new ContractViolation('splits and manual trades change the holding of a symbol, and nothing else does', { ...adjustment });
  return changesHolding;
}

export function holdingAfterAdjustment(
  before: Holding,
  { kind, shares, cashUsd }: Pick<Adjustment, 'kind' | 'shares' | 'cashUsd'>,
): HoldingChange {
  const [quantity, cash] = [nanoSharesFromFloat(shares), microUsdFromFloat(cashUsd)];
  return kind === 'split' ? holdingAfterSplit(before, quantity, cash) : holdingAfterFill(before, { quantity, value: -cash as MicroUsd });
}
