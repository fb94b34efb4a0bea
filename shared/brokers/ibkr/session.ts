/**
 * One conversation with TWS or an IB Gateway, over the client library `@stoqey/ib`: from the handshake to the end of the socket. It is
 * never reconnected, so nothing that waits in it can go out later, over another connection, when nobody expects it any more.
 *
 * What TWS makes necessary:
 *  - Requests without an id (open orders, completed orders, positions, account, time) answer in a stream with an end mark. Two at once
 *    could end each other early and leave a list short, so they go one after the other.
 *  - A message that the library cannot decode is dropped by it with an error of no id. A list that may miss an entry is no list: whatever
 *    is being asked then fails.
 *  - While TWS has lost its own servers (1100 to 1102, 2110) it answers from memory; nothing may be concluded from that, so asking fails.
 *  - The ids of new orders lie above every order id heard of in the session, whoever's it was; request ids lie far above both.
 *
 * Asking @throws TransientFailure when no answer came, ContractViolation when one came that could not be read.
 */
import { IBApi } from '@stoqey/ib/dist/api/api.js';
import { ContractViolation, TransientFailure } from '../../kernel/errors.ts';
import { CLIENT_ID_IN_USE, connectivityAfter } from './error-meaning.ts';
import type { TwsEvents } from './tws-events.ts';

export interface SessionOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  /** How long one question may take. */
  readonly timeoutMs: number;
}

/** One question under way. Its listeners end with it. */
export interface Turn<Answer> {
  readonly id: number;
  readonly api: IBApi;
  on<Event extends keyof TwsEvents>(event: Event, listener: TwsEvents[Event]): void;
  answer(answer: Answer): void;
  fail(error: Error): void;
}

interface Emitter {
  on(event: string, listener: (...values: never[]) => void): unknown;
  off(event: string, listener: (...values: never[]) => void): unknown;
}

/** TWS takes 50 messages a second and closes the connection of who sends more; the library spreads ours over it. */
const MESSAGES_PER_SECOND = 40;
const FIRST_REQUEST_ID = 1_000_000_000;
/** The library's mark for a message it could not decode. */
const UNREADABLE = 505;
const NO_ID = -1;
const FOREVER = Number.POSITIVE_INFINITY;

export class TwsSession {
  readonly #api: IBApi;
  readonly #clientId: number;
  readonly #timeoutMs: number;
  readonly #turns = new Set<Turn<never>>();
  #lastRequestId = FIRST_REQUEST_ID;
  #nextOrderId = 0;
  #isOnline = true;
  #isOver = false;
  #line: Promise<unknown> = Promise.resolve();

