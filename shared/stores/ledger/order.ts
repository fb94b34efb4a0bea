/** An order as the ledger keeps it: the intent, written before anything is sent, and how far it is known to have come. */
import type { Bust } from '../../domain/execution/busts.ts';
import type { ClosedBy, IncidentReason, OrderState, PendingRequest } from '../../domain/execution/order-lifecycle.ts';
import type { AttachedOrders, OrderTerms, OrderType, TimeInForce } from '../../domain/execution/order-terms.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../kernel/units.ts';

/** Where an order lies in the ledger. */
export interface OrderKey {
  readonly cycleId: CycleId;
  /** The client order id: derived from the decision, the same at every attempt. */
  readonly orderId: OrderId;
}

export interface OrderIntent extends OrderKey {
  /** What decided it, and where it goes: each can be stopped by name. */
  readonly strategy: string;
  readonly broker: string;
  readonly symbol: Ticker;
  readonly side: 'BUY' | 'SELL';
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** Positive. */
  readonly quantity: Shares;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
  readonly shortSale?: boolean;
  readonly attached?: AttachedOrders;
  /** Only takes risk off; may still go when the control state is REDUCE_ONLY. */
  readonly reducing: boolean;
  /** The most it may come to, in dollars: kept reserved until the order is final. */
  readonly worstCaseUsd: Usd;
  /** The price it was decided at, and the market's when it was reserved: what its execution is measured against. */
  readonly decisionPriceUsd: Price;
  readonly arrivalPriceUsd?: Price;
  /** The order that this one is a slice of. */
  readonly parentId?: OrderId;
}

export interface LedgerOrder extends OrderIntent {
  readonly state: OrderState;
  /** What was asked of it at the broker and not answered yet. */
  readonly pending: PendingRequest;
  /** The broker has it in a status that nothing may be concluded from. */
  readonly statusUnknown?: true;
  readonly cumulativeQuantity: Shares;
  readonly averagePrice?: Price;
  readonly busts?: readonly Bust[];
  readonly brokerOrderId?: string;
  /** The broker's own word for the state. */
  readonly brokerStatus?: string;
  /** On whose word it is over; absent while it is not. */
  readonly closedBy?: ClosedBy;
  /** Why it was rejected or withdrawn, or why its fate is unknown. */
  readonly note?: string;
  /** What it did that should not happen, each kind once. */
  readonly incidents?: readonly IncidentReason[];
  readonly replaces?: OrderId;
  readonly replacedBy?: OrderId;
  readonly reservedAt: EpochMs;
  /** When the last sender began; absent means surely never sent. */
  readonly sentAt?: EpochMs;
  /** Two senders may have sent it: that the broker refused the request of one says nothing of the other's. */
  readonly sentAgain?: true;
  readonly updatedAt: EpochMs;
  /** Counts the changes; a change is written only over the version it was made from. */
  readonly version: number;
}

/** What a broker says of an order, whoever the broker is. */
export interface OrderEvidence {
  readonly brokerOrderId: string;
  readonly state: Exclude<OrderState, 'PENDING'>;
  readonly brokerStatus: string;
  readonly cumulativeQuantity: Shares;
  readonly averagePrice?: Price;
  /** The broker's instant of its last change to the order. */
  readonly updatedAt?: EpochMs;
}

/** What was learned of an order; the lifecycle decides what that changes. */
export type OrderEvent =
  | { readonly kind: 'evidence'; readonly evidence: OrderEvidence }
  /** The broker read the submission and answered no. */
  | { readonly kind: 'rejected'; readonly note: string }
  /**
   * `turned-away`: the broker did not read the request. `never-arrived`: asked by client id, it has none. `reply-lost`: sent, and no
   * answer came. `withdrawn`: reserved and then not sent.
   */
  | { readonly kind: 'turned-away' | 'never-arrived' | 'reply-lost' | 'withdrawn'; readonly note: string }
  | { readonly kind: 'cancel-rejected' | 'replace-rejected'; readonly note: string }
  | { readonly kind: 'cancel-requested' }
  /** The broker took a smaller quantity under the same id. */
  | { readonly kind: 'replace-confirmed'; readonly quantity: Shares }
  | ({ readonly kind: 'bust' } & Bust);

/** What the broker is to be asked for. A type without its price is for the pre-trade checks and the adapter to refuse. */
export function termsOf(order: OrderIntent): OrderTerms {
  const { symbol, side, quantity, timeInForce, type, limitPrice, stopPrice, shortSale, attached } = order;
  return {
    ...{ symbol, side, quantity, timeInForce, type },
    ...(limitPrice !== undefined && { limitPrice }),
    ...(stopPrice !== undefined && { stopPrice }),
    ...(shortSale !== undefined && { shortSale }),
    ...(attached !== undefined && { attached }),
  } as OrderTerms;
}
