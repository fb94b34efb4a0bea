/** The cards, held by the Alpaca adapter: in process, and over a real socket. */
import { createAlpacaBroker } from '../../../shared/brokers/alpaca/alpaca-broker.ts';
import { brokerCards } from './broker.cards.ts';
import { keys } from './small-market.ts';

const timeoutMs = 10_000;
const strangersKeys = { keyId: 'PKOTHER', secretKey: 'guess' };

brokerCards('Alpaca adapter, paper exchange in process', async ({ fetch }) => {
  const baseUrl = 'https://paper-api.alpaca.markets';
  return {
    broker: createAlpacaBroker({ ...keys, baseUrl, dataUrl: baseUrl, fetch, timeoutMs }),
    strangersBroker: createAlpacaBroker({ ...strangersKeys, baseUrl, dataUrl: baseUrl, fetch, timeoutMs }),
    close: async () => {},
  };
});

brokerCards('Alpaca adapter, paper exchange over HTTP', async (exchange) => {
  const { url: baseUrl } = await exchange.listen(0);
  return {
    broker: createAlpacaBroker({ ...keys, baseUrl, dataUrl: baseUrl, fetch: globalThis.fetch, timeoutMs }),
    strangersBroker: createAlpacaBroker({ ...strangersKeys, baseUrl, dataUrl: baseUrl, fetch: globalThis.fetch, timeoutMs }),
    close: async () => {},
  };
});
