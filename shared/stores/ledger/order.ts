/** An order as the ledger keeps it: the intent, written before anything is sent, and how far it is known to have come. */
import type { OrderType, TimeInForce } from '../../domain/execution/order-intent.ts';
import type { OrderState } from '../../domain/execution/order-lifecycle.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../kernel/units.ts';

/** Where an order lies in the ledger. */
export interface OrderKey {
  readonly cycleId: CycleId;
  /** The client order id: derived from the decision, the same at every attempt. */
  readonly orderId: OrderId;
}

export interface OrderIntent extends OrderKey {
  readonly symbol: Ticker;
  readonly side: 'BUY' | 'SELL';
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** Positive. */
  readonly quantity: Shares;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
  /** Only takes risk off; may still go when the control state is REDUCE_ONLY. */
  readonly reducing: boolean;
  /** The most it may come to, in dollars: kept reserved until the order is final. */
  readonly worstCaseUsd: Usd;
}

export interface LedgerOrder extends OrderIntent {
  readonly state: OrderState;
  readonly cumulativeQuantity: Shares;
  readonly averagePrice?: Price;
  readonly brokerOrderId?: string;
  /** The broker's own word for the state. */
  readonly brokerStatus?: string;
  /** Why it was rejected or withdrawn, or why its fate is unknown. */
  readonly note?: string;
  readonly reservedAt: EpochMs;
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
}

export type OrderEvent =
  | { readonly kind: 'evidence'; readonly evidence: OrderEvidence }
  /** The broker refused it, or says that it never had it. */
  | { readonly kind: 'rejected'; readonly note: string }
  /** Sent, and the reply was lost. */
  | { readonly kind: 'reply-lost'; readonly note: string }
  /** Reserved and then not sent. */
  | { readonly kind: 'withdrawn'; readonly note: string };
