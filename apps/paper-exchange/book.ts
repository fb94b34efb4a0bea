/**
 * Everything the exchange knows, as the fold of its events: the same events always give the same book, which is how an account
 * survives a killed process. Nothing here decides anything.
 */
import { sessionOpen } from '../../shared/domain/market/calendar.ts';
import { invariant } from '../../shared/kernel/errors.ts';
import {
  type MicroUsd,
  type NanoShares,
  nanoSharesText,
  noShares,
  notionalOf,
  parseMicroUsd,
  parseNanoShares,
} from '../../shared/kernel/money.ts';
import type { EpochDay, EpochMs, Ticker } from '../../shared/kernel/units.ts';
import type { Activity, Fill } from './activities.ts';
import type { EventOf, ExchangeEvent, FinalStatus, OpeningAction, OrderTerms } from './exchange-events.ts';
import { leavesOf, newPaperOrder, openStatus, type PaperOrder } from './paper-order.ts';
import { type PaperPosition, positionAfterFill } from './positions.ts';

export interface HaltWindow {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

export class Book {
  readonly orders = new Map<string, PaperOrder>();
  readonly orderIdOfClientId = new Map<string, string>();
  readonly open = new Set<PaperOrder>();
  /** Orders of one group, by the group's id. */
  readonly groups = new Map<string, PaperOrder[]>();
  /** Orders that came with another one, by that one's id. */
  readonly legs = new Map<string, PaperOrder[]>();
  readonly positions = new Map<Ticker, PaperPosition>();
  readonly activities: Activity[] = [];
  readonly ids = new Set<string>();
  /** By symbol, the one that begins first first. */
  readonly halts = new Map<Ticker, HaltWindow[]>();
  /** When a symbol last split: orders from before are void. */
  readonly splitAt = new Map<Ticker, EpochMs>();
  account: EventOf<'account-opened'> | undefined;
  cash = 0n as MicroUsd;
  /** The session last seen open, and what the account was worth at the close before it. */
  session: EpochDay | undefined;
  equityBeforeSession = 0n as MicroUsd;
  /** Volume that fills of one session took, by symbol, session and pool. */
  readonly #taken = new Map<string, NanoShares>();

  apply(event: ExchangeEvent): void {
    switch (event.kind) {
      case 'account-opened':
        this.account = event;
        this.cash = parseMicroUsd(event.cash);
        this.equityBeforeSession = this.cash;
        this.ids.add(event.accountId);
        return;
      case 'session-began':
        this.#beginSession(event);
        return;
      case 'order-accepted':
        this.#accept(event);
        return;
      case 'symbol-halted':
        this.halts.set(
          event.symbol,
          [...(this.halts.get(event.symbol) ?? []), event].sort((a, b) => a.from - b.from),
        );
        return;
      case 'cash-moved':
        this.#moveCash(event);
        return;
      default:
        this.#applyToOrder(event, this.order(event.orderId));
    }
  }

  get fills(): readonly Fill[] {
    return this.activities.filter((activity) => activity.kind === 'fill');
  }

  order(id: string): PaperOrder {
    const order = this.orders.get(id);
    invariant(order !== undefined, 'events speak of orders that were accepted', { id });
    return order;
  }

  takenFrom(symbol: Ticker, session: EpochDay, pool: string): NanoShares {
    return this.#taken.get(`${symbol}/${session}/${pool}`) ?? noShares;
  }

  #applyToOrder(
    event: Exclude<ExchangeEvent, { kind: 'account-opened' | 'session-began' | 'order-accepted' | 'symbol-halted' | 'cash-moved' }>,
    order: PaperOrder,
  ): void {
    order.updatedAt = event.at;
    switch (event.kind) {
      case 'order-acknowledged':
        order.acknowledged = true;
        order.activeFrom = event.at;
        break;
      case 'order-filled':
        this.#fill(event, order);
        break;
      case 'stop-reached':
        order.stopReached = true;
        order.activeFrom = event.at;
        break;
      case 'order-carried':
        order.session = event.session;
        order.activeFrom = sessionOpen(event.session);
        break;
      case 'order-ended':
        this.#end(order, event.status, event.at);
        break;
      case 'cancel-requested':
        order.cancelEffectiveAt = event.effectiveAt;
        break;
      case 'order-replaced':
        this.#replace(order, event);
        break;
      case 'leg-released':
        order.isHeld = false;
        order.session = event.session;
        order.activeFrom = event.at;
        order.quantity = parseNanoShares(event.quantity);
        order.groupQuantity = order.quantity;
        break;
      case 'order-resized':
        order.quantity = parseNanoShares(event.quantity);
        break;
      case 'order-suspended':
        order.suspendedUntil = event.until;
        break;
      case 'order-resumed':
        order.suspendedUntil = undefined;
        order.activeFrom = event.at;
        break;
    }
    if (this.open.has(order)) order.status = openStatus(order);
  }

