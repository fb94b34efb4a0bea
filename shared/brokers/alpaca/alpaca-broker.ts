/**
 * The Broker port on Alpaca's official client. We use its generated trading calls and leave its conveniences off:
 * no retry (a read is retried by whoever knows why it reads, a submission by nobody), no limiter (it would queue
 * silently past a decision's lifetime; a 429 is an outcome here). The client's Configuration takes the base URL that its
 * facade does not, and its `*Raw` calls hand over the JSON as sent, which our schemas read instead of its models.
 */
import { errors, marketData, trading } from '@alpacahq/alpaca-trade-api/rest';
import type * as z from 'zod';
import { utcMidnight } from '../../kernel/days.ts';
import { ContractViolation, invariant, TransientFailure } from '../../kernel/errors.ts';
import { isRefusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay, OrderId, Ticker } from '../../kernel/units.ts';
import type { Broker, BrokerOrder, CancelOutcome, LatestPrice, NotAuthorised, NotFound, OrderToSubmit, SubmitOutcome } from '../broker.ts';
import { priceText, quantityText } from '../decimal-text.ts';
import {
  accountAnswer,
  assetAnswer,
  calendarAnswer,
  clockAnswer,
  latestTradesAnswer,
  orderAnswer,
  ordersAnswer,
  positionsAnswer,
} from './answers.ts';
import { meaningOf } from './error-meaning.ts';

export interface AlpacaOptions {
  readonly keyId: string;
  readonly secretKey: string;
  /** E.g. `https://paper-api.alpaca.markets`, or our paper exchange. There is no default: which account trades is never implied. */
  readonly baseUrl: string;
  /** Where its Market Data API is, e.g. `https://data.alpaca.markets`. */
  readonly dataUrl: string;
  /** What latest prices are read from: `iex` is in every account, `sip` (all exchanges) needs a subscription. */
  readonly feed?: 'iex' | 'sip';
  /** `globalThis.fetch`, or a paper exchange in this process. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** How long one call may take, its body included, before it counts as lost; 10 s unless given. */
  readonly timeoutMs?: number;
}

const ORDERS_PER_PAGE = 500;
const SYMBOLS_PER_CALL = 200;
const TIMEOUT_MS = 10_000;

const typeWords = { MARKET: 'market', LIMIT: 'limit', STOP: 'stop', STOP_LIMIT: 'stop_limit' } as const;
const timeInForceWords = { DAY: 'day', GTC: 'gtc', IOC: 'ioc', FOK: 'fok' } as const;

export function createAlpacaBroker({
  keyId,
  secretKey,
  baseUrl,
  dataUrl,
  feed = 'iex',
  fetch,
  timeoutMs = TIMEOUT_MS,
}: AlpacaOptions): Broker {
  const shared = { keyId, secret: secretKey, fetchApi: fetch, timeoutMs };
  const configuration = new trading.Configuration({ ...shared, basePath: baseUrl.replace(/\/+$/, '') });
  const stocks = new marketData.StockApi(new marketData.Configuration({ ...shared, basePath: dataUrl.replace(/\/+$/, '') }));
  const orders = new trading.OrdersApi(configuration);
  const accounts = new trading.AccountsApi(configuration);
  const assets = new trading.AssetsApi(configuration);
  const positions = new trading.PositionsApi(configuration);
  const clocks = new trading.ClockApi(configuration);
  const calendars = new trading.CalendarApi(configuration);

  const orderByClientId = (clientOrderId: OrderId): Promise<BrokerOrder | NotFound | NotAuthorised> =>
    read('order by client id', orderAnswer, () => orders.getOrderByClientOrderIdRaw({ clientOrderId }));

  return {
    name: 'alpaca',
    account: async () => present(await read('account', accountAnswer, () => accounts.getAccountRaw())),
    clock: async () => present(await read('clock', clockAnswer, () => clocks.legacyClockRaw())),
    calendar: async (from, to) =>
      present(await read('calendar', calendarAnswer, () => calendars.legacyCalendarRaw({ start: midnight(from), end: midnight(to) }))),
    asset: (symbol: Ticker) => read('asset', assetAnswer, () => assets.getV2AssetsSymbolOrAssetIdRaw({ symbolOrAssetId: symbol })),
    latestPrices: (symbols) => latestPrices(stocks, symbols, feed),
    positions: async () => present(await read('positions', positionsAnswer, () => positions.getAllOpenPositionsRaw())),
    orderByClientId,
    openOrders: () => allOpenOrders(orders),
    submit: (order) => submit(orders, order, orderByClientId),
    cancel: (brokerOrderId) => cancel(orders, brokerOrderId),
  };
}

