/**
 * What the journal keeps: every change of what the exchange knows, with quantities and prices as decimal text. One event is one line,
 * so that what belongs together (an order and its legs; a session and what its opening did to holders) survives a kill together.
 */
import type { EpochDay, EpochMs, Ticker } from '../../shared/kernel/units.ts';
import type { OrderType, Side, TimeInForce } from './matching.ts';

export type PositionIntent = 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close';
export type OrderClass = 'simple' | 'bracket' | 'oco' | 'oto';
export type FinalStatus = 'canceled' | 'expired' | 'rejected';

/** Whose place an order is to take, when, and how much both together are to fill. */
export interface ReplacementTerms {
  readonly orderId: string;
  readonly effectiveAt: EpochMs;
  readonly totalQuantity: string;
}

/** An order as it came in. */
export interface OrderTerms {
  readonly id: string;
  readonly clientOrderId: string;
  readonly symbol: Ticker;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly extendedHours: boolean;
  readonly positionIntent: PositionIntent;
  readonly orderClass: OrderClass;
  readonly quantity?: string;
  readonly notional?: string;
  readonly limitPrice?: string;
  readonly stopPrice?: string;
  readonly submittedAt: EpochMs;
  /** The first session it can trade in. */
  readonly session: EpochDay;
  /** It came in after that session had opened. */
  readonly isLate: boolean;
  /** When the venue has it, at the earliest. */
  readonly acknowledgedFrom: EpochMs;
  readonly replaces?: ReplacementTerms;
  /** It waits, held, until that order is filled. */
  readonly heldBy?: string;
  /** Of the orders of one group, what one fills the others lose. */
  readonly group?: string;
}

export type CashType = 'CSD' | 'CSW' | 'FEE' | 'INT' | 'JNLC';

/** What the opening of a session did to a holder. */
export type OpeningAction =
  | {
      readonly kind: 'dividend';
      readonly activityId: string;
      readonly symbol: Ticker;
      readonly perShare: string;
      readonly quantity: string;
      readonly amount: string;
    }
  | {
      readonly kind: 'split';
      readonly activityId: string;
      readonly symbol: Ticker;
      readonly ratio: string;
      readonly quantityBefore: string;
      readonly quantityAfter: string;
      readonly cashInLieu: string;
    };

export type ExchangeEvent =
  | {
      readonly kind: 'account-opened';
      readonly at: EpochMs;
      readonly accountId: string;
      readonly accountNumber: string;
      readonly cash: string;
    }
  | {
      readonly kind: 'session-began';
      readonly session: EpochDay;
      readonly at: EpochMs;
      readonly equityBefore: string;
      readonly actions: readonly OpeningAction[];
      /** Symbols that split: orders from before are void. */
      readonly splits: readonly Ticker[];
    }
  | { readonly kind: 'order-accepted'; readonly order: OrderTerms; readonly legs: readonly OrderTerms[] }
  /** The venue has it: from here on it may trade. */
  | { readonly kind: 'order-acknowledged'; readonly orderId: string; readonly at: EpochMs }
  | {
      readonly kind: 'order-filled';
      readonly orderId: string;
      readonly fillId: string;
      readonly at: EpochMs;
      readonly session: EpochDay;
      readonly quantity: string;
      readonly price: string;
      readonly complete: boolean;
      /** Where the volume came from; absent for a trade by hand. */
      readonly pool?: string;
    }
  | { readonly kind: 'stop-reached'; readonly orderId: string; readonly at: EpochMs }
  | { readonly kind: 'order-carried'; readonly orderId: string; readonly session: EpochDay; readonly at: EpochMs }
  | { readonly kind: 'order-ended'; readonly orderId: string; readonly status: FinalStatus; readonly at: EpochMs }
  | { readonly kind: 'cancel-requested'; readonly orderId: string; readonly at: EpochMs; readonly effectiveAt: EpochMs }
  /** `quantity`: what the new order has to fill, after all that the old one did. */
  | { readonly kind: 'order-replaced'; readonly orderId: string; readonly by: string; readonly at: EpochMs; readonly quantity: string }
  /** A held leg may trade from now on. */
  | { readonly kind: 'leg-released'; readonly orderId: string; readonly at: EpochMs; readonly session: EpochDay; readonly quantity: string }
  /** Another order of its group has filled a part. */
  | { readonly kind: 'order-resized'; readonly orderId: string; readonly at: EpochMs; readonly quantity: string }
  | { readonly kind: 'order-suspended'; readonly orderId: string; readonly at: EpochMs; readonly until: EpochMs }
  | { readonly kind: 'order-resumed'; readonly orderId: string; readonly at: EpochMs }
  | { readonly kind: 'symbol-halted'; readonly symbol: Ticker; readonly from: EpochMs; readonly until: EpochMs }
  | {
      readonly kind: 'cash-moved';
      readonly activityId: string;
      readonly at: EpochMs;
      readonly type: CashType;
      readonly amount: string;
    };

export type EventOf<Kind extends ExchangeEvent['kind']> = Extract<ExchangeEvent, { kind: Kind }>;
