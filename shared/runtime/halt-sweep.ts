/**
 * What makes a halt a halt: every order in its scope ends, whatever state it was caught in.
 *
 * It runs after the halt committed, so nothing in scope is reserved any more and no sender begins: both are transactions over the
 * control item. What was reserved before is one of
 *   PENDING             surely never sent: withdrawn. A sender that began a moment earlier wins, and the order is then treated as sent.
 *   known to the broker asked for by client id; cancelled where it still works, booked where it is over.
 *   perhaps sent        asked for by client id until no sender may be under way any more (settle-order.ts), then it never arrived.
 *
 * Afterwards the broker's own list is read: an order of ours that works there while the ledger holds it for over is a stray; it is
 * cancelled too, and told by name.
 *
 * What remains open between the halt and the end of the sweep is the broker call that was under way when the halt committed, at most
 * one for each sender. Its order arrives, is found and is cancelled, or fills first.
 *
 * One pass cannot end what the broker is still cancelling: the caller comes again until nothing is open. Twice the same pass changes
 * nothing. Trouble with one order does not keep the others working: it is thrown when all were tried.
 *
 * Not covered: legs of a bracket, which carry ids of the broker's own making; cancelling the entry cancels those it has not filled.
 */
import type { Broker, BrokerOrder } from '../brokers/broker.ts';
import type { StopScope } from '../contracts/control.ts';
import { isTerminal } from '../domain/execution/order-lifecycle.ts';
import { settlementOf } from '../domain/execution/settle-order.ts';
import type { Clock } from '../kernel/clock.ts';
import { InvariantViolation, TransientFailure } from '../kernel/errors.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { CycleId, OrderId } from '../kernel/units.ts';
import { inParallel } from '../stores/lake/in-parallel.ts';
import type { Ledger, LedgerOrder } from '../stores/ledger/index.ts';

/** All of a broker that stopping needs: nothing here can send an order. */
export type SweepBroker = Pick<Broker, 'capabilities' | 'orderByClientId' | 'cancel' | 'openOrders'>;

export interface HaltSweepOptions {
  readonly broker: SweepBroker;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Client ids of ours begin with it and a hyphen. */
  readonly fund: string;
}

/** `cycle`: what a cycle that died left working; its GTC orders and the slices of a parent live on. */
export type SweepScope = StopScope | { readonly kind: 'cycle'; readonly cycleId: CycleId };

/** What one pass came to. Every order in scope is counted once. */
export interface SweepReport {
  /** Never sent. */
  readonly withdrawn: number;
  /** Over at the broker, not filled whole: cancelled, expired or rejected. */
  readonly cancelled: number;
  readonly filled: number;
  readonly neverArrived: number;
  /** Not over yet, or not known to be. */
  readonly stillOpen: number;
  /** Client ids that worked at the broker though the ledger held them for over, or never knew them. */
  readonly strays: readonly string[];
}

type Ending = 'withdrawn' | 'cancelled' | 'filled' | 'never-arrived' | 'open';

/** A halt is worth some of the broker's message limit, not all of it. */
const ordersAtOnce = 4;

export class HaltSweep {
  readonly #options: HaltSweepOptions;

  constructor(options: HaltSweepOptions) {
    this.#options = options;
  }

