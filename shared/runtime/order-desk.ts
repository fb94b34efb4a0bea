/**
 * The order path, one intent at a time, sells first as planned:
 *
 * 1. Reserve it in the ledger, in one transaction with the control item, the lease and the open-order limit.
 * 2. Read control once more: what was paused since is withdrawn, unsent; so is what would exceed the message limit.
 * 3. Send it, once. The answer, or its absence, goes into the ledger before the next intent is touched.
 *
 * An intent that an earlier delivery of this phase reserved is first asked for at the broker by its client id. The broker
 * refuses a second order of that id, so what is left of the doubt is one call in flight.
 */
import type { Broker, BrokerOrder, SubmitOutcome } from '../brokers/broker.ts';
import type { OrderIntent as DecidedOrder } from '../domain/execution/order-intent.ts';
import { isTerminal } from '../domain/execution/order-lifecycle.ts';
import type { ExecutionLimits } from '../domain/policy/policy.ts';
import type { Clock } from '../kernel/clock.ts';
import { invariant, TransientFailure } from '../kernel/errors.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { EpochMs, Shares, Usd } from '../kernel/units.ts';
import type { ControlStore } from '../stores/control.ts';
import type { Ledger, OrderIntent, ReservationGuard, ReservationRefusal } from '../stores/ledger/index.ts';

/** All of a broker that sending orders needs. */
export type DeskBroker = Pick<Broker, 'submit' | 'orderByClientId'>;

export interface OrderDeskOptions {
  readonly broker: DeskBroker;
  readonly ledger: Ledger;
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly guard: ReservationGuard;
  readonly limits: ExecutionLimits;
  /** Shares held at the start, by symbol. */
  readonly held: ReadonlyMap<string, number>;
}

/** What became of one intent. Withdrawn ones were never sent; those that were reserved carry the same reason in the ledger. */
export type Fate =
  | { readonly kind: 'sent' }
  | { readonly kind: 'withdrawn'; readonly reason: string }
  /** Sent, and nobody knows yet whether it arrived. */
  | { readonly kind: 'unknown' };

export interface PlacedIntent {
  readonly intent: DecidedOrder;
  readonly fate: Fate;
}

const sent: Fate = { kind: 'sent' };
const unknown: Fate = { kind: 'unknown' };

export class OrderDesk {
  readonly #options: OrderDeskOptions;
  readonly #sentAt: EpochMs[] = [];

  constructor(options: OrderDeskOptions) {
    this.#options = options;
  }

  /** @throws TransientFailure when the broker cannot be asked about an order that may be there; the phase is then tried again. */
  async place(intents: readonly DecidedOrder[]): Promise<readonly PlacedIntent[]> {
    const placed: PlacedIntent[] = [];
    for (const intent of intents) placed.push({ intent, fate: await this.#placeOne(this.#asLedgerIntent(intent)) });
    return placed;
  }

  async #placeOne(intent: OrderIntent): Promise<Fate> {
    const { ledger, guard, clock } = this.#options;
    const reserved = await ledger.reserveOrder(intent, guard, clock.now());
    if (!isRefusal(reserved)) return this.#send(intent);
    return reserved.reason === 'already-reserved' ? this.#resume(intent, reserved) : { kind: 'withdrawn', reason: reserved.reason };
  }

  /** What an earlier delivery left: final and acknowledged orders stay; an unclear one is asked for before it is sent. */
  async #resume(intent: OrderIntent, { details: { standing } }: ReservationRefusal): Promise<Fate> {
    const { broker, ledger } = this.#options;
    const known = await ledger.order(intent);
    invariant(!isRefusal(known), 'an order that is reserved is in the ledger', { orderId: intent.orderId });
    if (known.brokerOrderId !== undefined) return sent;
    if (isTerminal(known.state)) return known.state === 'REJECTED' ? sent : { kind: 'withdrawn', reason: known.note ?? '' };
    const found = await broker.orderByClientId(intent.orderId);
    if (!isRefusal(found)) {
      await this.#recordEvidence(intent, found);
      return sent;
    }
    if (found.reason !== 'not-found')
      throw new TransientFailure('The broker cannot be asked about an order that may be there', {
        orderId: intent.orderId,
        reason: found.reason,
      });
    if (known.state === 'UNKNOWN') return unknown;
    // Its own reservation counts among the open orders, so that limit says nothing against it.
    const against = standing.find((reason) => reason === 'control-not-running' || reason === 'lease-lost');
    return against ? this.#withdraw(intent, against) : this.#send(intent);
  }

  async #send(intent: OrderIntent): Promise<Fate> {
    const { broker, clock } = this.#options;
    if (this.#throttled()) return this.#withdraw(intent, 'message-rate-over-limit');
    if (!(await this.#stillAllowed(intent))) return this.#withdraw(intent, 'control-changed-before-sending');
    this.#sentAt.push(clock.now());
    const { orderId, symbol, side, quantity, timeInForce } = intent;
    return this.#record(intent, await broker.submit({ clientOrderId: orderId, symbol, side, quantity, timeInForce, type: 'MARKET' }));
  }

  async #record(intent: OrderIntent, outcome: SubmitOutcome): Promise<Fate> {
    const { ledger, clock } = this.#options;
    switch (outcome.kind) {
      case 'acknowledged':
        await this.#recordEvidence(intent, outcome.order);
        return sent;
      case 'rejected':
        await ledger.recordRejection(intent, `${outcome.code} ${outcome.message}`.trim(), clock.now());
        return sent;
      case 'throttled':
        return this.#withdraw(intent, 'broker-throttled');
      case 'refused':
        return this.#withdraw(intent, outcome.reason);
      case 'unknown':
        await ledger.recordLostReply(intent, outcome.cause, clock.now());
        return unknown;
    }
  }

  async #withdraw(intent: OrderIntent, reason: string): Promise<Fate> {
    await this.#options.ledger.withdraw(intent, reason, this.#options.clock.now());
    return { kind: 'withdrawn', reason };
  }

  async #recordEvidence(intent: OrderIntent, order: BrokerOrder): Promise<void> {
    await this.#options.ledger.recordEvidence(intent, order, this.#options.clock.now());
  }

  async #stillAllowed({ reducing }: OrderIntent): Promise<boolean> {
    const { control, guard } = this.#options;
    const now = await control.read();
    if (isRefusal(now) || now.epoch !== guard.control.epoch) return false;
    return now.state === 'RUNNING' || (reducing && now.state === 'REDUCE_ONLY');
  }

  #throttled(): boolean {
    const since = this.#options.clock.now() - 60_000;
    return this.#sentAt.filter((at) => at > since).length >= this.#options.limits.messagesPerMinuteMax;
  }

  #asLedgerIntent({ clientOrderId, cycleId, symbol, side, quantity, referencePriceUsd }: DecidedOrder): OrderIntent {
    const held = this.#options.held.get(symbol) ?? 0;
    const signed = side === 'buy' ? quantity : -quantity;
    return {
      cycleId,
      orderId: clientOrderId,
      symbol,
      side: side === 'buy' ? 'BUY' : 'SELL',
      type: 'MARKET',
      timeInForce: 'DAY',
      quantity: quantity as Shares,
      reducing: held * signed < 0 && Math.abs(signed) <= Math.abs(held),
      // The market may stand as far from the decision as the collar lets it.
      worstCaseUsd: ((quantity * referencePriceUsd) / (1 - this.#options.limits.priceCollarFrac)) as Usd,
    };
  }
}
