/** The cards, held by the Alpaca adapter: in process, over a real socket, and behind a line that could fail and does not. */
import { type AlpacaOptions, createAlpacaBroker } from '../../../shared/brokers/alpaca/index.ts';
import { openWebSocket, sleepUntilAborted } from '../../../shared/brokers/web-socket.ts';
import { faultyBroker, noFaults } from '../../support/faulty-broker.ts';
import { brokerCards } from './broker.cards.ts';
import { faultCards } from './fault.cards.ts';
import type { BrokerUnderTest, Connect } from './scene.ts';
import { keys } from './small-market.ts';

const timeoutMs = 10_000;
const strangersKeys = { keyId: 'PKOTHER', secretKey: 'guess' };

const reached = (by: Omit<AlpacaOptions, 'keyId' | 'secretKey'>, untold: BrokerUnderTest['untold'] = []): BrokerUnderTest => ({
  broker: createAlpacaBroker({ ...keys, ...by }),
  strangersBroker: createAlpacaBroker({ ...strangersKeys, ...by }),
  untold,
  again: async () => createAlpacaBroker({ ...keys, ...by }),
  close: async () => {},
});

const inProcess: Connect = async ({ fetch }, clock) => {
  const baseUrl = 'https://paper-api.alpaca.markets';
  return reached({ baseUrl, dataUrl: baseUrl, fetch, clock, timeoutMs }, ['trade-updates']);
};

const overHttp: Connect = async (exchange, clock) => {
  const { url: baseUrl } = await exchange.listen(0);
  const stream = { openSocket: openWebSocket, sleep: sleepUntilAborted };
  return reached({ baseUrl, dataUrl: baseUrl, fetch: globalThis.fetch, clock, timeoutMs, stream });
};

const behindALine: Connect = async (exchange, clock) => {
  const under = await overHttp(exchange, clock);
  return { ...under, broker: faultyBroker(under.broker, noFaults) };
};

brokerCards('Alpaca adapter, paper exchange in process', inProcess);
brokerCards('Alpaca adapter, paper exchange over HTTP', overHttp);
brokerCards('Alpaca adapter over HTTP, behind a line without faults', behindALine);
faultCards('Alpaca adapter, paper exchange in process', inProcess);
