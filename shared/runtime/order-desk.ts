/**
 * The order path, one intent at a time, in the order given:
 *
 * 1. Reserve: one transaction with the control item, the stops, the lease and every limit.          PENDING: surely never sent
 * 2. Begin sending: a second transaction over the same conditions.                                   SUBMITTED: perhaps sent
 * 3. Send, once. The answer, or its absence, goes into the ledger before the next intent is touched.
 *
 * A stop that commits before step 2 keeps the order from being sent; one that commits after it finds the order SUBMITTED and cancels it
 * by client id. What is left of the doubt is the one broker call of step 3.
 *
 * An intent that an earlier delivery of this phase reserved goes on where that one stopped. Where it may have been sent, the broker is
 * asked for it by client id, and it is sent again only if the broker has none of that id and would refuse a second one. From then on two
 * requests may be under way, and a refusal of one says nothing of the other: the order is UNKNOWN until the broker is asked.
 */
import type { Broker, SubmitOutcome } from '../brokers/broker.ts';
import type { RiskTicket } from '../brokers/risk-ticket.ts';
import { isTerminal } from '../domain/execution/order-lifecycle.ts';
import { maySendNow } from '../domain/execution/settle-order.ts';
import type { Clock } from '../kernel/clock.ts';
import { invariant, TransientFailure } from '../kernel/errors.ts';
import { isRefusal } from '../kernel/refusal.ts';
import {
  type Ledger,
  type LedgerOrder,
  type OrderIntent,
  type OrderProgress,
  type ReservationGuard,
  termsOf,
} from '../stores/ledger/index.ts';

/** All of a broker that sending orders needs. */
export type DeskBroker = Pick<Broker, 'capabilities' | 'submit' | 'orderByClientId'>;

export interface OrderDeskOptions {
  readonly broker: DeskBroker;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** What risk permits; without one there is no desk. */
  readonly ticket: RiskTicket;
  readonly guard: ReservationGuard;
}

/** What became of one intent. Withdrawn ones are not at the broker; those that were reserved carry the same reason in the ledger. */
export type Fate =
  | { readonly kind: 'sent' }
  | { readonly kind: 'withdrawn'; readonly reason: string }
  /** Sent, and nobody knows yet whether it arrived. */
  | { readonly kind: 'unknown' };

export interface PlacedIntent {
  readonly intent: OrderIntent;
  readonly fate: Fate;
}

const sent: Fate = { kind: 'sent' };
const unknown: Fate = { kind: 'unknown' };
const withdrawn = (reason: string): Fate => ({ kind: 'withdrawn', reason });

export class OrderDesk {
  readonly #options: OrderDeskOptions;

  constructor(options: OrderDeskOptions) {
    this.#options = options;
  }

  /** @throws TransientFailure when the broker cannot be asked about an order that may be there; the phase is then tried again. */
  async place(intents: readonly OrderIntent[]): Promise<readonly PlacedIntent[]> {
    const placed: PlacedIntent[] = [];
    for (const intent of intents) placed.push({ intent, fate: await this.#place(intent) });
    return placed;
  }

  async #place(intent: OrderIntent): Promise<Fate> {
    const { ledger, guard, clock } = this.#options;
    const reserved = await ledger.reserveOrder(intent, guard, clock.now());
    if (!isRefusal(reserved)) return this.#send(intent);
    return reserved.reason === 'already-reserved' ? this.#resume(intent) : withdrawn(reserved.reason);
  }

  /** Goes on where an earlier delivery stopped. */
  async #resume(intent: OrderIntent): Promise<Fate> {
    const known = await this.#options.ledger.order(intent);
    invariant(!isRefusal(known), 'an order that is reserved is in the ledger', { orderId: intent.orderId });
    if (isTerminal(known.state)) return fateOfFinal(known);
    // As it was reserved, whatever a plan made anew would ask for.
    if (known.state === 'PENDING') return this.#send(known);
    return known.brokerOrderId === undefined ? this.#askFirst(known) : sent;
  }

