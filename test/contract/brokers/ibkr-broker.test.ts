/** The cards, held by the IBKR adapter over a real socket to a fake TWS, behind which the paper exchange is the market. */
import { createIbkrBroker } from '../../../shared/brokers/ibkr/index.ts';
import { FakeTws } from '../../support/fake-tws/fake-tws.ts';
import { brokerCards } from './broker.cards.ts';
import { faultCards } from './fault.cards.ts';
import type { Connect } from './scene.ts';
import { keys } from './small-market.ts';

const account = 'DU1234567';

const overSocket: Connect = async (exchange, clock) => {
  const tws = await FakeTws.start({ exchange, keys, account, masterClientId: 8 });
  const reach = { host: '127.0.0.1', port: tws.port, clientId: 7, streamClientId: 8, mayShort: true, clock };
  const granted = { ...reach, account, fractionalShares: true };
  return {
    broker: createIbkrBroker(granted),
    strangersBroker: createIbkrBroker({ ...granted, account: 'DU7654321' }),
    untold: ['corporate-actions', 'past-days'],
    again: async () => createIbkrBroker(granted),
    close: () => tws.close(),
  };
};

brokerCards('IBKR adapter, fake TWS', overSocket);
faultCards('IBKR adapter, fake TWS', overSocket);
