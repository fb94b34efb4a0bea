/**
 * The Broker port on Interactive Brokers, over the socket of TWS or an IB Gateway. What differs from other brokers, how the gateway is set
 * up and what could not be tried is in docs/guides/brokers.md; why it is built so, in docs/adr/0013-ibkr-over-tws.md.
 */
import { isTerminal } from '../../domain/execution/order-lifecycle.ts';
import type { Clock } from '../../kernel/clock.ts';
import { refuse } from '../../kernel/refusal.ts';
import type { OrderId } from '../../kernel/units.ts';
import { admit } from '../admission.ts';
import type { Broker, BrokerCapabilities } from '../broker.ts';
import { readAccount, readPositions } from './account.ts';
import { readActivities } from './activities.ts';
import { readAsset, readCalendar, readClock, readLatestPrices } from './market.ts';
import { assertTellable, twsOrder } from './order-terms.ts';
import { listOpenOrders, readOrders } from './orders.ts';
import { replaceOrder } from './replacement.ts';
import { TwsSessions } from './sessions.ts';
import { cancelOrder, submitOnce, unknownFrom } from './submission.ts';
import { tradeUpdates } from './trade-updates.ts';

export interface IbkrOptions {
  readonly host: string;
  /** An IB Gateway listens on 4001 (live) and 4002 (paper), TWS on 7496 and 7497. There is no default: which account trades is never implied. */
  readonly port: number;
  /** One fund, one client id: under another id its orders could be seen and not cancelled. */
  readonly clientId: number;
  /** Under which `tradeUpdates` listens; the gateway's "Master API client ID". One more than `clientId` unless given. */
  readonly streamClientId?: number;
  /** E.g. `DU1234567`; one of those the gateway is logged in to. */
  readonly account: string;
  /** The account may borrow shares. TWS does not tell; absent means that it may not. */
  readonly mayShort?: boolean;
  /** The account is permitted fractional shares, and the gateway new enough to take them. Absent means whole shares only. */
  readonly fractionalShares?: boolean;
  readonly clock: Clock;
  /** How long one question may take before it counts as lost; 10 s unless given. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

export function createIbkrBroker(options: IbkrOptions): Broker {
  const { account, clock, mayShort = false, timeoutMs = TIMEOUT_MS, streamClientId = options.clientId + 1 } = options;
  const reach = { host: options.host, port: options.port, account, timeoutMs };
  const sessions = new TwsSessions({ ...reach, clientId: options.clientId });
  const capabilities: BrokerCapabilities = {
    refusesDuplicateClientIds: false,
    remembersOrders: 'same-day',
    fractionalShares: options.fractionalShares ?? false,
    attachedOrders: [],
    timesInForce: ['DAY', 'GTC', 'IOC', 'FOK'],
  };
  const access = { account, capabilities };

  return {
    name: 'ibkr',
    capabilities,
    account: () => sessions.with((session) => readAccount(session, account, mayShort)),
    clock: () => sessions.with((session) => readClock(session)),
    calendar: (from, to) => sessions.with((session) => readCalendar(session, from, to)),
    asset: (symbol) => sessions.with((session) => readAsset(session, symbol)),
    latestPrices: (symbols) => sessions.with((session) => readLatestPrices(session, symbols)),
    positions: () => sessions.with((session) => readPositions(session, account)),
    submit: async (order, ticket) => {
      twsOrder(order, account, capabilities);
      admit(ticket, order);
      return sessions.inTurn((session) => submitOnce(session, order, access)).catch(unknownFrom);
    },
    orderByClientId: (clientOrderId: OrderId) =>
      sessions.with(async (session) => {
        const found = (await readOrders(session, account)).named(clientOrderId);
        return found?.order ?? refuse('not-found', { clientOrderId });
      }),
    openOrders: () =>
      sessions.with(async (session) => {
        const listed = (await listOpenOrders(session, account)).map(({ order }) => order);
        return listed.filter(({ state }) => !isTerminal(state));
      }),
    cancel: (brokerOrderId) => sessions.with((session) => cancelOrder(session, brokerOrderId, access)),
    replace: async (order, by, ticket) => {
      assertTellable(by, capabilities);
      const { symbol, side } = order;
      admit(ticket, { symbol, side, quantity: by.quantity, clientOrderId: by.clientOrderId }, order.clientOrderId);
      return sessions.inTurn((session) => replaceOrder(session, order, by, access)).catch(unknownFrom);
    },
    activities: (since) => sessions.with((session) => readActivities(session, account, since)),
    tradeUpdates: (signal) => tradeUpdates({ sessions: new TwsSessions({ ...reach, clientId: streamClientId }), account, clock }, signal),
  };
}
