/**
 * Works a parent order, one slice at each call:
 *
 * 1. Every child of earlier slices is brought to its end: asked for at the broker by client id, cancelled if it still works, and its claim
 *    settled once it is over. What cannot be ended yet keeps its claim.                                                   #endChildren
 * 2. What is missing of the slice's target is claimed on the parent: the next child.                          next-child.ts, parents.ts
 * 3. The child goes through the order desk like any order: control epoch, stops, lease, limits, permit.
 *
 * A slice is cancelled and sent anew, not replaced at the broker: a replacement leaves two ids that may fill, and not every broker has one.
 *
 * The parent ends when its last slice is over, and at once when the desk says that trading stopped or the control epoch or the lease is no longer
 * that of its cycle. A limit that is only full for the moment (messages, exposure, open orders) leaves the parent working: the next slice
 * catches up.
 *
 * Idempotent: a child's id derives from the parent and the slice, so a call that comes twice finds the claim of the first and goes on where it
 * stopped. Two workers at once derive the same child, and one reservation wins.
 *
 * Not covered: quotes (see next-child.ts), and a parent over several sessions.
 */
import type { Broker, BrokerOrder } from '../brokers/broker.ts';
import { type ChildLimits, type NextChild, nextChild } from '../domain/execution/algos/next-child.ts';
import { type Fill, fillsTogether } from '../domain/execution/implementation-shortfall.ts';
import { clientOrderId } from '../domain/execution/order-intent.ts';
import { isTerminal } from '../domain/execution/order-lifecycle.ts';
import { maySendNow, settlementOf, submissionWindowMs } from '../domain/execution/settle-order.ts';
import type { Clock } from '../kernel/clock.ts';
import { invariant, TransientFailure } from '../kernel/errors.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { EpochMs, OrderId, Shares, Usd } from '../kernel/units.ts';
import type { Ledger, LedgerOrder, OrderIntent, OrderKey } from '../stores/ledger/index.ts';
import type { Claim, ParentOrder, ParentResult, ParentStore } from '../stores/ledger/parents.ts';
import type { OrderDesk } from './order-desk.ts';

export interface WorkOrderOptions {
  readonly fund: string;
  readonly broker: Pick<Broker, 'capabilities' | 'orderByClientId' | 'cancel' | 'latestPrices'>;
  readonly ledger: Pick<Ledger, 'order' | 'recordEvidence' | 'recordNeverArrived' | 'requestCancel' | 'withdraw'>;
  readonly parents: ParentStore;
  /**
   * A desk under the cycle's ticket and guard. `releasedUsd` widens its exposure budget by the worst case of shares of this parent's children
   * that can no longer trade: the budget counts every reservation that was ever made, and these are made anew.
   */
  readonly desk: (releasedUsd: Usd) => Pick<OrderDesk, 'place'>;
  readonly clock: Clock;
  readonly limits: ChildLimits;
}

export type SliceOutcome =
  | {
      readonly kind: 'working';
      readonly did: 'sent' | 'held';
      readonly why: string | null;
      readonly nextSlice: number;
      readonly nextAt: EpochMs;
    }
  /** Nothing more is sent; `open` children are not over yet, and this must be asked again. */
  | { readonly kind: 'ending'; readonly why: string; readonly open: number }
  | { readonly kind: 'ended'; readonly why: string; readonly result: ParentResult };

/** Of the desk's reasons, those that pass; all others end the parent. */
const passing: ReadonlySet<string> = new Set([
  'exposure-over-limit',
  'message-rate-over-limit',
  'too-many-open-orders',
  'broker-throttled',
]);

export class WorkOrder {
  readonly #options: WorkOrderOptions;

  constructor(options: WorkOrderOptions) {
    this.#options = options;
  }

