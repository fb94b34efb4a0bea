/**
 * A broker's trading API of our own: it speaks Alpaca's REST v2 and its trade-update stream, so that the fund trades on a laptop
 * through the same official client, adapter and error paths as against Alpaca. In process it is a `fetch`; `listen` puts it on
 * 127.0.0.1. README.md says what it simplifies.
 */

import type { Clock } from '../../shared/kernel/clock.ts';
import { microUsdFromFloat, nanoSharesFromFloat } from '../../shared/kernel/money.ts';
import type { Bps, EpochMs, Frac, Ticker, Usd } from '../../shared/kernel/units.ts';
import { Journal } from '../local-cloud/journal.ts';
import { type ApiRefusal, forbidden, isApiRefusal, notAuthorized, rateLimited } from './api-refusal.ts';
import { Book } from './book.ts';
import { Exchange, type Latency } from './exchange.ts';
import type { CashType, ExchangeEvent } from './exchange-events.ts';
import { type Listening, listenOnLoopback } from './http-server.ts';
import type { MarketView } from './market-view.ts';
import type { RejectRule } from './order-steps.ts';
import type { PaperOrder } from './paper-order.ts';
import { RateLimit } from './rate-limit.ts';
import { type ApiAnswer, type ApiRequest, answer } from './routes.ts';
import { type StreamFrames, StreamServer } from './stream-server.ts';
import { type TradeUpdateMessage, tradeUpdatesOf } from './trade-updates.ts';

export interface PaperExchangeOptions {
  readonly market: MarketView;
  readonly clock: Clock;
  /** The journal file; without one the account lives as long as the process. */
  readonly storagePath?: string;
  /** What a new account starts with; an account found in the journal keeps its own. */
  readonly startingCashUsd: Usd;
  readonly newId: () => string;
  /** Full quoted spread; taking costs half of it. */
  readonly spreadBps: Bps;
  /** Price impact of taking a whole session's volume; it grows with the square root of the share taken. */
  readonly impactBpsAtWholeVolume: Bps;
  /** The most of a bar's volume that all orders together get; a tenth unless said otherwise. */
  readonly participationFrac?: Frac;
  /** How long the venue takes; no time unless said otherwise. */
  readonly latency?: Partial<Latency>;
  /** What the venue turns away after the broker took it; nothing unless said otherwise. */
  readonly rejects?: readonly RejectRule[];
  /** Alpaca's is 200. On a clock that stands still the minute never ends: pass Infinity there. */
  readonly requestsPerMinuteMax: number;
  readonly mayShort: boolean;
  readonly keyId: string;
  readonly secretKey: string;
  /** Binary unless said otherwise, as Alpaca's paper endpoint sends. */
  readonly streamFrames?: StreamFrames;
}

export interface Keys {
  readonly keyId: string;
  readonly secretKey: string;
}

export interface PaperExchange {
  /** Answers every URL whose path starts with /v2/, whatever its origin. */
  readonly fetch: typeof globalThis.fetch;
  /** Port 0 takes any free one. The stream is at /stream; it tells what `tick` or any call brings about. */
  listen(port: number): Promise<Listening>;
  /** The account, orders, positions and fills as they stand now, without a request. */
  state(): Book;
  /** Brings the exchange up to the clock, and tells the stream what happened. */
  tick(): void;
  /** Hears every trade update from now on, until the returned function is called. */
  onTradeUpdate(listener: (update: TradeUpdateMessage) => void): () => void;
  /** Breaks every connection of the stream. */
  dropStreams(): void;
  /** The symbol does not trade then; what is past stays as it was. */
  halt(symbol: string, from: EpochMs, until: EpochMs): void;
  /** A trade that somebody entered in the broker's own web page, filled at that price now. */
  manualTrade(trade: { symbol: string; side: 'buy' | 'sell'; quantity: number; priceUsd: number }): PaperOrder;
  /** Cash paid in (positive) or out. */
  transfer(amountUsd: number): void;
  /** Fees (negative), interest, journal entries. */
  bookCash(type: Exclude<CashType, 'CSD' | 'CSW'>, amountUsd: number): void;
  /** From now on only these keys are known. */
  rotateKeys(keys: Keys): void;
  close(): Promise<void>;
}

const participationStandard = 0.1 as Frac;

