/**
 * The line between the fund's code and everything outside it. Every request to a table or to the broker crosses here: it takes a while,
 * arrives at a numbered point, and there the plan of the schedule decides what befalls it and what an operator does meanwhile.
 *
 * A request that was sent arrives within `arrivesWithinMs`, or never: that, and the time a function may run, is what the protocol's
 * submission window rests on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Rng } from '../../../shared/kernel/rng.ts';
import type { Fault, OperatorAct, Plan } from './faults.ts';
import type { History } from './history.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Request {
  readonly service: 'dynamodb' | 'broker' | 'events';
  readonly operation: string;
  /** For people. */
  readonly about: string;
  /** False where the transport or the receiver makes a second arrival impossible to tell from a second order. */
  readonly mayArriveTwice: boolean;
  /** What befalls it in every schedule in which the plan has nothing else in store for it. */
  readonly mishap?: Fault | undefined;
}

/** The connection broke; what the receiver did is not known. */
export class ConnectionBroken extends Error {
  override readonly name = 'ConnectionBroken';
}

/** The receiver did not read the request. */
export class TurnedAway extends Error {
  override readonly name = 'TurnedAway';
}

/** One run of a function, which can die, or somebody whose requests take no time. */
interface Caller {
  readonly name: string;
  readonly kind: 'function' | 'operator';
  alive: boolean;
  die(): void;
}

export type Ended<T> =
  | { readonly kind: 'returned'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'died' }
  | { readonly kind: 'timed-out' };

const latencyMs = { dynamodb: { least: 2, most: 15 }, broker: { least: 15, most: 250 }, events: { least: 5, most: 40 } } as const;
/** When a client gives up. */
const patienceMs = { dynamodb: 3_000, broker: 10_000, events: 3_000 } as const;
const arrivesWithinMs = 29_000;
const stallMsMax = 110_000;

export class Outside {
  readonly #time: VirtualTime;
  readonly #history: History;
  readonly #rng: Rng;
  readonly #callers = new AsyncLocalStorage<Caller>();
  #plan: Plan;
  #points = 0;
  /** Whether what is being carried out arrived when its caller no longer waited for it. */
  isLate = false;
  /** How an operator's act is carried out; runs to its end before anything else happens. */
  operate: (act: OperatorAct) => Promise<void> = () => Promise.resolve();

  constructor(time: VirtualTime, history: History, rng: Rng, plan: Plan) {
    this.#time = time;
    this.#history = history;
    this.#rng = rng;
    this.#plan = plan;
  }

  /** How many requests have arrived. */
  get points(): number {
    return this.#points;
  }

  follow(plan: Plan): void {
    this.#plan = plan;
  }

  get callerName(): string {
    return this.#callers.getStore()?.name ?? 'observer';
  }

  /** Runs a function as Lambda does: it may die at any request, and is killed when its time is over. */
  invoke<T>(name: string, timeoutMs: number, work: () => Promise<T>): Promise<Ended<T>> {
    return new Promise((report) => {
      const end = (ended: Ended<T>): void => {
        if (!caller.alive) return;
        caller.alive = false;
        cancelTimeout();
        report(ended);
      };
      const caller: Caller = { name, kind: 'function', alive: true, die: () => end({ kind: 'died' }) };
      const cancelTimeout = this.#time.in(timeoutMs, () => end({ kind: 'timed-out' }));
      void this.#callers.run(caller, work).then(
        (value) => end({ kind: 'returned', value }),
        (error: unknown) => end({ kind: 'threw', error }),
      );
    });
  }

  /** Requests made in `work` arrive at once and nothing befalls them: an operator, or the checker. */
  atOnce<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#callers.run({ name, kind: 'operator', alive: true, die: () => {} }, work);
  }

  /** `carryOut` is the receiver's work. @throws ConnectionBroken, TurnedAway */
  request<T>(request: Request, carryOut: () => T): Promise<T> {
    const caller = this.#callers.getStore();
    if (caller === undefined) throw new Error(`a request that nobody makes: ${request.operation} ${request.about}`);
    if (caller.kind === 'operator') return Promise.resolve().then(carryOut);
    return new Promise((resolve, reject) => {
      // Whoever is dead sends nothing and hears nothing.
      if (!caller.alive) return;
      const answer = { ok: (value: T) => caller.alive && resolve(value), failed: (error: Error) => caller.alive && reject(error) };
      this.#time.in(this.#latency(request), () => this.#arrive(caller, request, carryOut, answer));
    });
  }

  async #arrive<T>(caller: Caller, request: Request, carryOut: () => T, answer: Answer<T>): Promise<void> {
    const point = ++this.#points;
    const moves = this.#plan.movesAt(point);
    for (const { act } of moves.filter(({ when }) => when === 'before')) await this.operate(act);
    const fault = this.#plan.faultAt(point) ?? request.mishap;
    const possible = fault && (request.mayArriveTwice || !arrivesAgain(fault)) ? fault : undefined;
    const { service, operation, about } = request;
    this.#history.add({ kind: 'call', point, by: caller.name, service, operation, about, outcome: possible?.kind ?? 'arrives' });
    this.#befall(caller, request, carryOut, answer, possible);
    for (const { act } of moves.filter(({ when }) => when === 'after')) await this.operate(act);
  }

  #befall<T>(caller: Caller, request: Request, carryOut: () => T, answer: Answer<T>, fault: Fault | undefined): void {
    const soonMs = this.#latency(request);
    const patience = patienceMs[request.service];
    const lateMs = (fault?.lateFrac ?? 0) * (arrivesWithinMs - patience);
    const reply = (value: T): void => void this.#time.in(soonMs, () => answer.ok(value));
    const fail = (ms: number, error: Error): void => void this.#time.in(ms, () => answer.failed(error));
    const breaks = (ms: number): void => fail(ms, new ConnectionBroken(`${request.operation}: the connection broke`));
    if (fault === undefined) reply(carryOut());
    else if (fault.kind === 'crash-before') caller.die();
    else if (fault.kind === 'crash-after') {
      carryOut();
      caller.die();
    } else if (fault.kind === 'request-lost') breaks(soonMs);
    else if (fault.kind === 'reply-lost') {
      carryOut();
      breaks(soonMs);
    } else if (fault.kind === 'sent-again') {
      carryOut();
      reply(carryOut());
    } else if (fault.kind === 'duplicate') {
      reply(carryOut());
      this.#time.in(lateMs, () => this.#late(request, carryOut));
    } else if (fault.kind === 'arrives-late') {
      breaks(patience);
      this.#time.in(patience + lateMs, () => this.#late(request, carryOut));
    } else if (fault.kind === 'stall') {
      // Whoever is killed meanwhile sends nothing any more.
      this.#time.in(fault.lateFrac * stallMsMax, () => caller.alive && reply(carryOut()));
    } else fail(soonMs, new TurnedAway(`${request.operation}: too many requests`));
  }

  #late<T>(request: Request, carryOut: () => T): void {
    this.#history.add({ kind: 'note', text: `late arrival: ${request.service} ${request.operation} ${request.about}` });
    this.isLate = true;
    carryOut();
    this.isLate = false;
  }

  #latency({ service }: Request): number {
    const { least, most } = latencyMs[service];
    return least + Math.floor(this.#rng.uniform() * (most - least));
  }
}

interface Answer<T> {
  ok(value: T): void;
  failed(error: Error): void;
}

const arrivesAgain = ({ kind }: Fault): boolean => kind === 'duplicate' || kind === 'sent-again';