  /** `slice` counts from 0; the one after the last ends the parent. @throws TransientFailure when the broker does not answer. */
  async work(key: OrderKey, slice: number): Promise<SliceOutcome> {
    const parent = await this.#parent(key);
    if (parent.state === 'ENDED') return this.#ending(parent, parent.endedFor ?? '');
    if (slice >= parent.slices.length) return this.stop(key, 'schedule-done');
    const claims = await this.#options.parents.claims(parent);
    // A call that was held up must not end the child of a slice that came after it.
    if (claims.some((claim) => claim.slice > slice)) return working(parent, slice, { why: 'slice-over', passes: true });
    const resumed = claims.find((claim) => claim.slice === slice);
    await this.#endChildren(
      parent,
      claims.filter((claim) => claim !== resumed),
    );
    const sent = resumed === undefined ? await this.#sendNext(parent, slice) : await this.#resume(parent, resumed);
    if (sent.why !== null && !sent.passes) return this.stop(key, sent.why);
    return working(parent, slice, sent);
  }

  /** Sends nothing more, and ends what works; asked again until nothing is open. */
  async stop(key: OrderKey, why: string): Promise<SliceOutcome> {
    await this.#options.parents.end(key, why);
    const parent = await this.#parent(key);
    return this.#ending(parent, parent.endedFor ?? why);
  }

  async #ending(parent: ParentOrder, why: string): Promise<SliceOutcome> {
    const { parents } = this.#options;
    await this.#endChildren(parent, await parents.claims(parent));
    const open = (await parents.claims(parent)).filter(({ filled }) => filled === null).length;
    return open === 0 ? { kind: 'ended', why, result: await this.#result(parent) } : { kind: 'ending', why, open };
  }

  /** Written down once: what the children did, and the market's price when the last of them was over. */
  async #result(parent: ParentOrder): Promise<ParentResult> {
    if (parent.result) return parent.result;
    const { broker, ledger, parents } = this.#options;
    const fills: Fill[] = [];
    for (const { childId, filled } of await parents.claims(parent)) {
      const child = filled ? await ledger.order({ cycleId: parent.cycleId, orderId: childId }) : null;
      if (child === null || isRefusal(child)) continue;
      fills.push({ quantity: child.cumulativeQuantity, priceUsd: child.averagePrice ?? Number.NaN });
    }
    const prices = await broker.latestPrices([parent.symbol]);
    const endPriceUsd = isRefusal(prices) ? null : (prices.find(({ symbol }) => symbol === parent.symbol)?.priceUsd ?? null);
    await parents.finish(parent, { ...fillsTogether(fills), endPriceUsd });
    return (await this.#parent(parent)).result!;
  }

  async #parent(key: OrderKey): Promise<ParentOrder> {
    const parent = await this.#options.parents.read(key);
    invariant(!isRefusal(parent), 'a parent order is opened before it is worked', { ...key });
    return parent;
  }

  /**
   * Claims settled before are looked at again: a fill that came late is counted. A claim whose child was never reserved is given back only
   * when no worker that made it can still be alive to reserve it.
   */
  async #endChildren(parent: ParentOrder, claims: readonly Claim[]): Promise<void> {
    const { parents, clock } = this.#options;
    for (const claim of claims) {
      const child = await this.#ended(parent, claim);
      if (child === 'never-reserved') {
        if (clock.now() - claim.claimedAt >= submissionWindowMs) await parents.settle(parent, claim, 0 as Shares);
      } else if (isTerminal(child.state)) await parents.settle(parent, claim, child.cumulativeQuantity);
    }
  }

  /** As the ledger has it after everything was done to end it. */
  async #ended(parent: ParentOrder, { childId }: Claim): Promise<LedgerOrder | 'never-reserved'> {
    const { ledger, broker, clock } = this.#options;
    const key = { cycleId: parent.cycleId, orderId: childId };
    const listed = await ledger.order(key);
    if (isRefusal(listed)) return 'never-reserved';
    if (isTerminal(listed.state)) return listed;
    if (listed.state === 'PENDING') await ledger.withdraw(key, 'its slice is over', clock.now());
    const order = await this.#inLedger(key);
    if (isTerminal(order.state)) return order;
    const found = await this.#ask(order);
    if (found === null || isTerminal(found.state)) return this.#inLedger(key);
    await ledger.requestCancel(order, clock.now());
    const outcome = await broker.cancel(found.brokerOrderId);
    if (isRefusal(outcome) && outcome.reason === 'not-authorised') throw unanswered(childId, outcome.reason);
    // A cancel is a request: only what the broker says next counts.
    await this.#ask({ ...order, brokerOrderId: found.brokerOrderId });
    return this.#inLedger(key);
  }

  /** What the broker says of it, booked; null where it has none of it, which is booked once it can be concluded. */
  async #ask(order: LedgerOrder): Promise<BrokerOrder | null> {
    const { broker, ledger, clock } = this.#options;
    const settlement = settlementOf<BrokerOrder>(
      order,
      await broker.orderByClientId(order.orderId),
      clock.now(),
      broker.capabilities.remembersOrders,
    );
    if (settlement.kind === 'unanswered') throw unanswered(order.orderId, settlement.reason);
    if (settlement.kind === 'never-arrived') await ledger.recordNeverArrived(order, clock.now());
    if (settlement.kind !== 'evidence') return null;
    await ledger.recordEvidence(order, settlement.evidence, clock.now());
    return settlement.evidence;
  }

  async #inLedger(key: OrderKey): Promise<LedgerOrder> {
    const order = await this.#options.ledger.order(key);
    invariant(!isRefusal(order), 'an order that was reserved stays in the ledger', { ...key });
    return order;
  }

  async #sendNext(listed: ParentOrder, slice: number): Promise<Sent> {
    const { parents, clock } = this.#options;
    // Read again: what was settled above may be claimed anew.
    const parent = await this.#parent(listed);
    const next = await this.#next(parent, slice, parent.slices[slice]!.cumulativeQuantity, parent.claimed);
    if (next.kind === 'hold') return { why: next.why, passes: true };
    const { quantity } = next.terms;
    const claim: Claim = { slice, childId: this.#childId(parent, slice), quantity, filled: null, claimedAt: clock.now() };
    const claimed = await parents.claim(parent, claim);
    if (isRefusal(claimed)) return { why: claimed.reason, passes: claimed.reason === 'already-claimed' };
    return this.#placeNew(parent, claim, next);
  }

  /** An earlier call claimed it: the same child is placed, by whichever of the two comes first. */
  async #resume(parent: ParentOrder, claim: Claim): Promise<Sent> {
    if (claim.filled !== null) return { why: null, passes: true };
    const child = await this.#options.ledger.order({ cycleId: parent.cycleId, orderId: claim.childId });
    if (!isRefusal(child)) return this.#place(parent, child);
    const next = await this.#next(parent, claim.slice, claim.quantity, 0);
    return next.kind === 'hold' ? { why: next.why, passes: true } : this.#placeNew(parent, claim, next);
  }

  /** Whoever was held up since the claim reserves nothing under it any more: it may be about to be given back. */
  async #placeNew(parent: ParentOrder, claim: Claim, { terms, arrivalPriceUsd }: Extract<NextChild, { kind: 'send' }>): Promise<Sent> {
    if (!maySendNow(claim.claimedAt, this.#options.clock.now())) return { why: 'claim-is-old', passes: true };
    return this.#place(parent, { ...this.#intent(parent, claim), ...terms, arrivalPriceUsd });
  }

  async #next({ symbol, side, decisionPriceUsd, slices }: ParentOrder, slice: number, target: number, held: number): Promise<NextChild> {
    const { broker, clock, limits } = this.#options;
    const prices = await broker.latestPrices([symbol]);
    if (isRefusal(prices)) throw unanswered(undefined, prices.reason);
    const market = prices.find((price) => price.symbol === symbol) ?? null;
    const isLast = slice === slices.length - 1;
    return nextChild({ side, decisionPriceUsd, cumulativeQuantity: target, isLast, heldQuantity: held, market, now: clock.now() }, limits);
  }

  async #place(parent: ParentOrder, intent: OrderIntent): Promise<Sent> {
    const [placed] = await this.#options.desk(await this.#releasedUsd(parent)).place([intent]);
    const fate = placed!.fate;
    if (fate.kind !== 'withdrawn') return { why: null, passes: true };
    await this.#endChildren(
      parent,
      (await this.#options.parents.claims(parent)).filter(({ childId }) => childId === intent.orderId),
    );
    return { why: fate.reason, passes: passing.has(fate.reason) };
  }

  async #releasedUsd(parent: ParentOrder): Promise<Usd> {
    let released = 0;
    for (const { childId, quantity, filled } of await this.#options.parents.claims(parent)) {
      if (filled === null) continue;
      const child = await this.#options.ledger.order({ cycleId: parent.cycleId, orderId: childId });
      if (!isRefusal(child) && isTerminal(child.state)) released += child.worstCaseUsd * Math.max(0, 1 - filled / quantity);
    }
    return (Math.floor(released * 100) / 100) as Usd;
  }

  /** The parent has revision 0 of its leg, and no order; its slices have the revisions from 1 on. */
  #childId({ cycleId, symbol, side, leg }: ParentOrder, slice: number): OrderId {
    return clientOrderId({ fund: this.#options.fund, cycleId, symbol, side: side === 'BUY' ? 'buy' : 'sell', leg, revision: slice + 1 });
  }

  #intent(parent: ParentOrder, { childId, quantity }: Claim): Omit<OrderIntent, 'type' | 'arrivalPriceUsd'> {
    const { cycleId, strategy, broker, symbol, side, reducing, decisionPriceUsd, arrivalPriceUsd, orderId } = parent;
    return {
      ...{ cycleId, strategy, broker, symbol, side, reducing, decisionPriceUsd, quantity },
      ...{ orderId: childId, parentId: orderId, timeInForce: 'DAY' },
      // As an order that is sent whole: all of it filled, at the price it was planned at.
      worstCaseUsd: (quantity * (arrivalPriceUsd ?? decisionPriceUsd)) as Usd,
    };
  }
}

function working({ slices }: ParentOrder, slice: number, { why }: Sent): SliceOutcome {
  const nextAt = slices[slice + 1]?.startsAt ?? slices.at(-1)!.endsAt;
  return { kind: 'working', did: why === null ? 'sent' : 'held', why, nextSlice: slice + 1, nextAt };
}

interface Sent {
  /** Null: sent, or on its way. */
  readonly why: string | null;
  /** The parent goes on. */
  readonly passes: boolean;
}

const unanswered = (orderId: OrderId | undefined, reason: string): TransientFailure =>
  new TransientFailure('The broker does not answer for an order that is worked', { orderId, reason });
