/**
 * A broker behind a bad line: any Broker, with what a plan strikes happening to its calls. Deterministic: the plan is asked in the
 * order of the calls and nothing here draws or waits.
 *
 *   request-lost   the call never arrives             submit, replace: unknown; all else: TransientFailure
 *   reply-lost     it arrives, its answer does not     likewise
 *   delayed        the caller has given up, and the    likewise; `deliverLate` (or the plan's `later`) makes it arrive
 *                  call arrives later
 *   duplicated     it arrives twice, one after the     the second answer
 *                  other
 *   throttled      turned away unread                  submit, replace: throttled; all else: TransientFailure
 *   crash-before   the process dies before the call    ProcessDied
 *   crash-after    the process dies after the call,    ProcessDied
 *                  before its answer is used
 *
 * Of trade updates each message counts as a call: lost, told twice, told after the next one (delayed), or the process dies.
 */
import { admit } from '../../shared/brokers/admission.ts';
import type { Broker, ReplaceOutcome, SubmitOutcome, TradeUpdate } from '../../shared/brokers/broker.ts';
import { TransientFailure } from '../../shared/kernel/errors.ts';
import type { Rng } from '../../shared/kernel/rng.ts';
import type { OrderId } from '../../shared/kernel/units.ts';

export const brokerFaultKinds = [
  'request-lost',
  'reply-lost',
  'delayed',
  'duplicated',
  'throttled',
  'crash-before',
  'crash-after',
] as const;
export type BrokerFaultKind = (typeof brokerFaultKinds)[number];

export interface BrokerFault {
  readonly kind: BrokerFaultKind;
  /** What a throttled caller is told to wait. */
  readonly retryAfterMs?: number;
}

export type BrokerMethod = Exclude<keyof Broker, 'name' | 'capabilities'>;

export interface BrokerCall {
  readonly method: BrokerMethod;
  /** The calls of one method count from 1. */
  readonly nth: number;
  /** Of the order that the call is about, where it names one; of a replacement, the new one's. */
  readonly clientOrderId?: OrderId;
}

export interface FaultPlan {
  strike(call: BrokerCall): BrokerFault | undefined;
  /** Who makes a delayed call arrive; left out, it waits for `deliverLate`. */
  readonly later?: (arrive: () => Promise<void>) => void;
}

export interface FaultyBroker extends Broker {
  /** Every call made so far, with what struck it. */
  readonly calls: readonly (BrokerCall & { readonly fault?: BrokerFaultKind })[];
  /** Lets the delayed calls arrive, in the order they were made; how many there were. */
  deliverLate(): Promise<number>;
}

/** The process is gone: nothing it would have done next happens. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
  readonly call: BrokerCall;

  constructor(call: BrokerCall, when: 'before' | 'after') {
    super(`the process died ${when} ${call.method} ${call.nth}`);
    this.call = call;
  }
}

export const noFaults: FaultPlan = { strike: () => undefined };

/** Each call is struck with that probability, by one of the kinds: the same seed, the same faults. */
export const seededFaults = (rng: Rng, faultFrac: number, kinds: readonly BrokerFaultKind[] = brokerFaultKinds): FaultPlan => ({
  strike: () => {
    const [whether, which] = [rng.uniform(), rng.uniform()];
    const kind = kinds[Math.floor(which * kinds.length)];
    return whether < faultFrac && kind ? { kind } : undefined;
  },
});

/** One fault, at the nth call of one method. */
export const oneFault = (method: BrokerMethod, nth: number, fault: BrokerFault): FaultPlan => ({
  strike: (call) => (call.method === method && call.nth === nth ? fault : undefined),
});

