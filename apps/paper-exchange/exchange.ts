/**
 * The exchange itself, behind its REST API. Every call first brings the book up to the clock (`settle`): an order is
 * answered with "accepted" or "pending_new" when it comes in, and has met its session by the time anything is asked next.
 *
 * - An order that comes in while a session is open meets the rest of that session, which on daily data is its close.
 * - An order that comes in while the market is closed waits for the next session and meets the whole of it.
 * - A day order that was not filled expires at the close; a good-till-cancelled order goes on to the next session.
 * - A symbol without a bar that session does not trade: an order for it is turned away, or rejected if it was waiting.
 *
 * A fill is stamped with the clock, but never later than the close it was made at.
 */
import { isSession, newYorkDay, nextSession, previousSession, sessionClose, sessionOpen } from '../../shared/domain/market/calendar.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { type MicroUsd, microUsdText, type NanoShares, nanoSharesText, noMoney } from '../../shared/kernel/money.ts';
import type { EpochDay, EpochMs, Ticker } from '../../shared/kernel/units.ts';
import type { Journal } from '../local-cloud/journal.ts';
import { admissionRefusal, positionIntentOf } from './admission.ts';
import { type ApiRefusal, malformed, notFound, unacceptable } from './api-refusal.ts';
import type { Book, ExchangeEvent, PaperOrder } from './book.ts';
import type { MarketView, SessionBar } from './market-view.ts';
import { type FillCosts, matchAgainstSession } from './matching.ts';
import { type OrderRequest, termsText } from './order-request.ts';
import { Valuation } from './valuation.ts';

export interface ExchangeParts {
  readonly book: Book;
  readonly journal: Journal<ExchangeEvent>;
  readonly market: MarketView;
  readonly clock: Clock;
  readonly costs: FillCosts;
  readonly mayShort: boolean;
  readonly newId: () => string;
}

export class Exchange {
  readonly #parts: ExchangeParts;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
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

  openAccount(cash: MicroUsd): void {
    if (this.book.account) return;
    const accountId = this.#freshId();
    const accountNumber = `PA${accountId.replaceAll('-', '').slice(0, 10).toUpperCase()}`;
    this.#record({ kind: 'account-opened', at: this.now(), accountId, accountNumber, cash: microUsdText(cash) });
  }

  place(request: OrderRequest): PaperOrder | ApiRefusal {
    const taken = request.clientOrderId !== undefined && this.book.orderIdOfClientId.has(request.clientOrderId);
    if (taken) return malformed('client_order_id must be unique');
    const refused = this.#symbolRefusal(request.symbol) ?? admissionRefusal(request, this.valuation(), this.book, this.mayShort);
    return refused ?? this.#accept(request);
  }

  cancel(orderId: string): ApiRefusal | undefined {
    const order = this.book.orders.get(orderId);
    if (!order) return notFound('order not found');
    if (!this.book.open.has(order)) return unacceptable(`order is already in "${order.status}" state`);
    this.#record({ kind: 'order-ended', orderId, status: 'canceled', at: this.now() });
    return undefined;
  }

  /** The old order gives way only if the new one would be taken in its place. */
  replace(orderId: string, request: OrderRequest): PaperOrder | ApiRefusal {
    const order = this.book.orders.get(orderId);
    if (!order) return notFound('order not found');
    if (!this.book.open.has(order)) return unacceptable(`order is already in "${order.status}" state`);
    const taken = request.clientOrderId !== undefined && this.book.orderIdOfClientId.has(request.clientOrderId);
    if (taken) return malformed('client_order_id must be unique');
    this.book.open.delete(order);
    const refused = admissionRefusal(request, this.valuation(), this.book, this.mayShort);
    this.book.open.add(order);
    if (refused) return refused;
    const replacement = this.#accept(request, orderId);
    this.#record({ kind: 'order-replaced', orderId, by: replacement.terms.id, at: this.now() });
    return replacement;
  }

  /** Brings the book up to the clock. */
  settle(): void {
    const current = this.currentSession();
    if (this.book.session !== current) {
      const atTheOpening = new Valuation(this.market, this.book, sessionOpen(current), current);
      const before = this.book.session === undefined ? this.book.cash : atTheOpening.equity();
      this.#record({ kind: 'session-began', session: current, equityBefore: microUsdText(before) });
    }
    for (const order of [...this.book.open].sort((a, b) => a.sequence - b.sequence)) this.#bringUp(order);
  }

