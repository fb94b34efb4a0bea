/**
 * The Broker port on Alpaca's official client. We use its generated trading calls and leave its conveniences off:
 * no retry (a read is retried by whoever knows why it reads, a submission by nobody), no limiter (it would queue
 * silently past a decision's lifetime; a 429 is an outcome here). The client's Configuration takes the base URL that its
 * facade does not, and its `*Raw` calls hand over the JSON as sent, which our schemas read instead of its models.
 */
import { errors, marketData, trading } from '@alpacahq/alpaca-trade-api/rest';
import type { Clock } from '../../kernel/clock.ts';
import { utcMidnight } from '../../kernel/days.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import { isRefusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay, EpochMs } from '../../kernel/units.ts';
import { assertWithinCapabilities } from '../admission.ts';
import type { Broker, BrokerActivity, BrokerCapabilities, BrokerOrder, CancelOutcome, LatestPrice, NotAuthorised } from '../broker.ts';
import type { OpenSocket, Sleep } from '../stream-socket.ts';
import { activitiesAnswer } from './activity-answers.ts';
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
import { AlpacaCalls, refusalOrThrow } from './calls.ts';
import { type AlpacaKeys, keyRing } from './keys.ts';
import { replaceOrder } from './replace-order.ts';
import { RequestBudget } from './request-budget.ts';
import { type OrdersApi, submitOrder } from './submit-order.ts';
import { alpacaTradeUpdates } from './trade-updates.ts';
import { withoutKeys } from './without-keys.ts';

export interface AlpacaOptions extends AlpacaKeys {
  /** Where the keys are read anew when Alpaca refuses these; without it, refused is refused. */
  readonly readKeysAgain?: () => Promise<AlpacaKeys>;
  /** E.g. `https://paper-api.alpaca.markets`, or our paper exchange. There is no default: which account trades is never implied. */
  readonly baseUrl: string;
  /** Where its Market Data API is, e.g. `https://data.alpaca.markets`. */
  readonly dataUrl: string;
  /** What latest prices are read from: `iex` is in every account, `sip` (all exchanges) needs a subscription. */
  readonly feed?: 'iex' | 'sip';
  /** `globalThis.fetch`, or a paper exchange in this process. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** For the budget of the minute. */
  readonly clock: Clock;
  /** How long one call may take, its body included, before it counts as lost; 10 s unless given. */
  readonly timeoutMs?: number;
  /** What the trade updates come over; without it they cannot be read. */
  readonly stream?: { readonly openSocket: OpenSocket; readonly sleep: Sleep };
}

const ORDERS_PER_PAGE = 500;
const ACTIVITIES_PER_PAGE = 100;
const SYMBOLS_PER_CALL = 200;
const TIMEOUT_MS = 10_000;

/**
 * Alpaca documents that a client order id must be unique, and not for how long; it has refused one again after its order was cancelled
 * (public report 260 in alpacahq/alpaca-py). Nothing here counts on more than that: what may have been sent is looked up, not sent again.
 */
const capabilities: BrokerCapabilities = {
  refusesDuplicateClientIds: true,
  remembersOrders: 'always',
  fractionalShares: true,
  attachedOrders: ['bracket', 'oco'],
  timesInForce: ['DAY', 'GTC', 'IOC', 'FOK'],
};

export function createAlpacaBroker(options: AlpacaOptions): Broker {
  const keys = keyRing({ keyId: options.keyId, secretKey: options.secretKey }, options.readKeysAgain);
  const fetch = withoutKeys(options.fetch, keys.current);
  const tradingUrl = options.baseUrl.replace(/\/+$/, '');
  /** Trading and data are metered apart. */
  const reaching = (basePath: string) => {
    const budget = new RequestBudget(options.clock);
    return {
      calls: new AlpacaCalls({ keys, budget, clock: options.clock }),
      configuration: {
        basePath,
        timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        apiKey: (header: string) => (header === 'APCA-API-KEY-ID' ? keys.current().keyId : keys.current().secretKey),
        fetchApi: async (url: string, init: RequestInit) => {
          const response = await fetch(url, init);
          budget.learn(response.headers);
          return response;
        },
      },
    };
  };
  const account = reaching(tradingUrl);
  const data = reaching(options.dataUrl.replace(/\/+$/, ''));
  const calls = account.calls;
  const configuration = new trading.Configuration(account.configuration);
  const stocks = new marketData.StockApi(new marketData.Configuration(data.configuration));
  const orders = new trading.OrdersApi(configuration);
  const accounts = new trading.AccountsApi(configuration);
  const assets = new trading.AssetsApi(configuration);
  const positions = new trading.PositionsApi(configuration);
  const clocks = new trading.ClockApi(configuration);
  const calendars = new trading.CalendarApi(configuration);
  const activities = new trading.AccountActivitiesApi(configuration);

  const orderByClientId: Broker['orderByClientId'] = (clientOrderId) =>
    calls.read('order by client id', orderAnswer, () => orders.getOrderByClientOrderIdRaw({ clientOrderId }));
  const cancel: Broker['cancel'] = (brokerOrderId) => cancelOrder(calls, orders, brokerOrderId);
  const orderCalls = { calls, orders, orderByClientId, cancel };

  return {
    name: 'alpaca',
    capabilities,
    account: () => calls.readPresent('account', accountAnswer, () => accounts.getAccountRaw()),
    clock: () => calls.readPresent('clock', clockAnswer, () => clocks.legacyClockRaw()),
    calendar: (from, to) =>
      calls.readPresent('calendar', calendarAnswer, () => calendars.legacyCalendarRaw({ start: midnight(from), end: midnight(to) })),
    asset: (symbol) => calls.read('asset', assetAnswer, () => assets.getV2AssetsSymbolOrAssetIdRaw({ symbolOrAssetId: symbol })),
    latestPrices: (symbols) =>
      inGroups(symbols, (asked) =>
        data.calls.readPresent('latest prices', latestTradesAnswer, () =>
          stocks.stockLatestTradesRaw({ symbols: asked.join(','), feed: options.feed ?? 'iex' }),
        ),
      ),
    positions: () => calls.readPresent('positions', positionsAnswer, () => positions.getAllOpenPositionsRaw()),
    orderByClientId,
    openOrders: () => allOpenOrders(calls, orders),
    submit: async (order, ticket) => {
      assertWithinCapabilities(order, capabilities);
      return await submitOrder(orderCalls, order, ticket);
    },
    cancel,
    replace: (order, by, ticket) => replaceOrder(orderCalls, order, by, ticket),
    activities: (since) => activitiesSince(calls, activities, since),
    tradeUpdates: (signal) => {
      if (!options.stream) throw new ContractViolation('a broker whose trade updates are read is made with a stream');
      return alpacaTradeUpdates({ url: `${tradingUrl.replace(/^http/, 'ws')}/stream`, keys, ...options.stream }, signal);
    },
  };
}