async function submit(
  orders: InstanceType<typeof trading.OrdersApi>,
  order: OrderToSubmit,
  orderByClientId: Broker['orderByClientId'],
): Promise<SubmitOutcome> {
  const request = { postOrderRequest: postOrderRequest(order) };
  try {
    const answer = await orders.postOrderRaw(request);
    const parsed = orderAnswer.safeParse(await answer.raw.json());
    if (!parsed.success) return { kind: 'unknown', cause: `the answer to the order is not readable: ${parsed.error.message}` };
    return { kind: 'acknowledged', order: ofIntent(parsed.data, order) };
  } catch (error) {
    if (!(error instanceof errors.ApiError)) return unknownFrom(error);
    switch (meaningOf(alpacaError(error))) {
      case 'duplicate-client-order-id':
        return await adoptExisting(order, orderByClientId);
      case 'not-authorised':
        return notAuthorised(error);
      case 'throttled':
        return { kind: 'throttled', ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }) };
      case 'failed':
        return { kind: 'unknown', cause: `Alpaca answered ${error.status}: ${error.message}` };
      default:
        return { kind: 'rejected', status: error.status, code: String(error.code ?? ''), message: error.message };
    }
  }
}

/** The broker has an order of this id from an attempt whose reply we did not get; that order is the intent. */
async function adoptExisting(intent: OrderToSubmit, orderByClientId: Broker['orderByClientId']): Promise<SubmitOutcome> {
  try {
    const found = await orderByClientId(intent.clientOrderId);
    if (!isRefusal(found)) return { kind: 'acknowledged', order: ofIntent(found, intent) };
    if (found.reason === 'not-authorised') return found;
    return { kind: 'unknown', cause: 'Alpaca says that the client order id is taken, and that it has no order of that id' };
  } catch (error) {
    if (error instanceof TransientFailure) return unknownFrom(error);
    throw error;
  }
}

/** A client order id names one intent for ever; another order under it means that ids are not derived as they should be. */
function ofIntent(order: BrokerOrder, intent: OrderToSubmit): BrokerOrder {
  const same = order.clientOrderId === intent.clientOrderId && order.symbol === intent.symbol && order.side === intent.side;
  invariant(same, 'a client order id names one intent', { clientOrderId: intent.clientOrderId, symbol: order.symbol, side: order.side });
  return order;
}

async function cancel(orders: InstanceType<typeof trading.OrdersApi>, brokerOrderId: string): Promise<CancelOutcome> {
  try {
    await (await orders.deleteOrderByOrderIDRaw({ orderId: brokerOrderId })).value();
    return { kind: 'requested' };
  } catch (error) {
    if (error instanceof errors.ApiError && error.status === 422)
      return refuse('not-cancellable', { brokerOrderId, message: error.message });
    const refusal = refusalOrThrow('cancel', error);
    return refusal.reason === 'not-found' ? refusal : refusal;
  }
}