  #bringUp(order: PaperOrder): void {
    const now = this.now();
    while (this.book.open.has(order) && sessionOpen(order.session) <= now) {
      if (order.metSession !== order.session) this.#meet(order);
      if (!this.book.open.has(order)) return;
      const closesAt = sessionClose(order.session);
      if (closesAt > now) return;
      const orderId = order.terms.id;
      if (order.terms.timeInForce === 'gtc') this.#record({ kind: 'order-carried', orderId, session: nextSession(order.session) });
      else this.#record({ kind: 'order-ended', orderId, status: 'expired', at: closesAt });
    }
  }

  #meet(order: PaperOrder): void {
    const { id: orderId, symbol, timeInForce } = order.terms;
    const { session } = order;
    const at = this.#stampFor(order);
    const bar = this.#tradingBar(symbol, session);
    const match = bar && matchAgainstSession(this.#matchable(order), bar, this.#parts.costs);
    if (match?.kind === 'filled') {
      const texts = { quantity: nanoSharesText(match.quantity), price: microUsdText(match.price) };
      this.#record({ kind: 'order-filled', orderId, fillId: this.#freshId(), at, session, ...texts, complete: match.complete });
      if (match.complete) return;
    }
    if (!bar && timeInForce !== 'gtc') this.#record({ kind: 'order-ended', orderId, status: 'rejected', at });
    else if (timeInForce !== 'day' && timeInForce !== 'gtc') this.#record({ kind: 'order-ended', orderId, status: 'canceled', at });
    else this.#record({ kind: 'session-met', orderId, session, stopReached: match?.stopReached ?? order.stopReached, at });
  }

  #matchable(order: PaperOrder) {
    const { quantity, notional, limitPrice, stopPrice, stopReached, isLate, filledQuantity } = order;
    const spent = (order.filledProduct / 1_000_000_000n) as MicroUsd;
    return {
      ...{
        side: order.terms.side,
        type: order.terms.type,
        timeInForce: order.terms.timeInForce,
        limitPrice,
        stopPrice,
        stopReached,
        isLate,
      },
      leaves:
        quantity === undefined
          ? { usd: ((notional ?? noMoney) - spent) as MicroUsd }
          : { shares: (quantity - filledQuantity) as NanoShares },
    };
  }

  #accept(request: OrderRequest, replaces?: string): PaperOrder {
    const isLate = this.isOpen() && request.timeInForce !== 'opg';
    const id = this.#freshId();
    this.#record({
      kind: 'order-accepted',
      order: {
        ...{ id, clientOrderId: request.clientOrderId ?? this.#freshId(), symbol: request.symbol, side: request.side, type: request.type },
        ...{ timeInForce: request.timeInForce, extendedHours: request.extendedHours, ...termsText(request) },
        positionIntent: positionIntentOf(request, this.book),
        submittedAt: this.now(),
        session: isLate ? this.currentSession() : this.#nextSession(),
        isLate,
        ...(replaces && { replaces }),
      },
    });
    return this.book.order(id);
  }

  #nextSession(): EpochDay {
    return nextSession(this.currentSession());
  }

  #symbolRefusal(symbol: Ticker): ApiRefusal | undefined {
    if (!this.market.symbols().includes(symbol)) return unacceptable(`asset "${symbol}" not found`);
    const silent = this.isOpen() && !this.#tradingBar(symbol, this.currentSession());
    return !this.market.isTradable(symbol) || silent ? unacceptable(`asset "${symbol}" is not tradable`) : undefined;
  }

  /** A bar that somebody traded at. */
  #tradingBar(symbol: Ticker, session: EpochDay): SessionBar | undefined {
    const bar = this.market.barOn(symbol, session);
    return bar && bar.volume > 0 ? bar : undefined;
  }

  #stampFor(order: PaperOrder): EpochMs {
    return Math.min(this.now(), sessionClose(order.session)) as EpochMs;
  }

  /** A restarted run may draw the same ids again; one that is taken is passed over. */
  #freshId(): string {
    for (;;) {
      const id = this.#parts.newId();
      if (!this.book.ids.has(id) && !this.book.orderIdOfClientId.has(id)) return id;
    }
  }

  #record(event: ExchangeEvent): void {
    this.#parts.journal.append(event);
    this.book.apply(event);
  }
}
