/** The REST API: which call leads where. What a route answers is the value, its JSON written by json-shapes. */
import { tryParseDay } from '../../shared/kernel/days.ts';
import { magnitude, type NanoShares, nanoSharesText, parseNanoShares } from '../../shared/kernel/money.ts';
import type { EpochDay, Ticker } from '../../shared/kernel/units.ts';
import { activitiesListed } from './activities.ts';
import { type ApiRefusal, isApiRefusal, malformed, notFound, unacceptable } from './api-refusal.ts';
import type { Exchange } from './exchange.ts';
import { accountJson, assetIdOf, assetJson, calendarJson, clockJson, latestTradesJson, orderJson, positionJson } from './json-shapes.ts';
import { ordersListed } from './order-listing.ts';
import { fractionRefusal, readOrderRequest, readPrices } from './order-request.ts';
import type { PaperOrder } from './paper-order.ts';

export interface ApiRequest {
  readonly method: string;
  /** Decoded, e.g. `/v2/orders/abc`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyText: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Route = (exchange: Exchange, request: ApiRequest, parameter: string) => ApiAnswer | ApiRefusal;

const CALENDAR_FIRST = tryParseDay('1970-01-01')!;
const CALENDAR_LAST = tryParseDay('2029-12-31')!;

const routes: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ['GET', /^\/v2\/account$/, (exchange) => ok(accountJson(exchange))],
  ['GET', /^\/v2\/account\/activities(?:\/([A-Z]+))?$/, (exchange, { query }, type) => activities(exchange, query, type)],
  ['GET', /^\/v2\/clock$/, (exchange) => ok(clockJson(exchange))],
  ['GET', /^\/v2\/calendar$/, (_exchange, { query }) => calendar(query)],
  ['GET', /^\/v2\/assets$/, (exchange, { query }) => assets(exchange, query)],
  ['GET', /^\/v2\/assets\/(.+)$/, (exchange, _request, symbolOrId) => asset(exchange, symbolOrId)],
  ['POST', /^\/v2\/orders$/, (exchange, request) => placeOrder(exchange, request)],
  ['GET', /^\/v2\/orders$/, (exchange, { query }) => listOrders(exchange, query)],
  ['DELETE', /^\/v2\/orders$/, (exchange) => ({ status: 207, body: cancelAll(exchange) })],
  ['GET', /^\/v2\/orders:by_client_order_id$/, (exchange, { query }) => orderByClientId(exchange, query)],
  ['GET', /^\/v2\/orders\/([^/]+)$/, (exchange, _request, id) => orderById(exchange, id)],
  ['PATCH', /^\/v2\/orders\/([^/]+)$/, (exchange, request, id) => replaceOrder(exchange, request, id)],
  ['DELETE', /^\/v2\/orders\/([^/]+)$/, (exchange, _request, id) => exchange.cancel(id) ?? { status: 204 }],
  ['GET', /^\/v2\/stocks\/trades\/latest$/, (exchange, { query }) => ok(latestTradesJson(exchange, symbolsIn(query)))],
  ['GET', /^\/v2\/positions$/, (exchange) => ok(positions(exchange))],
  ['DELETE', /^\/v2\/positions$/, (exchange, { query }) => closeAllPositions(exchange, query)],
  ['GET', /^\/v2\/positions\/([^/]+)$/, (exchange, _request, symbolOrId) => position(exchange, symbolOrId)],
  ['DELETE', /^\/v2\/positions\/([^/]+)$/, (exchange, { query }, symbolOrId) => closePosition(exchange, query, symbolOrId)],
];

export function answer(exchange: Exchange, request: ApiRequest): ApiAnswer | ApiRefusal {
  exchange.settle();
  for (const [method, path, route] of routes) {
    const match = method === request.method && path.exec(request.path);
    if (match) return route(exchange, request, match[1] ?? '');
  }
  return notFound('endpoint not found.');
}

const ok = (body: unknown): ApiAnswer => ({ status: 200, body });

const orderAnswer = ({ book }: Exchange, order: PaperOrder | ApiRefusal): ApiAnswer | ApiRefusal =>
  isApiRefusal(order) ? order : ok(orderJson(order, book));

function placeOrder(exchange: Exchange, { bodyText }: ApiRequest): ApiAnswer | ApiRefusal {
  const body = jsonObject(bodyText);
  if (isApiRefusal(body)) return body;
  const request = readOrderRequest(body);
  return isApiRefusal(request) ? request : orderAnswer(exchange, exchange.place(request));
}

function replaceOrder(exchange: Exchange, { bodyText }: ApiRequest, id: string): ApiAnswer | ApiRefusal {
  const body = jsonObject(bodyText);
  if (isApiRefusal(body)) return body;
  const order = exchange.book.orders.get(id);
  if (!order) return notFound('order not found');
  if (order.notional !== undefined) return unacceptable('notional orders cannot be replaced');
  const { terms } = order;
  const prices = readPrices(terms.type, {
    limit_price: body.limit_price ?? terms.limitPrice,
    stop_price: body.stop_price ?? terms.stopPrice,
  });
  if (isApiRefusal(prices)) return prices;
  const asked = readOrderRequest({
    ...{ symbol: terms.symbol, side: terms.side, type: terms.type, extended_hours: terms.extendedHours },
    time_in_force: body.time_in_force ?? terms.timeInForce,
    qty: body.qty ?? nanoSharesText(order.quantity!),
    ...(body.client_order_id !== undefined && { client_order_id: body.client_order_id }),
    limit_price: body.limit_price ?? terms.limitPrice,
    stop_price: body.stop_price ?? terms.stopPrice,
  });
  return isApiRefusal(asked) ? asked : (fractionRefusal(asked) ?? orderAnswer(exchange, exchange.replace(id, asked)));
}

function orderByClientId(exchange: Exchange, query: URLSearchParams): ApiAnswer | ApiRefusal {
  const id = exchange.book.orderIdOfClientId.get(query.get('client_order_id') ?? '');
  return id === undefined ? notFound('order not found') : ok(orderJson(exchange.book.order(id), exchange.book));
}

function orderById(exchange: Exchange, id: string): ApiAnswer | ApiRefusal {
  const order = exchange.book.orders.get(id);
  return order ? ok(orderJson(order, exchange.book)) : notFound('order not found');
}

function listOrders(exchange: Exchange, query: URLSearchParams): ApiAnswer | ApiRefusal {
  const listed = ordersListed([...exchange.book.orders.values()], exchange.book.open, query);
  return isApiRefusal(listed) ? listed : ok(listed.map((order) => orderJson(order, exchange.book)));
}

function cancelAll(exchange: Exchange): readonly unknown[] {
  return [...exchange.book.open].map(({ terms: { id } }) => {
    const refused = exchange.cancel(id);
    return refused ? { id, status: refused.status, body: refused.body } : { id, status: 200 };
  });
}

function positions(exchange: Exchange): readonly unknown[] {
  const valuation = exchange.valuation();
  return valuation.positions().map((value) => positionJson(value, valuation.heldForOrders(value.position.symbol)));
}

function position(exchange: Exchange, symbolOrId: string): ApiAnswer | ApiRefusal {
  const held = exchange.book.positions.get(symbolOf(exchange, symbolOrId));
  if (!held) return notFound('position does not exist');
  const valuation = exchange.valuation();
  return ok(positionJson(valuation.positionValue(held), valuation.heldForOrders(held.symbol)));
}

function closeAllPositions(exchange: Exchange, query: URLSearchParams): ApiAnswer {
  if (query.get('cancel_orders') === 'true') cancelAll(exchange);
  const body = [...exchange.book.positions.keys()].map((symbol) => {
    const closed = closePosition(exchange, new URLSearchParams(), symbol);
    return { symbol, status: closed.status, body: closed.body };
  });
  return { status: 207, body };
}

/** A market order for all of it, or for the `qty` or `percentage` asked for. */
function closePosition(exchange: Exchange, query: URLSearchParams, symbolOrId: string): ApiAnswer | ApiRefusal {
  const held = exchange.book.positions.get(symbolOf(exchange, symbolOrId));
  if (!held) return notFound('position does not exist');
  const request = readOrderRequest({
    ...{ symbol: held.symbol, side: held.quantity > 0n ? 'sell' : 'buy', type: 'market', time_in_force: 'day' },
    qty: query.get('qty') ?? closingQuantity(magnitude(held.quantity), query.get('percentage')),
  });
  return isApiRefusal(request) ? request : orderAnswer(exchange, exchange.place(request));
}

function closingQuantity(held: NanoShares, percentage: string | null): string {
  const part = percentage === null ? held : (held * parseNanoShares(percentage)) / parseNanoShares('100');
  return nanoSharesText(part);
}

const symbolsIn = (query: URLSearchParams): readonly Ticker[] =>
  (query.get('symbols') ?? '').split(',').filter((symbol) => symbol !== '') as Ticker[];

const symbolOf = (exchange: Exchange, symbolOrId: string): Ticker =>
  (exchange.market.symbols().find((symbol) => assetIdOf(symbol) === symbolOrId) ?? symbolOrId) as Ticker;

function asset(exchange: Exchange, symbolOrId: string): ApiAnswer | ApiRefusal {
  const symbol = symbolOf(exchange, symbolOrId);
  return exchange.market.symbols().includes(symbol) ? ok(assetJson(exchange, symbol)) : notFound(`asset not found for ${symbolOrId}`);
}

function assets(exchange: Exchange, query: URLSearchParams): ApiAnswer {
  const [status, assetClass] = [query.get('status'), query.get('asset_class')];
  const all = exchange.market.symbols().map((symbol) => assetJson(exchange, symbol));
  return ok(all.filter((one) => (status === null || one.status === status) && (assetClass === null || assetClass === 'us_equity')));
}

function calendar(query: URLSearchParams): ApiAnswer | ApiRefusal {
  const from = dayIn(query.get('start'), CALENDAR_FIRST);
  const to = dayIn(query.get('end'), CALENDAR_LAST);
  if (from === undefined || to === undefined) return malformed('invalid date format');
  return ok(calendarJson(Math.max(from, CALENDAR_FIRST) as EpochDay, Math.min(to, CALENDAR_LAST) as EpochDay));
}

/** A date, or the date of an instant as text. */
const dayIn = (text: string | null, otherwise: EpochDay): EpochDay | undefined =>
  text === null ? otherwise : tryParseDay(text.slice(0, 10));

function activities(exchange: Exchange, query: URLSearchParams, type: string): ApiAnswer | ApiRefusal {
  const listed = activitiesListed(exchange.book.activities, query, type);
  return isApiRefusal(listed) ? listed : ok(listed);
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | ApiRefusal {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Falls through: what is no JSON is refused like JSON of the wrong kind.
  }
  return malformed('request body format is invalid');
}