async function cancelOrder(calls: AlpacaCalls, orders: OrdersApi, brokerOrderId: string): Promise<CancelOutcome> {
  try {
    await calls.ask('any', async () => await (await orders.deleteOrderByOrderIDRaw({ orderId: brokerOrderId })).value());
    return { kind: 'requested' };
  } catch (error) {
    if (error instanceof errors.ApiError && error.status === 422)
      return refuse('not-cancellable', { brokerOrderId, message: error.message });
    const refusal = refusalOrThrow('cancel', error);
    return refusal.reason === 'not-found' ? refusal : refusal;
  }
}

async function allOpenOrders(calls: AlpacaCalls, orders: OrdersApi): Promise<readonly BrokerOrder[] | NotAuthorised> {
  const found: BrokerOrder[] = [];
  for (;;) {
    const last = found.at(-1)?.brokerOrderId;
    const page = await calls.readPresent('open orders', ordersAnswer, () =>
      orders.getAllOrdersRaw({ status: 'open', direction: 'asc', limit: ORDERS_PER_PAGE, ...(last && { afterOrderId: last }) }),
    );
    if (isRefusal(page)) return page;
    found.push(...page);
    if (page.length < ORDERS_PER_PAGE) return found;
  }
}

/**
 * Alpaca answers with what was created after an instant. What it dates to the instant is held against `since` once more; what it
 * dates by day only is kept, since it was created late enough.
 */
async function activitiesSince(
  calls: AlpacaCalls,
  activities: InstanceType<typeof trading.AccountActivitiesApi>,
  since: EpochMs,
): Promise<readonly BrokerActivity[] | NotAuthorised> {
  if (!Number.isFinite(since)) throw new ContractViolation('activities are asked for since an instant', { since: String(since) });
  const seen = new Set<string>();
  const found: BrokerActivity[] = [];
  const after = new Date(since - 1);
  for (let pageToken: string | undefined; ; ) {
    const page = await calls.readPresent('activities', activitiesAnswer, () =>
      activities.getAccountActivitiesRaw({ after, direction: 'asc', pageSize: ACTIVITIES_PER_PAGE, ...(pageToken && { pageToken }) }),
    );
    if (isRefusal(page)) return page;
    for (const { activity, toTheInstant } of page) {
      if (seen.has(activity.id)) throw new ContractViolation('Alpaca pages its activities without repeating one', { id: activity.id });
      seen.add(activity.id);
      if (!toTheInstant || activity.at >= since) found.push(activity);
    }
    if (page.length < ACTIVITIES_PER_PAGE) return found.sort((one, other) => one.at - other.at);
    pageToken = page.at(-1)?.activity.id;
  }
}

async function inGroups<Value>(
  symbols: readonly LatestPrice['symbol'][],
  ask: (symbols: readonly LatestPrice['symbol'][]) => Promise<readonly Value[] | NotAuthorised>,
): Promise<readonly Value[] | NotAuthorised> {
  const found: Value[] = [];
  for (let start = 0; start < symbols.length; start += SYMBOLS_PER_CALL) {
    const values = await ask(symbols.slice(start, start + SYMBOLS_PER_CALL));
    if (isRefusal(values)) return values;
    found.push(...values);
  }
  return found;
}

const midnight = (day: EpochDay): Date => new Date(utcMidnight(day));
