/**
 * What the account is worth and what it may still spend, at one instant.
 *
 * A position is marked at the last close that has happened; where the account traded in the session under way, at that
 * session's close, because its fill was made there and a mark from the day before would show a gain that never was.
 *
 * Buying power is that of an unlevered account: cash, less 150 % of what shorts are worth (their proceeds are in the cash
 * and stay there, with half as much again), less what open orders would take: an order to buy its worst price, an order
 * to sell short half its value. For a long-only account with nothing open that is the cash. Of an order and its replacement the
 * larger counts, of orders of one group the largest.
 *
 * A close from before a split is told in the shares of the session the account is valued in.
 */
import { nextSession, previousSession, sessionClose } from '../../shared/domain/market/calendar.ts';
import {
  averagePrice,
  greater,
  type MicroUsd,
  magnitude,
  microUsdFromFloat,
  microUsdToFloat,
  type NanoShares,
  noMoney,
  notionalOf,
  proportion,
} from '../../shared/kernel/money.ts';
import type { EpochDay, EpochMs, Ticker } from '../../shared/kernel/units.ts';
import type { Book } from './book.ts';
import type { MarketView } from './market-view.ts';
import { leavesOf, type PaperOrder } from './paper-order.ts';
import type { PaperPosition } from './positions.ts';

/** How many sessions back a last close is looked for; a symbol silent for longer has none. */
const SESSIONS_BACK_MAX = 30;

export interface PositionValue {
  readonly position: PaperPosition;
  readonly price: MicroUsd;
  readonly previousPrice: MicroUsd;
  readonly value: MicroUsd;
}

export class Valuation {
  readonly #market: MarketView;
  readonly #book: Book;
  readonly #now: EpochMs;
  readonly #session: EpochDay;
  readonly #lastClosed: EpochDay;

  /** `session` is the session under way, or the latest one. */
  constructor(market: MarketView, book: Book, now: EpochMs, session: EpochDay) {
    this.#market = market;
    this.#book = book;
    this.#now = now;
    this.#session = session;
    this.#lastClosed = sessionClose(session) <= this.#now ? session : previousSession(session);
  }

