/**
 * What the fund asks of a broker, and the only shapes in which it hears back. Every adapter (Alpaca, later IBKR) and the
 * contract cards in test/contract/brokers speak this port, so nothing above it knows a vendor's words.
 *
 * Reading either answers, refuses, or throws TransientFailure (ask again). Submitting never throws for what the broker or
 * the network did: each way it can end is an outcome, because only the caller may decide what an unclear one means.
 */

import type { OrderState } from '../domain/execution/order-lifecycle.ts';
import type { Side as OrderSide, OrderTerms, OrderType, TimeInForce } from '../domain/execution/order-terms.ts';
import type { AccountActivity } from '../domain/execution/reconciliation/account-activity.ts';
import type { Refusal } from '../kernel/refusal.ts';
import type { EpochDay, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../kernel/units.ts';
import type { RiskTicket } from './risk-ticket.ts';

/** `clientOrderId`: derived from the decision; the broker refuses it a second time, which is what makes one intent one order. */
export type OrderToSubmit = OrderTerms & { readonly clientOrderId: OrderId };

/** How far the broker says an order is. `UNKNOWN` is a status this code has no name for: not terminal, and nothing may be concluded from it. */
export type BrokerOrderState = Exclude<OrderState, 'PENDING'>;

export interface BrokerOrder {
  readonly brokerOrderId: string;
  readonly clientOrderId: OrderId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  /** `UNKNOWN` for types this fund never sends, e.g. a trailing stop entered by hand. */
  readonly type: OrderType | 'UNKNOWN';
  readonly timeInForce: TimeInForce | 'UNKNOWN';
  /** Absent for an order given in dollars. */
  readonly quantity?: Shares;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
  /** Shares executed so far; never falls, except when a trade is busted. */
  readonly cumulativeQuantity: Shares;
  /** Mean price of what was executed; absent while nothing was. */
  readonly averagePrice?: Price;
  readonly state: BrokerOrderState;
  /** The broker's own word for the state, for the audit record. */
  readonly brokerStatus: string;
  readonly submittedAt?: EpochMs;
  readonly updatedAt?: EpochMs;
  readonly filledAt?: EpochMs;
}

export interface BrokerAccount {
  readonly accountId: string;
  readonly cash: Usd;
  readonly buyingPower: Usd;
  readonly equity: Usd;
  readonly longMarketValue: Usd;
  /** Zero or negative. */
  readonly shortMarketValue: Usd;
  /** Active, and neither blocked nor suspended. */
  readonly mayTrade: boolean;
  readonly mayShort: boolean;
}

export interface BrokerPosition {
  readonly symbol: Ticker;
  /** Negative is short. */
  readonly quantity: Shares;
  readonly averageEntryPrice: Price;
  readonly currentPrice: Price;
  /** Signed as the quantity is. */
  readonly marketValue: Usd;
}

export interface BrokerAsset {
  readonly symbol: Ticker;
  readonly tradable: boolean;
  /** The broker has shares to lend right now. */
  readonly shortable: boolean;
  readonly fractionable: boolean;
}

/** The latest trade anyone made in a symbol. */
export interface LatestPrice {
  readonly symbol: Ticker;
  readonly priceUsd: Price;
  readonly at: EpochMs;
}

export interface BrokerClock {
  readonly now: EpochMs;
  readonly isOpen: boolean;
  readonly nextOpenAt: EpochMs;
  readonly nextCloseAt: EpochMs;
}

export interface BrokerSession {
  readonly day: EpochDay;
  /** New York wall-clock time, `HH:MM`. */
  readonly opensAt: string;
  readonly closesAt: string;
}

export type SubmitOutcome =
  /** The broker has the order; also when it already had it from an earlier attempt. */
  | { readonly kind: 'acknowledged'; readonly order: BrokerOrder }
  /** The broker said no; there is no such order. */
  | { readonly kind: 'rejected'; readonly status: number; readonly code: string; readonly message: string }
  /** The broker turned the request away unread; there is no such order, and the same one may be sent later. */
  | { readonly kind: 'throttled'; readonly retryAfterMs?: number }
  /** There may or may not be such an order. Never sent again before `orderByClientId` has answered. */
  | { readonly kind: 'unknown'; readonly cause: string }
  | NotAuthorised;

/** What an order becomes; what is left out stays. It gets a client order id of its own. */
export interface Replacement {
  readonly clientOrderId: OrderId;
  /** Of the whole order, what is filled already included. */
  readonly quantity: Shares;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
}

export type ReplaceOutcome =
  /** The broker took the request. The new order is known by its own id; the old one is over only when the broker says so. */
  | { readonly kind: 'requested'; readonly order: BrokerOrder }
  | { readonly kind: 'throttled'; readonly retryAfterMs?: number }
  /** It may or may not have been replaced; both ids are asked for before anything is concluded. */
  | { readonly kind: 'unknown'; readonly cause: string }
  | Refusal<'not-found'>
  /** Final already, or a kind of order that this broker does not replace. */
  | Refusal<'not-replaceable'>
  | NotAuthorised;

export type CancelOutcome =
  /** The broker took the request; the order is cancelled only when the broker says so. */
  { readonly kind: 'requested' } | Refusal<'not-found'> | Refusal<'not-cancellable'> | NotAuthorised;

/** The keys are wrong, revoked, or of the other environment. Nothing will work until an operator changes them. */
export type NotAuthorised = Refusal<'not-authorised'>;
export type NotFound = Refusal<'not-found'>;

/** What moved cash or shares at the broker. `at` and `id` come from the broker; an id is never used twice. */
export type BrokerActivity = AccountActivity;

/** One message of the broker's stream: the order as it now is, and what happened to it, in the broker's own word. */
export interface TradeUpdate {
  readonly event: string;
  readonly order: BrokerOrder;
  readonly at: EpochMs;
  /** The execution that this message tells of; absent where it tells of none. */
  readonly execution?: { readonly quantity: Shares; readonly price: Price };
}

/** What a broker can do; an order that asks for more is refused before it is sent, with ContractViolation. */
export interface BrokerCapabilities {
  /** False: the same client order id sent twice would be two orders, so nothing may be sent that may have been sent before. */
  readonly refusesDuplicateClientIds: boolean;
  /** `same-day`: asked for an order that ended on an earlier day, it says that it has none; then that says nothing. */
  readonly remembersOrders: 'always' | 'same-day';
  readonly fractionalShares: boolean;
  readonly attachedOrders: readonly ('bracket' | 'oco')[];
  readonly timesInForce: readonly TimeInForce[];
}

/** Reads @throws TransientFailure when the broker did not answer, ContractViolation when its answer makes no sense. */
export interface Broker {
  readonly name: string;
  readonly capabilities: BrokerCapabilities;
  account(): Promise<BrokerAccount | NotAuthorised>;
  clock(): Promise<BrokerClock | NotAuthorised>;
  /** Sessions in [from, to], oldest first. */
  calendar(from: EpochDay, to: EpochDay): Promise<readonly BrokerSession[] | NotAuthorised>;
  asset(symbol: Ticker): Promise<BrokerAsset | NotFound | NotAuthorised>;
  /** For the symbols that the broker has a price for; the caller sees who is missing, and how old each price is. */
  latestPrices(symbols: readonly Ticker[]): Promise<readonly LatestPrice[] | NotAuthorised>;
  positions(): Promise<readonly BrokerPosition[] | NotAuthorised>;
  /**
   * Asks the ticket first, then sends once.
   * @throws ContractViolation, before anything is sent, for an order no broker could read; InvariantViolation for one that risk did not permit.
   */
  submit(order: OrderToSubmit, ticket: RiskTicket): Promise<SubmitOutcome>;
  orderByClientId(clientOrderId: OrderId): Promise<BrokerOrder | NotFound | NotAuthorised>;
  /** Every order that may still trade, oldest first. */
  openOrders(): Promise<readonly BrokerOrder[] | NotAuthorised>;
  cancel(brokerOrderId: string): Promise<CancelOutcome>;
  /** Asks the ticket first, as `submit` does; sends once. */
  replace(
    order: Pick<BrokerOrder, 'brokerOrderId' | 'clientOrderId' | 'symbol' | 'side'>,
    by: Replacement,
    ticket: RiskTicket,
  ): Promise<ReplaceOutcome>;
  /** What moved cash or shares at or after that instant, oldest first. */
  activities(since: EpochMs): Promise<readonly BrokerActivity[] | NotAuthorised>;
  /** The broker's own stream, from now until the signal; reconnects by itself, and what was missed meanwhile must be asked for. */
  tradeUpdates(signal: AbortSignal): AsyncIterable<TradeUpdate>;
}
