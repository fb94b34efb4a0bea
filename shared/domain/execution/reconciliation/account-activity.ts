/**
 * What moves an account at the broker, and what each such thing does to cash and shares, in fixed point.
 *
 *   fill       shares, and their price the other way; only one of an order that is not ours is a movement here, for the fills of our
 *              own orders are booked from what the broker says of the order
 *   dividend   cash; a short pays it
 *   split      shares, and cash in lieu of a fraction; one of cash alone is taken for a dividend, as which it is taxed
 *   transfer, fee, interest    cash
 *   other      by a word of the broker's that this code has no meaning for: it explains nothing
 *
 * Not covered: a merger or a spin-off, which moves two symbols at once. It comes as `other`, and the symbols stop until a person has looked.
 */
import {
  type MicroUsd,
  microUsdFromFloat,
  type NanoShares,
  nanoSharesFromFloat,
  noMoney,
  noShares,
  notionalOf,
} from '../../../kernel/money.ts';
import type { EpochMs, Price, Shares, Ticker, Usd } from '../../../kernel/units.ts';
import type { Side } from '../order-terms.ts';

export type AccountActivity = { readonly id: string; readonly at: EpochMs } & (
  | {
      readonly kind: 'fill';
      readonly brokerOrderId: string;
      readonly symbol: Ticker;
      readonly side: Side;
      readonly quantity: Shares;
      readonly price: Price;
    }
  /** Signed: a short pays it. */
  | { readonly kind: 'dividend'; readonly symbol: Ticker; readonly amountUsd: Usd }
  /** `quantity`: shares added (negative: taken away), e.g. +30 when 10 became 40. */
  | { readonly kind: 'split'; readonly symbol: Ticker; readonly quantity: Shares; readonly cashInLieuUsd: Usd }
  /** Cash in (positive) or out. */
  | { readonly kind: 'transfer' | 'fee' | 'interest'; readonly amountUsd: Usd }
  /** Anything else, by the broker's own word: it explains nothing. */
  | { readonly kind: 'other'; readonly brokerKind: string; readonly symbol?: Ticker; readonly amountUsd: Usd; readonly quantity: Shares }
);

export type FillActivity = Extract<AccountActivity, { readonly kind: 'fill' }>;

export type MovementKind = 'dividend' | 'split' | 'transfer' | 'fee' | 'interest' | 'manual-trade';

export interface Movement {
  readonly kind: MovementKind;
  readonly activityId: string;
  readonly at: EpochMs;
  /** Absent when only cash moves, for no one symbol. */
  readonly symbol?: Ticker;
  readonly shares: NanoShares;
  readonly cash: MicroUsd;
}

/** Null for what explains nothing. A fill is taken for one of an order that is not ours: whose it is, is for the caller to know. */
export function movementOf(activity: AccountActivity): Movement | null {
  const { id, at } = activity;
  const common = { activityId: id, at, shares: noShares, cash: noMoney };
  switch (activity.kind) {
    case 'fill': {
      const size = nanoSharesFromFloat(activity.quantity);
      const shares = (activity.side === 'BUY' ? size : -size) as NanoShares;
      const cash = -notionalOf(shares, microUsdFromFloat(activity.price)) as MicroUsd;
      return { ...common, kind: 'manual-trade', symbol: activity.symbol, shares, cash };
    }
    case 'dividend':
      return { ...common, kind: 'dividend', symbol: activity.symbol, cash: microUsdFromFloat(activity.amountUsd) };
    case 'split': {
      const { symbol, quantity, cashInLieuUsd } = activity;
      const shares = nanoSharesFromFloat(quantity);
      return { ...common, kind: shares === 0n ? 'dividend' : 'split', symbol, shares, cash: microUsdFromFloat(cashInLieuUsd) };
    }
    case 'transfer':
    case 'fee':
    case 'interest':
      return { ...common, kind: activity.kind, cash: microUsdFromFloat(activity.amountUsd) };
    case 'other':
      return null;
  }
}