export function faultyBroker(broker: Broker, plan: FaultPlan): FaultyBroker {
  const line = new Line(plan);
  const read =
    <Arguments extends readonly unknown[], Answer>(method: BrokerMethod, ask: (...given: Arguments) => Promise<Answer>) =>
    (...given: Arguments): Promise<Answer> =>
      line.carry({ method }, () => ask(...given), unanswered);

  return {
    name: broker.name,
    capabilities: broker.capabilities,
    calls: line.calls,
    deliverLate: () => line.deliverLate(),
    account: read('account', () => broker.account()),
    clock: read('clock', () => broker.clock()),
    calendar: read('calendar', (from, to) => broker.calendar(from, to)),
    asset: read('asset', (symbol) => broker.asset(symbol)),
    latestPrices: read('latestPrices', (symbols) => broker.latestPrices(symbols)),
    positions: read('positions', () => broker.positions()),
    openOrders: read('openOrders', () => broker.openOrders()),
    cancel: read('cancel', (brokerOrderId) => broker.cancel(brokerOrderId)),
    activities: read('activities', (since) => broker.activities(since)),
    orderByClientId: (clientOrderId) =>
      line.carry({ method: 'orderByClientId', clientOrderId }, () => broker.orderByClientId(clientOrderId), unanswered),
    submit: (order, ticket) =>
      line.carry<SubmitOutcome>(
        { method: 'submit', clientOrderId: order.clientOrderId },
        () => broker.submit(order, ticket),
        unclear,
        () => admit(ticket, order),
      ),
    replace: (order, by, ticket) =>
      line.carry<ReplaceOutcome>(
        { method: 'replace', clientOrderId: by.clientOrderId },
        () => broker.replace(order, by, ticket),
        unclear,
        () => admit(ticket, { ...by, symbol: order.symbol, side: order.side }, order.clientOrderId),
      ),
    tradeUpdates: (signal) => line.carryUpdates(broker.tradeUpdates(signal)),
  };
}

/** What the caller hears of a call whose answer it does not get. */
type Unheard<Answer> = (fault: BrokerFault, call: BrokerCall) => Answer;

const unclear: Unheard<{ kind: 'throttled'; retryAfterMs?: number } | { kind: 'unknown'; cause: string }> = ({ kind, retryAfterMs }) =>
  kind === 'throttled'
    ? { kind: 'throttled', ...(retryAfterMs !== undefined && { retryAfterMs }) }
    : { kind: 'unknown', cause: `injected: ${kind}` };

const unanswered: Unheard<never> = ({ kind, retryAfterMs }, { method, nth }) => {
  throw new TransientFailure(`the broker did not answer ${method}`, { injected: kind, nth, retryAfterMs });
};

class Line {
  readonly calls: (BrokerCall & { fault?: BrokerFaultKind })[] = [];
  readonly #plan: FaultPlan;
  readonly #counts = new Map<BrokerMethod, number>();
  #late: (() => Promise<void>)[] = [];

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  /** `leaves`: what the caller's own side checks before anything is on the line; the broker makes the check itself where it is reached. */
  async carry<Answer>(
    of: Omit<BrokerCall, 'nth'>,
    make: () => Promise<Answer>,
    unheard: Unheard<Answer>,
    leaves: () => void = () => {},
  ): Promise<Answer> {
    const { call, fault } = this.#struck(of);
    switch (fault?.kind) {
      case undefined:
        return await make();
      case 'request-lost':
      case 'throttled':
        leaves();
        return unheard(fault, call);
      case 'delayed':
        leaves();
        this.#makeLater(make);
        return unheard(fault, call);
      case 'reply-lost':
        await make();
        return unheard(fault, call);
      case 'duplicated':
        await make();
        return await make();
      case 'crash-before':
        throw new ProcessDied(call, 'before');
      case 'crash-after':
        await make();
        throw new ProcessDied(call, 'after');
    }
  }

  async *carryUpdates(updates: AsyncIterable<TradeUpdate>): AsyncGenerator<TradeUpdate, void, undefined> {
    let held: TradeUpdate[] = [];
    for await (const update of updates) {
      const { call, fault } = this.#struck({ method: 'tradeUpdates', clientOrderId: update.order.clientOrderId });
      const kind = fault?.kind;
      if (kind === 'crash-before') throw new ProcessDied(call, 'before');
      if (kind === 'delayed') {
        held.push(update);
        continue;
      }
      if (kind === undefined || kind === 'duplicated' || kind === 'crash-after') yield update;
      if (kind === 'duplicated') yield update;
      if (kind === 'crash-after') throw new ProcessDied(call, 'after');
      yield* held;
      held = [];
    }
    yield* held;
  }

  async deliverLate(): Promise<number> {
    const arriving = this.#late;
    this.#late = [];
    for (const arrive of arriving) await arrive();
    return arriving.length;
  }

  #struck(of: Omit<BrokerCall, 'nth'>): { readonly call: BrokerCall; readonly fault: BrokerFault | undefined } {
    const nth = (this.#counts.get(of.method) ?? 0) + 1;
    this.#counts.set(of.method, nth);
    const call = { ...of, nth };
    const fault = this.#plan.strike(call);
    this.calls.push({ ...call, ...(fault && { fault: fault.kind }) });
    return { call, fault };
  }

  #makeLater<Answer>(make: () => Promise<Answer>): void {
    const arrive = async (): Promise<void> => {
      await make();
    };
    if (this.#plan.later) this.#plan.later(arrive);
    else this.#late.push(arrive);
  }
}