  private constructor({ host, port, clientId, timeoutMs }: SessionOptions) {
    this.#api = new IBApi({ host, port, clientId, maxReqPerSec: MESSAGES_PER_SECOND });
    this.#clientId = clientId;
    this.#timeoutMs = timeoutMs;
    const emitter = this.#api as Emitter;
    const hear = <Event extends keyof TwsEvents>(event: Event, listener: TwsEvents[Event]) => emitter.on(event, listener);
    hear('disconnected', () => this.#end(new TransientFailure('TWS closed the connection')));
    hear('info', (_message, code) => this.#hearNews(code));
    hear('openOrder', (orderId) => this.#keepAbove(orderId));
    hear('orderStatus', (orderId) => this.#keepAbove(orderId));
    hear('execDetails', (_requestId, _contract, { orderId }) => this.#keepAbove(orderId ?? 0));
    hear('error', (error, code, id) => {
      if (code === UNREADABLE && id === NO_ID)
        this.#failAll(new ContractViolation('TWS sends what the client library can read', { message: error.message }));
    });
  }

  /** `clientIdInUse`: another program talks to TWS under this client id, and nothing was read. */
  static async open(options: SessionOptions): Promise<{ session: TwsSession; accounts: readonly string[] } | 'client-id-in-use'> {
    const session = new TwsSession(options);
    try {
      const accounts = await session.#handshake();
      if (accounts === 'client-id-in-use') session.close();
      return accounts === 'client-id-in-use' ? accounts : { session, accounts };
    } catch (error) {
      session.close();
      throw error;
    }
  }

  get clientId(): number {
    return this.#clientId;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  takeOrderId(): number {
    return this.#nextOrderId++;
  }

  /** Several at a time. */
  async ask<Answer>(what: string, begin: (turn: Turn<Answer>) => void): Promise<Answer> {
    this.#requireOnline(what);
    const answer = await this.#turn(what, begin);
    this.#requireOnline(what);
    return answer;
  }

  /** For questions whose answers carry no id: one at a time. */
  askInLine<Answer>(what: string, begin: (turn: Turn<Answer>) => void): Promise<Answer> {
    const asked = this.#line.then(() => this.ask(what, begin));
    this.#line = asked.catch(() => undefined);
    return asked;
  }

  /** Listens until the connection ends, or until `over`. @throws what ended the connection */
  hearUntilOver(begin: (on: Turn<void>['on']) => void, over: Promise<void>): Promise<void> {
    return this.#turn<void>(
      'listen',
      (turn) => {
        begin(turn.on);
        void over.then(() => turn.answer());
      },
      FOREVER,
    );
  }

  close(): void {
    this.#end(new TransientFailure('the session with TWS was closed'));
    this.#api.disconnect();
  }

  #handshake(): Promise<readonly string[] | 'client-id-in-use'> {
    return this.#turn<readonly string[] | 'client-id-in-use'>('connect', (turn) => {
      let accounts: readonly string[] | undefined;
      const settle = () => {
        if (accounts && this.#nextOrderId > 0) turn.answer(accounts);
      };
      turn.on('managedAccounts', (list) => {
        accounts = list.split(',').filter((account) => account !== '');
        settle();
      });
      turn.on('nextValidId', (orderId) => {
        this.#keepAbove(orderId - 1);
        settle();
      });
      turn.on('info', (_message, code) => {
        if (code === CLIENT_ID_IN_USE) turn.answer('client-id-in-use');
      });
      turn.on('error', (error, code) => turn.fail(new TransientFailure(`TWS cannot be reached: ${error.message}`, { code })));
      turn.api.connect();
    });
  }

  #turn<Answer>(what: string, begin: (turn: Turn<Answer>) => void, timeoutMs = this.#timeoutMs): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (this.#isOver) return reject(new TransientFailure(`TWS was not asked "${what}": the connection is over`));
      const emitter = this.#api as Emitter;
      const heard: [string, (...values: never[]) => void][] = [];
      const finish = () => {
        clearTimeout(timer);
        for (const [event, listener] of heard) emitter.off(event, listener);
        this.#turns.delete(turn);
      };
      const turn: Turn<Answer> = {
        id: ++this.#lastRequestId,
        api: this.#api,
        on: (event, listener) => {
          heard.push([event, listener]);
          emitter.on(event, listener);
        },
        answer: (answer) => {
          finish();
          resolve(answer);
        },
        fail: (error) => {
          finish();
          reject(error);
        },
      };
      const late = () => turn.fail(new TransientFailure(`TWS did not answer "${what}" in time`));
      const timer = timeoutMs === FOREVER ? undefined : setTimeout(late, timeoutMs);
      this.#turns.add(turn);
      begin(turn);
    });
  }

  #requireOnline(what: string): void {
    if (!this.#isOnline) throw new TransientFailure(`TWS has lost its servers and cannot answer "${what}"`);
  }

  #hearNews(code: number): void {
    const connectivity = connectivityAfter(code);
    if (connectivity) this.#isOnline = connectivity === 'restored';
  }

  #keepAbove(orderId: number): void {
    this.#nextOrderId = Math.max(this.#nextOrderId, orderId + 1);
  }

  #failAll(error: Error): void {
    for (const turn of [...this.#turns]) turn.fail(error);
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failAll(error);
  }
}
