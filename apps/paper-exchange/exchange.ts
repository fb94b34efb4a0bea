/**
 * The exchange itself, behind its REST API. Every call first brings the book up to the clock (`settle`): an order is answered with
 * "accepted" or "pending_new" when it comes in, and has met what it could by the time anything is asked next.
 *
 * Time passes in steps, the earliest first over all symbols (order-steps.ts), so that the outcome is the same however often
 * anyone asks. At the opening of each session dividends and splits come before any trade (session-opening.ts).
 *
 * What comes in here is checked, recorded and answered; when a thing takes effect is a matter of latency, which is told in
 * milliseconds of the exchange's clock and by default none.
 */
import { isSession, newYorkDay, nextSession, previousSession, sessionClose, sessionOpen } from '../../shared/domain/market/calendar.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { ContractViolation } from '../../shared/kernel/errors.ts';
import { type MicroUsd, microUsdText, type NanoShares, nanoSharesText } from '../../shared/kernel/money.ts';
import type { EpochDay, EpochMs, Frac, Ticker } from '../../shared/kernel/units.ts';
import type { Journal } from '../local-cloud/journal.ts';
import { admissionRefusal, positionIntentOf } from './admission.ts';
import { type ApiRefusal, malformed, notFound, unacceptable } from './api-refusal.ts';
import { legsOf } from './attached-orders.ts';
import type { Book } from './book.ts';
import type { CashType, ExchangeEvent, OrderTerms, ReplacementTerms } from './exchange-events.ts';
import { MarketPaths } from './market-paths.ts';
import type { MarketView } from './market-view.ts';
import type { FillCosts, Side } from './matching.ts';
import { type OrderRequest, termsText } from './order-request.ts';
import { isRejectedBy, nextStep, type RejectRule, type Step, type Surroundings } from './order-steps.ts';
import type { PaperOrder } from './paper-order.ts';
import { openingOf } from './session-opening.ts';
import type { SessionPath } from './session-path.ts';
import { Valuation } from './valuation.ts';

export interface Latency {
  readonly acknowledgeMs: number;
  readonly cancelMs: number;
  readonly replaceMs: number;
}

export interface ManualTrade {
  readonly symbol: Ticker;
  readonly side: Side;
  readonly quantity: NanoShares;
  readonly price: MicroUsd;
}

export interface ExchangeParts {
  readonly book: Book;
  readonly journal: Journal<ExchangeEvent>;
  readonly market: MarketView;
  readonly clock: Clock;
  readonly costs: FillCosts;
  readonly participationFrac: Frac;
  readonly latency: Latency;
  readonly rejects: readonly RejectRule[];
  readonly mayShort: boolean;
  readonly newId: () => string;
  /** Hears of each event once it is kept. */
  readonly onEvent: (event: ExchangeEvent) => void;
}

/** Statuses in which Alpaca replaces nothing. */
const notReplaceable: readonly string[] = ['accepted', 'pending_new', 'pending_cancel', 'pending_replace', 'held'];