  positions(): readonly PositionValue[] {
    return [...this.#book.positions.values()].map((position) => this.positionValue(position));
  }

  positionValue(position: PaperPosition): PositionValue {
    const markDay = Math.max(position.lastTradedOn, this.#lastClosed) as EpochDay;
    const bought = averagePrice(position.cost, position.quantity);
    const price = this.#closeOnOrBefore(position.symbol, markDay, position.lastTradedOn) ?? bought;
    const previousPrice = this.#closeOnOrBefore(position.symbol, previousSession(markDay)) ?? price;
    return { position, price, previousPrice, value: notionalOf(position.quantity, price) };
  }

  /** The price an order is judged by when it comes in: the last close, or the open of a symbol's first session. */
  referencePrice(symbol: Ticker): MicroUsd | undefined {
    const last = this.#closeOnOrBefore(symbol, this.#lastClosed);
    if (last !== undefined) return last;
    const bar = this.#market.barOn(symbol, this.#session);
    return bar && microUsdFromFloat(bar.open);
  }

  /**
   * The latest trade, as far as daily data knows one: the last close. A symbol that trades in the session under way is
   * said to trade at that price now, since its true price would be a look ahead; any other's last trade was that close.
   */
  lastTrade(symbol: Ticker): { readonly price: MicroUsd; readonly at: EpochMs } | undefined {
    const close = this.#lastClose(symbol, this.#lastClosed);
    const tradesToday = this.#session !== this.#lastClosed && (this.#market.barOn(symbol, this.#session)?.volume ?? 0) > 0;
    if (!close) return undefined;
    return { price: close.price, at: tradesToday ? this.#now : sessionClose(close.session) };
  }

  longValue(): MicroUsd {
    return sum(this.positions().map(({ value }) => (value > 0n ? value : noMoney)));
  }

  /** Zero or negative. */
  shortValue(): MicroUsd {
    return sum(this.positions().map(({ value }) => (value < 0n ? value : noMoney)));
  }

  equity(): MicroUsd {
    return (this.#book.cash + sum(this.positions().map(({ value }) => value))) as MicroUsd;
  }

  buyingPower(): MicroUsd {
    const shorts = magnitude(this.shortValue());
    const reserved = sum([...this.#book.open].map((order) => this.#reserveBesideOld(order)));
    return (this.#book.cash - shorts - proportion(shorts, 1n, 2n) - reserved) as MicroUsd;
  }

  /** A replacement that waits for its turn keeps only what it keeps beyond the order before it. */
  #reserveBesideOld(order: PaperOrder): MicroUsd {
    const old = order.terms.replaces && this.#book.order(order.terms.replaces.orderId);
    const reserve = this.reserveOf(order);
    if (old?.replacementId !== order.terms.id || !this.#book.open.has(old)) return reserve;
    return greater(noMoney, (reserve - this.reserveOf(old)) as MicroUsd);
  }

  /** What an open order keeps from being spent otherwise. */
  reserveOf(order: PaperOrder): MicroUsd {
    const { positionIntent, symbol } = order.terms;
    if (positionIntent === 'buy_to_close' || positionIntent === 'sell_to_close') return noMoney;
    const price = order.limitPrice ?? order.stopPrice ?? this.referencePrice(symbol) ?? noMoney;
    const value = order.notional ?? notionalOf(leavesOf(order), price);
    return positionIntent === 'buy_to_open' ? value : proportion(value, 1n, 2n);
  }

  /** Size of what open orders would already close of a position; of orders of one group, only one can. */
  heldForOrders(symbol: Ticker): NanoShares {
    const largestOf = new Map<string, bigint>();
    for (const order of this.closingOrders(symbol)) {
      const { id, group, replaces } = order.terms;
      const key = group ?? replaces?.orderId ?? id;
      const leaves: bigint = leavesOf(order);
      const largest = largestOf.get(key) ?? 0n;
      if (leaves >= largest) largestOf.set(key, leaves);
    }
    return [...largestOf.values()].reduce((total, held) => total + held, 0n) as NanoShares;
  }

  closingOrders(symbol: Ticker): readonly PaperOrder[] {
    return [...this.#book.open].filter(({ terms, isHeld }) => !isHeld && terms.symbol === symbol && terms.positionIntent.endsWith('close'));
  }

  /** `since` is a session with a bar, so that the walk back ends there however long ago it was. */
  #closeOnOrBefore(symbol: Ticker, day: EpochDay, since?: EpochDay): MicroUsd | undefined {
    return this.#lastClose(symbol, day, since)?.price;
  }

  #lastClose(symbol: Ticker, day: EpochDay, since?: EpochDay): { readonly price: MicroUsd; readonly session: EpochDay } | undefined {
    let session = day;
    for (let back = 0; since === undefined ? back < SESSIONS_BACK_MAX : session >= since; back++) {
      const bar = this.#market.barOn(symbol, session);
      if (bar) return { price: this.#inSharesOfToday(microUsdFromFloat(bar.close), symbol, session), session };
      session = previousSession(session);
    }
    return undefined;
  }

  /** Only sessions since then can have split it; a market without splits is not asked. */
  #inSharesOfToday(price: MicroUsd, symbol: Ticker, since: EpochDay): MicroUsd {
    if (!this.#market.actionsOn) return price;
    let ratio = 1;
    for (let session = nextSession(since); session <= this.#session; session = nextSession(session)) {
      ratio *= this.#market.actionsOn(symbol, session)?.splitRatio ?? 1;
    }
    return ratio === 1 ? price : microUsdFromFloat(microUsdToFloat(price) / ratio);
  }
}

const sum = (amounts: readonly MicroUsd[]): MicroUsd => amounts.reduce((total, amount) => (total + amount) as MicroUsd, noMoney);
