/** An IBKR adapter before a fake TWS, before the small market on a Friday at 15:45, New York. */
import { afterEach, beforeEach } from 'vitest';
import type { PaperExchange } from '../../../../apps/paper-exchange/paper-exchange.ts';
import type { Broker } from '../../../../shared/brokers/broker.ts';
import { createIbkrBroker, type IbkrOptions } from '../../../../shared/brokers/ibkr/index.ts';
import type { RiskTicket } from '../../../../shared/brokers/risk-ticket.ts';
import {
  friday,
  keys,
  type MovableClock,
  movableClock,
  paperExchange,
  smallMarket,
  tradingTime,
} from '../../../contract/brokers/small-market.ts';
import { FakeTws } from '../../../support/fake-tws/fake-tws.ts';
import { anyQuantityOf, ticketOf } from '../../../support/risk-tickets.ts';

export const account = 'DU1234567';
export const clientId = 7;
export const masterClientId = 8;

export interface TwsScene {
  readonly tws: FakeTws;
  readonly exchange: PaperExchange;
  readonly clock: MovableClock;
  readonly ticket: RiskTicket;
  /** Another adapter, as in another process. */
  connect(options?: Partial<IbkrOptions>): Broker;
}

/** A new scene for each test of the file that calls this. */
export function twsScene(): () => TwsScene {
  let scene: TwsScene;
  beforeEach(async () => {
    const clock = movableClock(tradingTime(friday));
    const exchange = paperExchange(clock);
    const tws = await FakeTws.start({ exchange, keys, account, masterClientId });
    const options = { host: '127.0.0.1', port: tws.port, clientId, account, clock, timeoutMs: 5_000 };
    const ticket = await ticketOf(anyQuantityOf(...smallMarket.symbols(), 'NOSUCH'), {}, clock);
    scene = { tws, exchange, clock, ticket, connect: (given = {}) => createIbkrBroker({ ...options, ...given }) };
  });
  afterEach(async () => {
    await scene.tws.close();
    await scene.exchange.close();
  });
  return () => scene;
}