  /** It may have been sent. */
  async #askFirst(known: LedgerOrder): Promise<Fate> {
    const { broker, ledger, clock } = this.#options;
    const found = await broker.orderByClientId(known.orderId);
    if (!isRefusal(found)) {
      await ledger.recordEvidence(known, found, clock.now());
      return sent;
    }
    const details = { orderId: known.orderId, reason: found.reason };
    if (found.reason !== 'not-found') throw new TransientFailure('The broker cannot be asked about an order that may be there', details);
    // A lost reply is settled by asking, not by sending; a sender that died between its two steps may be followed by another.
    const maySendAgain = known.state === 'SUBMITTED' && broker.capabilities.refusesDuplicateClientIds;
    return maySendAgain ? this.#send(known, 'again') : unknown;
  }

  async #send(intent: OrderIntent, nth: 'first' | 'again' = 'first'): Promise<Fate> {
    const { broker, ledger, guard, clock, ticket } = this.#options;
    const begun = await ledger.beginSending(intent, guard, clock.now(), nth === 'first' ? 'PENDING' : 'SUBMITTED');
    if (isRefusal(begun)) return this.#holdBack(intent, begun.reason, nth);
    // Held up for so long, it may be counted as never arrived by now.
    if (!maySendNow(begun.sentAt, clock.now())) return unknown;
    const outcome = await broker.submit({ ...termsOf(intent), clientOrderId: intent.orderId }, ticket);
    if (outcome.kind !== 'rejected' || nth === 'first') return this.#record(intent, outcome);
    // What was refused now may have been taken the first time, and the refusal its consequence.
    const found = await broker.orderByClientId(intent.orderId);
    return this.#record(intent, isRefusal(found) ? outcome : { kind: 'acknowledged', order: found });
  }

  /** Something stopped it at the last moment, or another sender was faster: what may have been sent is asked for, never withdrawn. */
  async #holdBack(intent: OrderIntent, reason: string, nth: 'first' | 'again'): Promise<Fate> {
    const { ledger, clock } = this.#options;
    const known = await ledger.order(intent);
    invariant(!isRefusal(known), 'an order that is reserved is in the ledger', { orderId: intent.orderId });
    if (isTerminal(known.state)) return fateOfFinal(known);
    if (known.state !== 'PENDING') return reason === 'not-pending' && nth === 'first' ? this.#askFirst(known) : unknown;
    const progress = await ledger.withdraw(intent, reason, clock.now());
    return isRefusal(progress) ? unknown : withdrawn(reason);
  }

  async #record(intent: OrderIntent, outcome: SubmitOutcome): Promise<Fate> {
    const { ledger, clock } = this.#options;
    switch (outcome.kind) {
      case 'acknowledged':
        await ledger.recordEvidence(intent, outcome.order, clock.now());
        return sent;
      case 'rejected':
        return endedAs(sent, await ledger.recordRejection(intent, `${outcome.code} ${outcome.message}`.trim(), clock.now()));
      case 'throttled':
        return endedAs(withdrawn('broker-throttled'), await ledger.recordTurnedAway(intent, 'broker-throttled', clock.now()));
      case 'refused':
        return endedAs(withdrawn(outcome.reason), await ledger.recordTurnedAway(intent, outcome.reason, clock.now()));
      case 'unknown':
        await ledger.recordLostReply(intent, outcome.cause, clock.now());
        return unknown;
    }
  }
}

/** A refusal ends an order, unless another sender may have sent it too. */
const endedAs = (fate: Fate, progress: OrderProgress): Fate =>
  progress.kind === 'moved' && !isTerminal(progress.order.state) ? unknown : fate;

function fateOfFinal({ closedBy, note }: LedgerOrder): Fate {
  return closedBy === 'never-sent' || closedBy === 'broker-throttle' ? withdrawn(note ?? closedBy) : sent;
}