/** @throws DamagedState when the journal is not what was written. */
export function createPaperExchange(options: PaperExchangeOptions): PaperExchange {
  const { clock } = options;
  const book = new Book();
  const journal = Journal.open<ExchangeEvent>(options.storagePath, (event) => book.apply(event));
  let keys: Keys = options;
  const isKnown = (keyId: unknown, secretKey: unknown): boolean => keyId === keys.keyId && secretKey === keys.secretKey;
  const stream = new StreamServer({ frames: options.streamFrames ?? 'binary', admits: isKnown });
  const listeners = new Set<(update: TradeUpdateMessage) => void>();
  const exchange = exchangeOf(options, book, journal, (event) => {
    if (listeners.size === 0 && !stream.isHeard) return;
    for (const update of tradeUpdatesOf(event, book)) {
      stream.push(update);
      for (const listener of listeners) listener(update);
    }
  });
  exchange.openAccount(microUsdFromFloat(options.startingCashUsd));
  const rateLimit = new RateLimit(options.requestsPerMinuteMax);
  const listening: Listening[] = [];

  const serve = (request: ApiRequest): ApiAnswer | ApiRefusal => {
    const refused = accessRefusal(request, isKnown);
    if (refused) return refused;
    const { isAdmitted, headers } = rateLimit.request(request.headers['apca-api-key-id']!, clock.now());
    return { ...(isAdmitted ? answer(exchange, request) : rateLimited()), headers };
  };

  return {
    fetch: async (input, init) => responseOf(serve(await apiRequest(new Request(input, init)))),
    listen: async (port) => {
      const server = await listenOnLoopback(port, serve, (http) => stream.attach(http));
      listening.push(server);
      // A socket that is still open would keep the server from closing.
      const close = (): Promise<void> => {
        stream.disconnect();
        return server.close();
      };
      return { ...server, close };
    },
    state: () => {
      exchange.settle();
      return book;
    },
    tick: () => exchange.settle(),
    onTradeUpdate: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dropStreams: () => stream.disconnect(),
    ...byHand(exchange),
    rotateKeys: (next) => {
      keys = next;
    },
    close: async () => {
      stream.disconnect();
      await Promise.all(listening.map((server) => server.close()));
      journal.close();
    },
  };
}

function exchangeOf(
  options: PaperExchangeOptions,
  book: Book,
  journal: Journal<ExchangeEvent>,
  onEvent: (event: ExchangeEvent) => void,
): Exchange {
  const { market, clock, newId, mayShort, spreadBps, impactBpsAtWholeVolume } = options;
  return new Exchange({
    ...{ book, journal, market, clock, newId, mayShort, onEvent },
    costs: { spreadBps, impactBpsAtWholeVolume },
    participationFrac: options.participationFrac ?? participationStandard,
    latency: { acknowledgeMs: 0, cancelMs: 0, replaceMs: 0, ...options.latency },
    rejects: options.rejects ?? [],
  });
}

/** What happens to an account and a market beside its orders. */
const byHand = (exchange: Exchange): Pick<PaperExchange, 'halt' | 'manualTrade' | 'transfer' | 'bookCash'> => ({
  halt: (symbol, from, until) => exchange.halt(symbol as Ticker, from, until),
  manualTrade: ({ symbol, side, quantity, priceUsd }) =>
    exchange.tradeByHand({
      ...{ symbol: symbol as Ticker, side },
      quantity: nanoSharesFromFloat(quantity),
      price: microUsdFromFloat(priceUsd),
    }),
  transfer: (amountUsd) => exchange.moveCash(amountUsd < 0 ? 'CSW' : 'CSD', microUsdFromFloat(amountUsd)),
  bookCash: (type, amountUsd) => exchange.moveCash(type, microUsdFromFloat(amountUsd)),
});

function accessRefusal({ headers }: ApiRequest, isKnown: (keyId: string, secretKey: string) => boolean): ApiRefusal | undefined {
  const [givenKey, givenSecret] = [headers['apca-api-key-id'], headers['apca-api-secret-key']];
  if (!givenKey || !givenSecret) return notAuthorized();
  return isKnown(givenKey, givenSecret) ? undefined : forbidden();
}

async function apiRequest(request: Request): Promise<ApiRequest> {
  const url = new URL(request.url);
  return {
    method: request.method,
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(request.headers),
    bodyText: await request.text(),
  };
}

function responseOf(given: ApiAnswer | ApiRefusal): Response {
  const body = isApiRefusal(given) || given.body !== undefined ? JSON.stringify(given.body) : null;
  return new Response(body, { status: given.status, headers: { ...given.headers, 'content-type': 'application/json; charset=UTF-8' } });
}
