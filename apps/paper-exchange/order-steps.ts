/**
 * What happens to an open order next, and when. Each rule looks at one thing that can happen and names its instant; the earliest
 * happens, of several at one instant the first in the list. Everything is told from the book, the market and the clock, so
 * that a process killed between two steps takes the second one when it comes back, and so that asking more often changes nothing.
 */
import { nextSession, sessionClose, sessionOpen } from '../../shared/domain/market/calendar.ts';
import { type MicroUsd, microUsdText, nanoSharesText, parseNanoShares } from '../../shared/kernel/money.ts';
import type { EpochDay, EpochMs, Ticker } from '../../shared/kernel/units.ts';
import type { Book } from './book.ts';
import type { ExchangeEvent, FinalStatus } from './exchange-events.ts';
import { type FillCosts, firstMeeting, type Meeting } from './matching.ts';
import { matchableOf, type PaperOrder } from './paper-order.ts';
import type { SessionPath } from './session-path.ts';

export interface Step {
  readonly at: EpochMs;
  event(): ExchangeEvent;
}

export interface Surroundings {
  readonly book: Book;
  readonly costs: FillCosts;
  /** Nothing after this instant is looked at. */
  readonly until: EpochMs;
  pathOf(symbol: Ticker, session: EpochDay): SessionPath | undefined;
  /** Whether the venue turns it away when it gets it. */
  isTurnedAway(order: PaperOrder, at: EpochMs): boolean;
  newId(): string;
}

type Rule = (order: PaperOrder, around: Surroundings) => Step | undefined;

export function nextStep(order: PaperOrder, around: Surroundings): Step | undefined {
  let first: Step | undefined;
  for (const rule of rules) {
    const step = rule(order, around);
    if (step && step.at <= around.until && (first === undefined || step.at < first.at)) first = step;
  }
  return first;
}

/** Orders from before a split would mean another price and another size: they are void. */
const voidAfterSplit: Rule = (order, { book }) => {
  const at = book.splitAt.get(order.terms.symbol);
  return at !== undefined && at > order.terms.submittedAt ? ended(order, 'canceled', at) : undefined;
};

/** A held leg is let go for what its entry filled, once the entry is over; of an entry that filled nothing nothing is left to exit. */
const followEntry: Rule = (order, { book }) => {
  if (!order.isHeld) return undefined;
  let entry = book.order(order.terms.heldBy!);
  let filled = entry.filledQuantity as bigint;
  while (entry.replacedBy !== undefined) {
    entry = book.order(entry.replacedBy);
    filled += entry.filledQuantity;
  }
  const at = entry.filledAt ?? entry.endedAt;
  if (at === undefined) return undefined;
  if (filled === 0n) return ended(order, 'canceled', at);
  const { session } = entry;
  return { at, event: () => ({ kind: 'leg-released', orderId: order.terms.id, at, session, quantity: nanoSharesText(filled) }) };
};

/** What one order of a group fills, the others lose; when one is over before the close, so are the others. */
const followGroup: Rule = (order, { book }) => {
  if (order.terms.group === undefined || order.isHeld) return undefined;
  const others = book.groups.get(order.terms.group)!.filter((other) => other !== order && !other.isHeld);
  const over = others.find(
    ({ status, terms }) => status === 'filled' || status === 'canceled' || (status === 'rejected' && !terms.replaces),
  );
  if (over) return ended(order, 'canceled', (over.filledAt ?? over.endedAt)!);
  const quantity = order.groupQuantity - book.filledByOthers(order);
  if (quantity === order.quantity) return undefined;
  const at = Math.max(...others.map(({ lastFillAt }) => lastFillAt)) as EpochMs;
  if (quantity <= order.filledQuantity) return ended(order, 'canceled', at);
  return { at, event: () => ({ kind: 'order-resized', orderId: order.terms.id, at, quantity: nanoSharesText(quantity) }) };
};

/** The venue gets the order; it may turn it away, as it does where nobody trades that session. A replacement waits for its turn. */
const acknowledge: Rule = (order, { book, pathOf, isTurnedAway }) => {
  if (order.acknowledged || order.isHeld) return undefined;
  const { id: orderId, symbol, timeInForce, replaces } = order.terms;
  let at = Math.max(order.terms.acknowledgedFrom, order.activeFrom) as EpochMs;
  if (replaces !== undefined) {
    const old = book.order(replaces.orderId);
    const over = old.filledAt ?? old.endedAt;
    if (over === undefined) return undefined;
    if (old.replacedBy !== orderId) return ended(order, 'rejected', over);
    at = Math.max(at, over) as EpochMs;
  }
  const silent = timeInForce !== 'gtc' && pathOf(symbol, order.session) === undefined;
  if (silent || isTurnedAway(order, at)) return ended(order, 'rejected', at);
  return { at, event: () => ({ kind: 'order-acknowledged', orderId, at }) };
};

