/** An event bus that takes everything at once. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';

const taken = new TextEncoder().encode(JSON.stringify({ FailedEntryCount: 0, Entries: [] }));

export const silentBus = (): EventBridgeClient =>
  new EventBridgeClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'EXPLORER', secretAccessKey: 'none' },
    requestHandler: {
      handle: async () => ({ response: { statusCode: 200, headers: {}, body: new Uint8Array(taken) } }),
      destroy: () => {},
    },
  });