async function allOpenOrders(orders: InstanceType<typeof trading.OrdersApi>): Promise<readonly BrokerOrder[] | NotAuthorised> {
  const found: BrokerOrder[] = [];
  for (;;) {
    const last = found.at(-1)?.brokerOrderId;
    const page = present(
      await read('open orders', ordersAnswer, () =>
        orders.getAllOrdersRaw({ status: 'open', direction: 'asc', limit: ORDERS_PER_PAGE, ...(last && { afterOrderId: last }) }),
      ),
    );
    if (isRefusal(page)) return page;
    found.push(...page);
    if (page.length < ORDERS_PER_PAGE) return found;
  }
}

async function latestPrices(
  stocks: InstanceType<typeof marketData.StockApi>,
  symbols: readonly Ticker[],
  feed: 'iex' | 'sip',
): Promise<readonly LatestPrice[] | NotAuthorised> {
  const found: LatestPrice[] = [];
  for (let start = 0; start < symbols.length; start += SYMBOLS_PER_CALL) {
    const asked = symbols.slice(start, start + SYMBOLS_PER_CALL).join(',');
    const prices = present(await read('latest prices', latestTradesAnswer, () => stocks.stockLatestTradesRaw({ symbols: asked, feed })));
    if (isRefusal(prices)) return prices;
    found.push(...prices);
  }
  return found;
}

async function read<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  call: () => Promise<{ readonly raw: Response }>,
): Promise<z.output<Schema> | NotFound | NotAuthorised> {
  try {
    const answer: unknown = await (await call()).raw.json();
    const parsed = schema.safeParse(answer);
    if (!parsed.success)
      throw new ContractViolation(`Alpaca's answer to "${what}" is not what its API documents`, { issues: parsed.error.message });
    return parsed.data;
  } catch (error) {
    return refusalOrThrow(what, error);
  }
}

/** @throws TransientFailure for what may pass, ContractViolation for a request Alpaca does not understand. */
function refusalOrThrow(what: string, error: unknown): NotFound | NotAuthorised {
  if (error instanceof ContractViolation) throw error;
  if (!(error instanceof errors.ApiError)) throw new TransientFailure(`Alpaca did not answer "${what}"`, {}, { cause: error });
  const details = { what, status: error.status, code: error.code, message: error.message };
  switch (meaningOf(alpacaError(error))) {
    case 'not-authorised':
      return notAuthorised(error);
    case 'not-found':
      return refuse('not-found', details);
    case 'throttled':
      throw new TransientFailure(`Alpaca throttled "${what}"`, { ...details, retryAfterMs: error.retryAfterMs }, { cause: error });
    case 'failed':
      throw new TransientFailure(`Alpaca failed at "${what}"`, details, { cause: error });
    default:
      throw new ContractViolation(`Alpaca refused "${what}": ${error.message}`, details, { cause: error });
  }
}

/** For resources that always exist: a 404 then means a wrong base URL. */
function present<Answer>(answer: Answer | NotFound | NotAuthorised): Answer | NotAuthorised {
  if (isRefusal(answer) && answer.reason === 'not-found')
    throw new ContractViolation('the base URL leads to the trading API', answer.details);
  return answer;
}

function postOrderRequest(order: OrderToSubmit): trading.PostOrderRequest {
  return {
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side === 'BUY' ? 'buy' : 'sell',
    type: typeWords[order.type],
    timeInForce: timeInForceWords[order.timeInForce],
    qty: quantityText(order.quantity),
    ...('limitPrice' in order && { limitPrice: priceText(order.limitPrice) }),
    ...('stopPrice' in order && { stopPrice: priceText(order.stopPrice) }),
  };
}

type ApiError = InstanceType<typeof errors.ApiError>;

const alpacaError = (error: ApiError) => ({
  status: error.status,
  code: error.code === undefined ? undefined : String(error.code),
  message: error.message,
});

const notAuthorised = (error: ApiError): NotAuthorised =>
  refuse('not-authorised', { status: error.status, code: error.code, message: error.message });

const unknownFrom = (error: unknown): SubmitOutcome => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return { kind: 'unknown', cause: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause) };
};

const midnight = (day: EpochDay): Date => new Date(utcMidnight(day));
