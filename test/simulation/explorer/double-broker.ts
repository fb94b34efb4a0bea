/** The Broker port over a `BrokerBook`: each call crosses to the outside, and each way it can go wrong is told as an adapter tells it. */
import type { Broker, BrokerAccount, BrokerCapabilities, BrokerOrder, SubmitOutcome } from '../../../shared/brokers/broker.ts';
import { isTerminal } from '../../../shared/domain/execution/order-lifecycle.ts';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import { refuse } from '../../../shared/kernel/refusal.ts';
import type { Price, Shares, Usd } from '../../../shared/kernel/units.ts';
import type { Acceptance, BrokerBook } from './broker-book.ts';
import type { Fault } from './faults.ts';
import type { History } from './history.ts';
import { type Outside, type Request, TurnedAway } from './outside.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface DoubleBrokerParts {
  readonly book: BrokerBook;
  readonly outside: Outside;
  readonly history: History;
  readonly time: VirtualTime;
  readonly capabilities: BrokerCapabilities;
  /** What befalls the first request for an order. */
  readonly mishaps: ReadonlyMap<string, Fault['kind'] | undefined>;
}

export function doubleBroker({ book, outside, history, time, capabilities, mishaps }: DoubleBrokerParts): Broker {
  const sentBefore = new Set<string>();

  const ask = async <T>(operation: string, about: string, read: () => T): Promise<T> => {
    const carryOut = (): T => {
      book.advance(time.now());
      return read();
    };
    try {
      return await outside.request({ service: 'broker', operation, about, mayArriveTwice: true }, carryOut);
    } catch (error) {
      throw new TransientFailure(`The broker did not answer "${operation}"`, {}, { cause: error });
    }
  };

  const notExplored = (): never => {
    throw new Error('no schedule asks a broker for that');
  };

  return {
    ...{ clock: notExplored, calendar: notExplored, asset: notExplored, latestPrices: notExplored },
    ...{ replace: notExplored, tradeUpdates: notExplored },
    name: 'double',
    capabilities,
    account: () => ask('account', '', () => accountOf(book)),
    positions: () => ask('positions', '', () => positionsOf(book)),
    orderByClientId: (id) =>
      ask('order by client id', id, () => {
        const found = book.withClientId(id);
        return found ? book.told(found) : refuse('not-found', { id });
      }),
    openOrders: () =>
      ask('open orders', '', (): readonly BrokerOrder[] =>
        book.orders.filter(({ state }) => !isTerminal(state)).map((one) => book.told(one)),
      ),
    activities: (since) => ask('activities', '', () => book.activities.filter(({ at }) => at >= since)),
    cancel: (id) =>
      ask('cancel', id, () => {
        const outcome = book.cancel(id, time.now());
        return outcome === 'requested' ? ({ kind: 'requested' } as const) : refuse(outcome, { id });
      }),
    submit: async (order, ticket): Promise<SubmitOutcome> => {
      ticket.admit(order);
      const { clientOrderId, symbol } = order;
      const by = outside.callerName;
      history.add({ kind: 'sending', by, clientOrderId });
      const mishap = sentBefore.has(clientOrderId) ? undefined : mishaps.get(clientOrderId);
      sentBefore.add(clientOrderId);
      const request: Request = {
        ...{ service: 'broker', operation: 'submit', about: clientOrderId },
        mayArriveTwice: capabilities.refusesDuplicateClientIds,
        ...(mishap && { mishap: { kind: mishap, lateFrac: 0 } }),
      };
      try {
        let verdict: Acceptance | undefined;
        const acceptance = await outside.request(request, () => {
          // A copy of a request that was refused is refused too: it is the same message. The same order sent anew may fare otherwise.
          const accepted = verdict?.kind === 'refused' ? verdict : book.submit(order, time.now());
          verdict = accepted;
          const working = book.orders.filter(({ terms, state }) => terms.symbol === symbol && !isTerminal(state)).length;
          const late = outside.isLate;
          history.add({ kind: 'broker-read', by, clientOrderId, symbol, accepted: accepted.kind === 'accepted', working, late });
          return accepted;
        });
        return outcomeOf(book, acceptance);
      } catch (error) {
        if (!(error instanceof TurnedAway)) return { kind: 'unknown', cause: (error as Error).message };
        history.add({ kind: 'broker-turned-away', clientOrderId });
        return { kind: 'throttled' };
      }
    },
  };
}

/** A duplicate is the order itself, from an attempt whose reply we did not get. */
const outcomeOf = (book: BrokerBook, acceptance: Acceptance): SubmitOutcome =>
  acceptance.kind === 'refused'
    ? { kind: 'rejected', status: 403, code: '40310000', message: acceptance.message }
    : { kind: 'acknowledged', order: book.told(acceptance.order) };

function accountOf(book: BrokerBook): BrokerAccount {
  const cash = (book.cashCents / 100) as Usd;
  return {
    ...{ accountId: 'double', cash, buyingPower: cash, equity: cash, longMarketValue: 0 as Usd, shortMarketValue: 0 as Usd },
    ...{ mayTrade: true, mayShort: false },
  };
}

const positionsOf = (book: BrokerBook) =>
  [...book.holdings]
    .filter(([, quantity]) => quantity !== 0)
    .map(([symbol, quantity]) => ({
      ...{ symbol, quantity: quantity as Shares, averageEntryPrice: 0 as Price, currentPrice: 0 as Price, marketValue: 0 as Usd },
    }));