  /** One pass. @throws TransientFailure when the broker did not answer for some order; the others are done. */
  async sweep(scope: SweepScope): Promise<SweepReport> {
    const open = (await this.#options.ledger.openOrders()).filter((order) => isInScope(order, scope));
    const troubles: unknown[] = [];
    const endings = await inParallel(open, ordersAtOnce, (order) => attempt(() => this.#end(order), troubles));
    const strays = (await attempt(() => this.#cancelStrays(scope), troubles)) ?? [];
    if (troubles.length > 0) throw troubles.find((trouble) => trouble instanceof InvariantViolation) ?? troubles[0];

    const count = (ending: Ending): number => endings.filter((one) => one === ending).length;
    return {
      withdrawn: count('withdrawn'),
      cancelled: count('cancelled'),
      filled: count('filled'),
      neverArrived: count('never-arrived'),
      stillOpen: count('open') + strays.filter(({ isOver }) => !isOver).length,
      strays: strays.map(({ clientOrderId }) => clientOrderId),
    };
  }

  async #end(listed: LedgerOrder): Promise<Ending> {
    const { ledger } = this.#options;
    const order = listed.state === 'PENDING' ? await this.#withdrawn(listed) : listed;
    if (isTerminal(order.state)) return endingOf(order);
    const found = await this.#ask(order);
    if (typeof found === 'string') return found;
    if (isTerminal(found.state)) return endingOf(found);
    await ledger.requestCancel(order, this.#now());
    await this.#cancel(found);
    // A cancel is a request: only what the broker says next counts. Most are over at once.
    const after = await this.#ask({ ...order, brokerOrderId: found.brokerOrderId });
    return typeof after !== 'string' && isTerminal(after.state) ? endingOf(after) : 'open';
  }

  /** The order as it stands afterwards: over, or in the hands of a sender that was faster. */
  async #withdrawn(order: LedgerOrder): Promise<LedgerOrder> {
    const { ledger } = this.#options;
    await ledger.withdraw(order, 'swept', this.#now());
    const after = await ledger.order(order);
    return isRefusal(after) ? order : after;
  }

  /** What the broker says of it, booked; or what follows from its having none. */
  async #ask(order: LedgerOrder): Promise<BrokerOrder | 'never-arrived' | 'open'> {
    const { broker, ledger } = this.#options;
    const settlement = settlementOf<BrokerOrder>(
      order,
      await broker.orderByClientId(order.orderId),
      this.#now(),
      broker.capabilities.remembersOrders,
    );
    switch (settlement.kind) {
      case 'evidence':
        await ledger.recordEvidence(order, settlement.evidence, this.#now());
        return settlement.evidence;
      case 'never-arrived':
        await ledger.recordNeverArrived(order, this.#now());
        return 'never-arrived';
      case 'unanswered':
        throw unanswered(order.orderId, settlement.reason);
      default:
        return 'open';
    }
  }

  /** An order that is over, or is being cancelled already, needs no more: the next question tells which. */
  async #cancel({ brokerOrderId, clientOrderId }: BrokerOrder): Promise<void> {
    const outcome = await this.#options.broker.cancel(brokerOrderId);
    if (isRefusal(outcome) && outcome.reason === 'not-authorised') throw unanswered(clientOrderId, outcome.reason);
  }

  /**
   * The ledger is read after the broker's list: an order is reserved before it is sent, so whatever stands in the list stood in the
   * ledger by then. What is missing there was closed: by a fill since, which a last look at the broker tells, or too early.
   */
  async #cancelStrays(scope: SweepScope): Promise<readonly { readonly clientOrderId: OrderId; readonly isOver: boolean }[]> {
    if (scope.kind === 'strategy' || scope.kind === 'cycle') return [];
    const { broker, ledger, fund } = this.#options;
    const working = await broker.openOrders();
    if (isRefusal(working)) throw unanswered(undefined, working.reason);
    const known = new Set((await ledger.openOrders()).map(({ orderId }) => orderId));
    const strays: { clientOrderId: OrderId; isOver: boolean }[] = [];
    for (const order of working) {
      const { clientOrderId } = order;
      const isOurs = clientOrderId.startsWith(`${fund}-`) && (scope.kind !== 'symbol' || order.symbol === scope.name);
      if (!isOurs || known.has(clientOrderId)) continue;
      const outcome = await broker.cancel(order.brokerOrderId);
      const now = await broker.orderByClientId(clientOrderId);
      const isOver = !isRefusal(now) && isTerminal(now.state);
      if (outcome.kind === 'requested' || !isOver) strays.push({ clientOrderId, isOver });
    }
    return strays;
  }

  #now() {
    return this.#options.clock.now();
  }
}

export function isInScope(order: LedgerOrder, scope: SweepScope): boolean {
  switch (scope.kind) {
    case 'fund':
      return true;
    case 'symbol':
      return order.symbol === scope.name;
    case 'strategy':
      return order.strategy === scope.name;
    case 'broker':
      return order.broker === scope.name;
    case 'cycle':
      return order.cycleId === scope.cycleId && order.timeInForce !== 'GTC' && order.parentId === undefined;
  }
}

const endingOf = ({ state, closedBy }: { readonly state: string; readonly closedBy?: string }): Ending => {
  if (state === 'FILLED') return 'filled';
  if (closedBy === 'never-sent') return 'withdrawn';
  return closedBy === 'broker-has-none' ? 'never-arrived' : 'cancelled';
};

const unanswered = (orderId: OrderId | undefined, reason: string): TransientFailure =>
  new TransientFailure('The broker does not answer for orders that are to be stopped', { orderId, reason });

async function attempt<T>(work: () => Promise<T>, troubles: unknown[]): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    troubles.push(error);
    return undefined;
  }
}
