/**
 * TWS's stream of orders, heard over a connection of its own that stays open. A connection hears of its own client id's orders only, unless
 * its id is the gateway's "Master API client ID", which hears of all; so the stream has a client id of its own, and the gateway is set to it.
 *
 * Each execution is one update, with the order as all executions heard so far leave it; a report of status is one when it says something
 * new. TWS repeats and reorders its reports: an execution is counted by its id, and what has been told already is not told again.
 * A connection that ends is opened anew after a wait, and what is open then is told as it stands; what ended meanwhile must be asked for.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { isTerminal } from '../../domain/execution/order-lifecycle.ts';
import type { Clock } from '../../kernel/clock.ts';
import { ContractViolation, TransientFailure } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { Shares } from '../../kernel/units.ts';
import type { BrokerOrder, TradeUpdate } from '../broker.ts';
import { isUsStock } from './contract.ts';
import { type Execution, readExecution, withoutCorrected } from './executions.ts';
import { listOpenOrders, withExecutions, withStatus, workingOrder } from './orders.ts';
import type { TwsSession } from './session.ts';
import type { TwsSessions } from './sessions.ts';

const MS_BEFORE_RECONNECTING = 1_000;
const LIVE = -1;

export interface StreamParts {
  readonly sessions: TwsSessions;
  readonly account: string;
  readonly clock: Clock;
}

/** @throws ContractViolation when TWS does not let the stream in, or tells what cannot be read. */
export async function* tradeUpdates({ sessions, account, clock }: StreamParts, signal: AbortSignal): AsyncGenerator<TradeUpdate> {
  while (!signal.aborted) {
    const heard = new Mailbox(signal);
    const connection = sessions
      .with((session) => listen(session, account, clock, heard))
      .then(
        (outcome) => heard.end(isRefusal(outcome) ? new ContractViolation('TWS is logged in to the account', outcome.details) : undefined),
        (error: Error) => heard.end(error instanceof TransientFailure ? undefined : error),
      );
    yield* heard;
    await connection;
    if (!signal.aborted) await wait(MS_BEFORE_RECONNECTING, undefined, { signal }).catch(() => undefined);
  }
}

/** Until the connection or the mailbox ends. */
async function listen(session: TwsSession, account: string, clock: Clock, heard: Mailbox): Promise<void> {
  const ended = session.hearUntilOver((on) => {
    const orders = new Orders();
    on('openOrder', (_orderId, contract, order, { status }) => {
      if (!order.permId || order.account !== account || !isUsStock(contract)) return;
      const update = orders.learn(workingOrder(contract, order, status, 0, undefined));
      if (update) heard.put({ event: status, order: update, at: clock.now() });
    });
    on('orderStatus', (_orderId, status, filled, _remaining, averagePrice, permId) => {
      const update = orders.report(String(permId), status, filled ?? 0, averagePrice);
      if (update) heard.put({ event: status, order: update, at: clock.now() });
    });
    on('execDetails', (requestId, contract, told) => {
      if (requestId !== LIVE || told.acctNumber !== account || !isUsStock(contract)) return;
      try {
        const update = orders.execute(readExecution(contract, told));
        if (update) heard.put(update);
      } catch (error) {
        heard.end(error as Error);
      }
    });
  }, heard.isOver);
  // What is open already is learnt before it changes: an execution tells no terms.
  await listOpenOrders(session, account);
  await ended;
}

/** The orders heard of, each as its reports and executions leave it. Each answers `undefined` where it heard nothing new. */
class Orders {
  readonly #orders = new Map<string, BrokerOrder>();
  readonly #executions = new Map<string, readonly Execution[]>();

  learn(order: BrokerOrder): BrokerOrder | undefined {
    const known = this.#orders.get(order.brokerOrderId);
    if (known) return this.report(order.brokerOrderId, order.brokerStatus, known.cumulativeQuantity, known.averagePrice);
    return this.#keep(withExecutions(order, this.#executions.get(order.brokerOrderId) ?? []));
  }

  /** A report older than what is known has fewer shares filled; its status still counts, its shares do not. */
  report(brokerOrderId: string, status: string, filled: number, averagePrice: number | undefined): BrokerOrder | undefined {
    const known = this.#orders.get(brokerOrderId);
    if (!known || isTerminal(known.state) || (known.brokerStatus === status && filled <= known.cumulativeQuantity)) return undefined;
    if (filled < known.cumulativeQuantity) return this.#keep(withStatus(known, status, known.cumulativeQuantity, known.averagePrice));
    return this.#keep(withStatus(known, status, filled, averagePrice));
  }

  execute(execution: Execution): TradeUpdate | undefined {
    const { brokerOrderId, executionId, quantity, price, at } = execution;
    const before = this.#executions.get(brokerOrderId) ?? [];
    if (before.some((known) => known.executionId === executionId)) return undefined;
    const executions = withoutCorrected([...before, execution]);
    this.#executions.set(brokerOrderId, executions);
    const known = this.#orders.get(brokerOrderId);
    if (!known) return undefined;
    // Only a correction may take shares away again.
    const isCorrection = executions.length === before.length;
    const told = withExecutions(isCorrection ? { ...known, cumulativeQuantity: 0 as Shares } : known, executions);
    const isWhole = told.quantity !== undefined && told.cumulativeQuantity >= told.quantity;
    const order = this.#keep(isWhole ? { ...told, state: 'FILLED' } : told);
    if (isCorrection) return { event: 'correction', order, at };
    return { event: isWhole ? 'fill' : 'partial fill', order, at, execution: { quantity, price } };
  }

  #keep(order: BrokerOrder): BrokerOrder {
    this.#orders.set(order.brokerOrderId, order);
    return order;
  }
}

/** Updates on their way from a listener to whoever iterates, until it ends or the signal does. */
class Mailbox implements AsyncIterable<TradeUpdate> {
  readonly #updates: TradeUpdate[] = [];
  readonly isOver: Promise<void>;
  #resolveOver: () => void = () => {};
  #wake: () => void = () => {};
  #over = false;
  #error: Error | undefined;

  constructor(signal: AbortSignal) {
    this.isOver = new Promise((resolve) => {
      this.#resolveOver = resolve;
    });
    const stop = () => {
      this.#updates.length = 0;
      this.end();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  }

  put(update: TradeUpdate): void {
    if (this.#over) return;
    this.#updates.push(update);
    this.#wake();
  }

  end(error?: Error): void {
    this.#over = true;
    this.#error ??= error;
    this.#resolveOver();
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TradeUpdate> {
    try {
      for (;;) {
        const update = this.#updates.shift();
        if (update) yield update;
        else if (this.#error) throw this.#error;
        else if (this.#over) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.end();
    }
  }
}
