/**
 * A broker's trading API of our own: it speaks Alpaca's REST v2, so that the fund trades on a laptop through the same
 * official client, adapter and error paths as against Alpaca. In process it is a `fetch`; `listen` puts it on 127.0.0.1.
 * README.md says what it simplifies.
 */

import type { Clock } from '../../shared/kernel/clock.ts';
import { microUsdFromFloat } from '../../shared/kernel/money.ts';
import type { Bps, Usd } from '../../shared/kernel/units.ts';
import { Journal } from '../local-cloud/journal.ts';
import { type ApiRefusal, forbidden, isApiRefusal, notAuthorized, rateLimited } from './api-refusal.ts';
import { Book, type ExchangeEvent } from './book.ts';
import { Exchange } from './exchange.ts';
import { type Listening, listenOnLoopback } from './http-server.ts';
import type { MarketView } from './market-view.ts';
import { RateLimit } from './rate-limit.ts';
import { type ApiAnswer, type ApiRequest, answer } from './routes.ts';

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
  /** Alpaca's is 200. On a clock that stands still the minute never ends: pass Infinity there. */
  readonly requestsPerMinuteMax: number;
  readonly mayShort: boolean;
  readonly keyId: string;
  readonly secretKey: string;
}

export interface PaperExchange {
  /** Answers every URL whose path starts with /v2/, whatever its origin. */
  readonly fetch: typeof globalThis.fetch;
  /** Port 0 takes any free one. */
  listen(port: number): Promise<Listening>;
  /** The account, orders, positions and fills as they stand now, without a request. */
  state(): Book;
  close(): Promise<void>;
}

/** @throws DamagedState when the journal is not what was written. */
export function createPaperExchange(options: PaperExchangeOptions): PaperExchange {
  const { market, clock, newId, mayShort, spreadBps, impactBpsAtWholeVolume } = options;
  const book = new Book();
  const journal = Journal.open<ExchangeEvent>(options.storagePath, (event) => book.apply(event));
  const exchange = new Exchange({ book, journal, market, clock, newId, mayShort, costs: { spreadBps, impactBpsAtWholeVolume } });
  exchange.openAccount(microUsdFromFloat(options.startingCashUsd));
  const rateLimit = new RateLimit(options.requestsPerMinuteMax);
  const listening: Listening[] = [];

  const serve = (request: ApiRequest): ApiAnswer | ApiRefusal => {
    const refused = accessRefusal(request, options);
    if (refused) return refused;
    return rateLimit.admits(clock.now()) ? answer(exchange, request) : rateLimited();
  };

  return {
    fetch: async (input, init) => {
      const request = new Request(input, init);
      return responseOf(serve(await apiRequest(request)));
    },
    listen: async (port) => {
      const server = await listenOnLoopback(port, serve);
      listening.push(server);
      return server;
    },
    state: () => {
      exchange.settle();
      return book;
    },
    close: async () => {
      await Promise.all(listening.map((server) => server.close()));
      journal.close();
    },
  };
}

function accessRefusal({ headers }: ApiRequest, { keyId, secretKey }: PaperExchangeOptions): ApiRefusal | undefined {
  const [givenKey, givenSecret] = [headers['apca-api-key-id'], headers['apca-api-secret-key']];
  if (!givenKey || !givenSecret) return notAuthorized();
  return givenKey === keyId && givenSecret === secretKey ? undefined : forbidden();
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
  return new Response(body, { status: given.status, headers: { 'content-type': 'application/json; charset=UTF-8' } });
}
