/**
 * Alpaca's trade-update stream as an async iterable: authenticate, listen, yield; after a loss reconnect with growing waits, for as long
 * as the reader stays. A connection that says nothing is pinged, and dropped when it does not answer, or does not get as far as listening.
 *
 * The official client has such a stream and takes a URL. It is not used because its timers and its jitter are the process's own (nothing
 * could be tested in virtual time), a listener that throws is swallowed, and its entry point loads the market-data streams as well.
 *
 * What is not covered: what happened between two connections. The reader asks for it, as it must anyway: the stream is the fast
 * way to hear, and asking by client id is the truth.
 */
import { ContractViolation, TransientFailure } from '../../kernel/errors.ts';
import type { TradeUpdate } from '../broker.ts';
import type { OpenSocket, Sleep, SocketEvent, StreamSocket } from '../stream-socket.ts';
import type { AlpacaKeys, KeyRing } from './keys.ts';
import { type StreamMessage, streamMessage } from './stream-messages.ts';

export interface TradeUpdatesOptions {
  /** E.g. `wss://paper-api.alpaca.markets/stream`. */
  readonly url: string;
  readonly keys: KeyRing;
  readonly openSocket: OpenSocket;
  readonly sleep: Sleep;
}

/** Quiet for so long: ping. As long again without an answer: gone. */
export const QUIET_MS = 15_000;
export const RECONNECT_MS_MIN = 1_000;
export const RECONNECT_MS_MAX = 60_000;
/** A reader that is so far behind has stopped reading. */
const UNREAD_MAX = 10_000;
const CHANNEL = 'trade_updates';

/** @throws ContractViolation for a message that is none and for keys that are refused, TransientFailure for a reader that does not keep up. */
export async function* alpacaTradeUpdates(options: TradeUpdatesOptions, signal: AbortSignal): AsyncGenerator<TradeUpdate, void, undefined> {
  let waitMs = RECONNECT_MS_MIN;
  while (!signal.aborted) {
    const connection = new Connection(options, signal);
    try {
      for await (const message of connection.messages()) {
        if (message.kind === 'listening') waitMs = RECONNECT_MS_MIN;
        if (message.kind === 'trade-update') yield message.update;
      }
    } finally {
      connection.end();
    }
    await options.sleep(waitMs, signal);
    waitMs = Math.min(2 * waitMs, RECONNECT_MS_MAX);
  }
}

/** One connection, from opening to loss. */
class Connection {
  readonly #options: TradeUpdatesOptions;
  readonly #signal: AbortSignal;
  readonly #socket: StreamSocket;
  readonly #unread: SocketEvent[] = [];
  /** The keys as they were when it opened. */
  readonly #keys: AlpacaKeys;
  #wake: () => void = () => {};
  readonly #onAbort = (): void => this.#wake();

  constructor(options: TradeUpdatesOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#keys = options.keys.current();
    this.#socket = options.openSocket(options.url, (event) => {
      this.#unread.push(event);
      this.#wake();
    });
    signal.addEventListener('abort', this.#onAbort);
  }

  end(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#socket.end();
  }

  /** Until the connection is lost, or nobody listens any more. */
  async *messages(): AsyncGenerator<StreamMessage, void, undefined> {
    let [listens, pinged] = [false, false];
    for (;;) {
      const event = await this.#next();
      if (this.#signal.aborted || event?.kind === 'closed') return;
      if (event === undefined) {
        if (pinged || !listens) return;
        pinged = true;
        this.#socket.ping();
        continue;
      }
      pinged = false;
      if (event.kind === 'open') this.#authenticate();
      if (event.kind !== 'message') continue;
      const message = streamMessage(event.text);
      if (message.kind === 'authorization' && !(await this.#mayListen(message.authorised))) return;
      if (message.kind === 'listening') {
        listens = message.streams.includes(CHANNEL);
        if (!listens) throw new ContractViolation(`Alpaca lets us listen to ${CHANNEL}`, { streams: message.streams });
      }
      yield message;
    }
  }

  /** Undefined after a quiet time, or when the signal aborts. */
  async #next(): Promise<SocketEvent | undefined> {
    if (this.#unread.length > UNREAD_MAX) throw new TransientFailure('a reader keeps up with its stream', { unread: this.#unread.length });
    if (this.#unread.length > 0 || this.#signal.aborted) return this.#unread.shift();
    const quiet = new AbortController();
    const woken = new Promise<void>((wake) => {
      this.#wake = wake;
    });
    await Promise.race([woken, this.#options.sleep(QUIET_MS, quiet.signal)]);
    quiet.abort();
    return this.#unread.shift();
  }

  #authenticate(): void {
    const { keyId, secretKey } = this.#keys;
    this.#send('authenticate', { key_id: keyId, secret_key: secretKey });
  }

  /** Keys that were rotated are read anew, and the next connection uses them. */
  async #mayListen(authorised: boolean): Promise<boolean> {
    if (authorised) {
      this.#send('listen', { streams: [CHANNEL] });
      return true;
    }
    if (await this.#options.keys.renewed(this.#keys)) return false;
    throw new ContractViolation('Alpaca takes our keys for its stream; an operator changes them in the broker secret');
  }

  #send(action: string, data: Readonly<Record<string, unknown>>): void {
    this.#socket.send(JSON.stringify({ action, data }));
  }
}