  #accept({ order, legs }: EventOf<'order-accepted'>): void {
    for (const terms of [order, ...legs]) this.#add(terms);
    if (legs.length > 0)
      this.legs.set(
        order.id,
        legs.map(({ id }) => this.order(id)),
      );
  }

  #add(terms: OrderTerms): void {
    const order = newPaperOrder(terms, this.orders.size);
    this.orders.set(terms.id, order);
    this.orderIdOfClientId.set(terms.clientOrderId, terms.id);
    this.open.add(order);
    this.ids.add(terms.id);
    if (terms.group !== undefined) this.groups.set(terms.group, [...(this.groups.get(terms.group) ?? []), order]);
    if (terms.replaces === undefined) return;
    const old = this.order(terms.replaces.orderId);
    old.replacementId = terms.id;
    old.updatedAt = terms.submittedAt;
    old.status = openStatus(old);
  }

  #replace(old: PaperOrder, event: EventOf<'order-replaced'>): void {
    const replacement = this.order(event.by);
    old.replacedBy = event.by;
    this.#end(old, 'replaced', event.at);
    replacement.quantity = parseNanoShares(event.quantity);
    const filledByGroup = this.filledByOthers(replacement);
    replacement.groupQuantity = (replacement.quantity + filledByGroup) as NanoShares;
  }

  /** What the other orders of its group have filled. */
  filledByOthers(order: PaperOrder): NanoShares {
    let filled = 0n;
    for (const other of this.groups.get(order.terms.group ?? '') ?? []) if (other !== order) filled += other.filledQuantity;
    return filled as NanoShares;
  }

  #fill(event: EventOf<'order-filled'>, order: PaperOrder): void {
    const { symbol, side } = order.terms;
    const quantity = parseNanoShares(event.quantity);
    const price = parseMicroUsd(event.price);
    order.filledQuantity = (order.filledQuantity + quantity) as NanoShares;
    order.filledProduct += quantity * price;
    order.lastFillAt = event.at;
    if (event.complete) {
      order.status = 'filled';
      order.filledAt = event.at;
      this.open.delete(order);
    }
    if (event.pool !== undefined) {
      const taken = this.takenFrom(symbol, event.session, event.pool) + quantity;
      this.#taken.set(`${symbol}/${event.session}/${event.pool}`, taken as NanoShares);
    }
    const signed = (side === 'buy' ? quantity : -quantity) as NanoShares;
    const value = notionalOf(signed, price);
    const position = positionAfterFill(this.positions.get(symbol), symbol, { quantity: signed, value }, event.session);
    if (position) this.positions.set(symbol, position);
    else this.positions.delete(symbol);
    this.cash = (this.cash - value) as MicroUsd;
    this.ids.add(event.fillId);
    const { fillId: id, orderId, at, complete } = event;
    const counts = { quantity, price, cumulative: order.filledQuantity, leaves: leavesOf(order), complete };
    this.activities.push({ kind: 'fill', id, orderId, at, symbol, side, ...counts });
  }

  #end(order: PaperOrder, status: FinalStatus | 'replaced', at: EpochMs): void {
    order.status = status;
    order.endedAt = at;
    this.open.delete(order);
    if (order.terms.replaces === undefined || status !== 'rejected') return;
    const old = this.order(order.terms.replaces.orderId);
    if (!this.open.has(old)) return;
    old.replacementId = undefined;
    old.status = openStatus(old);
  }

  #beginSession({ session, at, equityBefore, actions, splits }: EventOf<'session-began'>): void {
    this.session = session;
    this.equityBeforeSession = parseMicroUsd(equityBefore);
    this.#taken.clear();
    for (const symbol of splits) this.splitAt.set(symbol, at);
    for (const action of actions) this.#act(action, at);
  }

  #act(action: OpeningAction, at: EpochMs): void {
    const { activityId: id, symbol } = action;
    this.ids.add(id);
    if (action.kind === 'dividend') {
      const amount = parseMicroUsd(action.amount);
      this.cash = (this.cash + amount) as MicroUsd;
      const quantity = parseNanoShares(action.quantity);
      const told = { symbol, quantity, perShare: action.perShare, description: `${symbol} dividend` };
      this.activities.push({ kind: 'non-trade', id, at, type: 'DIV', subType: amount < 0n ? 'SPD' : 'CDIV', amount, ...told });
      return;
    }
    const [before, after] = [parseNanoShares(action.quantityBefore), parseNanoShares(action.quantityAfter)];
    const amount = parseMicroUsd(action.cashInLieu);
    this.cash = (this.cash + amount) as MicroUsd;
    const position = this.positions.get(symbol);
    invariant(position !== undefined && position.quantity === before, 'a split changes the holding it was reckoned for', { symbol });
    if (after === 0n) this.positions.delete(symbol);
    else this.positions.set(symbol, { ...position, quantity: after, cost: (position.cost - amount) as MicroUsd });
    const description = `${symbol} ${nanoSharesText(before)} became ${nanoSharesText(after)} (${action.ratio} for 1)`;
    const quantity = (after - before) as NanoShares;
    this.activities.push({ kind: 'non-trade', id, at, type: 'SPLIT', amount, symbol, quantity, description });
  }

  #moveCash({ activityId: id, at, type, amount: text }: EventOf<'cash-moved'>): void {
    const amount = parseMicroUsd(text);
    this.ids.add(id);
    this.cash = (this.cash + amount) as MicroUsd;
    this.activities.push({ kind: 'non-trade', id, at, type, amount, description: `${type} ${text}` });
  }
}