const meetMarket: Rule = (order, around) => {
  const { book, until } = around;
  const { symbol } = order.terms;
  const { session } = order;
  if (!order.acknowledged || order.isHeld || order.suspendedUntil !== undefined) return undefined;
  const from = Math.max(order.activeFrom, order.lastFillAt, sessionOpen(session)) as EpochMs;
  if (from > until) return undefined;
  const path = around.pathOf(symbol, session);
  if (path === undefined) return undefined;
  const halt = nextHalt(order, book);
  const last = Math.min(until, sessionClose(session), halt === undefined ? until : halt.from - 1) as EpochMs;
  const venue = { path, costs: around.costs, taken: (pool: string) => book.takenFrom(symbol, session, pool) };
  const meeting = firstMeeting(matchableOf(order), venue, from, last);
  return meeting && { at: meeting.at, event: () => eventOf(meeting, order, around.newId()) };
};

function eventOf(meeting: Meeting, order: PaperOrder, fillId: string): ExchangeEvent {
  const orderId = order.terms.id;
  const { at } = meeting;
  if (meeting.kind === 'stop-reached') return { kind: 'stop-reached', orderId, at };
  if (meeting.kind === 'over') return { kind: 'order-ended', orderId, status: 'canceled', at };
  const { quantity, price, complete, pool } = meeting;
  const texts = { quantity: nanoSharesText(quantity), price: microUsdText(price) };
  return { kind: 'order-filled', orderId, fillId, at, session: order.session, ...texts, complete, pool };
}

/** Nothing trades in a halted symbol; an order that may not wait is over. */
const suspend: Rule = (order, { book }) => {
  if (!order.acknowledged || order.isHeld || order.suspendedUntil !== undefined) return undefined;
  const halt = nextHalt(order, book);
  if (halt === undefined || halt.from >= sessionClose(order.session)) return undefined;
  const at = Math.max(halt.from, order.activeFrom) as EpochMs;
  const mayWait = order.terms.timeInForce !== 'ioc' && order.terms.timeInForce !== 'fok';
  if (!mayWait) return ended(order, 'canceled', at);
  return { at, event: () => ({ kind: 'order-suspended', orderId: order.terms.id, at, until: halt.until }) };
};

const nextHalt = (order: PaperOrder, book: Book) =>
  book.halts.get(order.terms.symbol)?.find(({ from, until }) => until > Math.max(from, order.activeFrom));

const resume: Rule = (order) => {
  if (order.suspendedUntil === undefined) return undefined;
  const at = Math.max(order.suspendedUntil, order.activeFrom) as EpochMs;
  return { at, event: () => ({ kind: 'order-resumed', orderId: order.terms.id, at }) };
};

const takeCancel: Rule = (order) => (order.cancelEffectiveAt === undefined ? undefined : ended(order, 'canceled', order.cancelEffectiveAt));

/** The new order has to fill what the two together are to fill and the old one has not; where that is nothing, there is no new order. */
const giveWay: Rule = (order, { book }) => {
  if (order.replacementId === undefined) return undefined;
  const replacement = book.order(order.replacementId);
  const { effectiveAt: at, totalQuantity } = replacement.terms.replaces!;
  const quantity = parseNanoShares(totalQuantity) - order.filledQuantity;
  if (quantity <= 0n) return ended(replacement, 'rejected', at);
  const [orderId, by] = [order.terms.id, replacement.terms.id];
  return { at, event: () => ({ kind: 'order-replaced', orderId, by, at, quantity: nanoSharesText(quantity) }) };
};

const atTheClose: Rule = (order) => {
  if (order.isHeld) return undefined;
  const at = sessionClose(order.session);
  if (order.terms.timeInForce !== 'gtc') return ended(order, 'expired', at);
  return { at, event: () => ({ kind: 'order-carried', orderId: order.terms.id, session: nextSession(order.session), at }) };
};

const rules: readonly Rule[] = [
  voidAfterSplit,
  followEntry,
  followGroup,
  acknowledge,
  meetMarket,
  suspend,
  resume,
  takeCancel,
  giveWay,
  atTheClose,
];

const ended = (order: PaperOrder, status: FinalStatus, at: EpochMs): Step => ({
  at,
  event: () => ({ kind: 'order-ended', orderId: order.terms.id, status, at }),
});

/** Rules by which a venue turns orders away after the broker took them. */
export type RejectRule =
  /** A limit further from the last price than that. */
  | { readonly kind: 'price-band'; readonly bandFrac: number }
  | { readonly kind: 'refuse'; readonly symbol?: Ticker; readonly side?: 'buy' | 'sell' };

export function isRejectedBy(rules: readonly RejectRule[], order: PaperOrder, reference: MicroUsd | undefined): boolean {
  const { symbol, side } = order.terms;
  return rules.some((rule) => {
    if (rule.kind === 'refuse') return (rule.symbol ?? symbol) === symbol && (rule.side ?? side) === side;
    if (order.limitPrice === undefined || reference === undefined) return false;
    return Math.abs(Number(order.limitPrice) / Number(reference) - 1) > rule.bandFrac;
  });
}