export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #paths: MarketPaths;
  /** The clock at the last settlement, while nothing has come in since. */
  #settledAt: EpochMs | undefined;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#paths = new MarketPaths(parts.market, parts.participationFrac);
  }

  get book(): Book {
    return this.#parts.book;
  }

  get market(): MarketView {
    return this.#parts.market;
  }

  get mayShort(): boolean {
    return this.#parts.mayShort;
  }

  now(): EpochMs {
    return this.#parts.clock.now();
  }

  valuation(): Valuation {
    return new Valuation(this.market, this.book, this.now(), this.currentSession());
  }

  /** The session under way, or the last one that was. */
  currentSession(): EpochDay {
    const now = this.now();
    const today = newYorkDay(now);
    return isSession(today) && sessionOpen(today) <= now ? today : previousSession(today);
  }

  isOpen(): boolean {
    return this.now() < sessionClose(this.currentSession());
  }

  /** Whether the broker lends it. */
  isShortable(symbol: Ticker): boolean {
    return this.mayShort && (this.market.isEasyToBorrow?.(symbol) ?? true);
  }

  openAccount(cash: MicroUsd): void {
    if (this.book.account) return;
    const accountId = this.#freshId();
    const accountNumber = `PA${accountId.replaceAll('-', '').slice(0, 10).toUpperCase()}`;
    this.#record({ kind: 'account-opened', at: this.now(), accountId, accountNumber, cash: microUsdText(cash) });
  }

  place(request: OrderRequest): PaperOrder | ApiRefusal {
    return (
      this.#duplicateRefusal(request) ?? this.#symbolRefusal(request.symbol) ?? this.#admissionRefusal(request) ?? this.#accept(request)
    );
  }

  cancel(orderId: string): ApiRefusal | undefined {
    const order = this.book.orders.get(orderId);
    if (!order) return notFound('order not found');
    const isAsked = order.status === 'pending_cancel' || order.status === 'pending_replace';
    if (!this.book.open.has(order) || isAsked) return unacceptable(`order is already in "${order.status}" state`);
    const { cancelMs } = this.#parts.latency;
    const at = this.now();
    if (cancelMs === 0) this.#record({ kind: 'order-ended', orderId, status: 'canceled', at });
    else this.#record({ kind: 'cancel-requested', orderId, at, effectiveAt: (at + cancelMs) as EpochMs });
    return undefined;
  }

  /** The old order gives way only if the new one would be taken in its place. `request.quantity` counts what the old one has filled. */
  replace(orderId: string, request: OrderRequest): PaperOrder | ApiRefusal {
    const order = this.book.orders.get(orderId);
    if (!order) return notFound('order not found');
    if (!this.book.open.has(order)) return unacceptable(`order is already in "${order.status}" state`);
    if (notReplaceable.includes(order.status)) return unacceptable(`order cannot be replaced in "${order.status}" state`);
    const quantity = (request.quantity! - order.filledQuantity) as NanoShares;
    if (quantity <= 0n) return unacceptable('order qty must be > filled qty');
    const rest = { ...request, quantity };
    this.book.open.delete(order);
    const refused = this.#duplicateRefusal(request) ?? this.#admissionRefusal(rest);
    this.book.open.add(order);
    if (refused) return refused;
    const effectiveAt = (this.now() + this.#parts.latency.replaceMs) as EpochMs;
    return this.#accept(rest, order, { orderId, effectiveAt, totalQuantity: nanoSharesText(request.quantity!) });
  }

  /** Nothing trades in the symbol from then until then; what is past cannot be halted any more. */
  halt(symbol: Ticker, from: EpochMs, until: EpochMs): void {
    if (!Number.isFinite(until)) throw new ContractViolation('a halt ends at an instant', { symbol, until: String(until) });
    this.settle();
    this.#record({ kind: 'symbol-halted', symbol, from: Math.max(from, this.now()) as EpochMs, until });
  }

  /** As entered and filled in the broker's own web page. */
  tradeByHand({ symbol, side, quantity, price }: ManualTrade): PaperOrder {
    this.settle();
    const terms = this.#termsOf({
      ...{ symbol, side, type: 'market', timeInForce: 'day', extendedHours: false, quantity },
      ...{ notional: undefined, limitPrice: undefined, stopPrice: undefined, clientOrderId: undefined, attached: undefined },
    });
    const filled = { orderId: terms.id, fillId: this.#freshId(), at: this.now(), session: this.currentSession(), complete: true };
    const texts = { quantity: nanoSharesText(quantity), price: microUsdText(price) };
    this.#record({ kind: 'order-accepted', order: terms, legs: [] }, { kind: 'order-filled', ...filled, ...texts });
    return this.book.order(terms.id);
  }

  moveCash(type: CashType, amount: MicroUsd): void {
    this.settle();
    this.#record({ kind: 'cash-moved', activityId: this.#freshId(), at: this.now(), type, amount: microUsdText(amount) });
  }

  /** Brings the book up to the clock. */
  settle(): void {
    const now = this.now();
    if (this.#settledAt === now) return;
    this.#openSessions();
    this.#advance(now);
    this.#settledAt = now;
  }

  /** Every opening since the last one seen: what it did to holders, between what traded before and after it. */
  #openSessions(): void {
    const { book } = this;
    const current = this.currentSession();
    if (book.session === current) return;
    const first = book.session === undefined || book.session > current ? current : nextSession(book.session);
    const isNew = book.session === undefined;
    for (let session = first; session <= current; session = nextSession(session)) {
      this.#advance((sessionOpen(session) - 1) as EpochMs);
      const before = previousSession(session);
      const valuation = new Valuation(this.market, book, sessionClose(before), before);
      const lastPrice = (symbol: Ticker) => valuation.referencePrice(symbol);
      const opening = openingOf(session, book, this.market, lastPrice, () => this.#freshId());
      if (session !== current && opening.splits.length + opening.actions.length === 0) continue;
      const equityBefore = microUsdText(isNew ? book.cash : valuation.equity());
      this.#record({ kind: 'session-began', session, at: sessionOpen(session), equityBefore, ...opening });
    }
  }

  /** Takes every step up to that instant, the earliest first, of several at once that of the order that came first. */
  #advance(until: EpochMs): void {
    const around = this.#surroundings(until);
    const steps = new Map<PaperOrder, Step | undefined>();
    for (const order of this.book.open) steps.set(order, nextStep(order, around));
    for (;;) {
      let due: { order: PaperOrder; step: Step } | undefined;
      for (const [order, step] of steps) if (step && (due === undefined || step.at < due.step.at)) due = { order, step };
      if (due === undefined) return;
      this.#record(due.step.event());
      const { symbol } = due.order.terms;
      for (const order of steps.keys()) {
        if (!this.book.open.has(order)) steps.delete(order);
        else if (order.terms.symbol === symbol) steps.set(order, nextStep(order, around));
      }
    }
  }

  #surroundings(until: EpochMs): Surroundings {
    const { book, costs, rejects } = this.#parts;
    const paths = new Map<string, SessionPath | undefined>();
    const pathOf = (symbol: Ticker, session: EpochDay): SessionPath | undefined => {
      const key = `${symbol}/${session}`;
      if (!paths.has(key)) paths.set(key, this.#paths.of(symbol, session));
      return paths.get(key);
    };
    const isTurnedAway = (order: PaperOrder, at: EpochMs): boolean => {
      const { session, terms } = order;
      return rejects.length > 0 && isRejectedBy(rejects, order, new Valuation(this.market, book, at, session).referencePrice(terms.symbol));
    };
    return { book, costs, until, pathOf, isTurnedAway, newId: () => this.#freshId() };
  }

  #accept(request: OrderRequest, old?: PaperOrder, replaces?: ReplacementTerms): PaperOrder {
    const terms = this.#termsOf(request, old, replaces);
    const legs = request.attached ? legsOf(terms, request.attached, () => this.#freshId()) : [];
    this.#record({ kind: 'order-accepted', order: terms, legs });
    const at = this.now();
    if (replaces?.effectiveAt === at) {
      this.#record({ kind: 'order-replaced', orderId: replaces.orderId, by: terms.id, at, quantity: terms.quantity! });
    }
    return this.book.order(terms.id);
  }

  #termsOf(request: OrderRequest, old?: PaperOrder, replaces?: ReplacementTerms): OrderTerms {
    const isLate = this.isOpen() && request.timeInForce !== 'opg';
    const session = isLate ? this.currentSession() : nextSession(this.currentSession());
    const submittedAt = this.now();
    const reachesVenueAt = submittedAt + (replaces ? 0 : this.#parts.latency.acknowledgeMs);
    const id = this.#freshId();
    const group = request.attached?.orderClass === 'oco' ? id : old?.terms.group;
    return {
      ...{ id, clientOrderId: request.clientOrderId ?? this.#freshId(), symbol: request.symbol, side: request.side, type: request.type },
      ...{ timeInForce: request.timeInForce, extendedHours: request.extendedHours, ...termsText(request) },
      orderClass: request.attached?.orderClass ?? old?.terms.orderClass ?? 'simple',
      positionIntent: old?.terms.positionIntent ?? positionIntentOf(request, this.book),
      ...{ submittedAt, session, isLate },
      acknowledgedFrom: Math.max(reachesVenueAt, isLate ? reachesVenueAt : sessionOpen(session)) as EpochMs,
      ...(replaces && { replaces }),
      ...(group !== undefined && { group }),
    };
  }

  #duplicateRefusal({ clientOrderId }: OrderRequest): ApiRefusal | undefined {
    const isTaken = clientOrderId !== undefined && this.book.orderIdOfClientId.has(clientOrderId);
    return isTaken ? malformed('client_order_id must be unique') : undefined;
  }

  #admissionRefusal(request: OrderRequest): ApiRefusal | undefined {
    return admissionRefusal(request, this.valuation(), this.book, this.isShortable(request.symbol));
  }

  #symbolRefusal(symbol: Ticker): ApiRefusal | undefined {
    if (!this.market.symbols().includes(symbol)) return unacceptable(`asset "${symbol}" not found`);
    const silent = this.isOpen() && !this.#paths.of(symbol, this.currentSession());
    return !this.market.isTradable(symbol) || silent ? unacceptable(`asset "${symbol}" is not tradable`) : undefined;
  }

  /** A restarted run may draw the same ids again; one that is taken is passed over. */
  #freshId(): string {
    for (;;) {
      const id = this.#parts.newId();
      if (!this.book.ids.has(id) && !this.book.orderIdOfClientId.has(id)) return id;
    }
  }

  #record(...events: readonly ExchangeEvent[]): void {
    this.#settledAt = undefined;
    this.#parts.journal.append(...events);
    for (const event of events) {
      this.book.apply(event);
      this.#parts.onEvent(event);
    }
  }
}
