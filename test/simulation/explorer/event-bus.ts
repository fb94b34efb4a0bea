/** The bus of events, reached by the real SDK client: each call crosses to the outside, and what the bus took is written into the history. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { ConnectionBroken, TurnedAway } from './outside.ts';
import { type SdkRequest, serving, textOf } from './tables.ts';

interface PutEvents {
  readonly Entries: readonly { readonly DetailType: string; readonly Detail: string }[];
}

/** One client for all schedules, as with the tables; retries are the schedule's to decide. */
export const eventBus = new EventBridgeClient({
  ...{ region: 'us-east-1', credentials: { accessKeyId: 'EXPLORER', secretAccessKey: 'none' }, maxAttempts: 1 },
  requestHandler: { handle: (request: SdkRequest) => publish(textOf(request.body ?? '')), destroy: () => {} },
});

async function publish(text: string) {
  const { outside, history } = serving.getStore()!;
  const { Entries } = JSON.parse(text) as PutEvents;
  const request = { service: 'events', operation: 'PutEvents', about: Entries.map(({ DetailType }) => DetailType).join(' + ') } as const;
  try {
    await outside.request({ ...request, mayArriveTwice: true }, () => {
      for (const { Detail } of Entries)
        history.add({ kind: 'told', eventId: String((JSON.parse(Detail) as { eventId: unknown }).eventId) });
    });
    return reply(200, { FailedEntryCount: 0, Entries: Entries.map((_, nth) => ({ EventId: String(nth) })) });
  } catch (error) {
    if (error instanceof ConnectionBroken) throw Object.assign(new Error(error.message), { name: 'TimeoutError', code: 'ECONNRESET' });
    if (!(error instanceof TurnedAway)) throw error;
    return reply(400, { __type: 'ThrottlingException', message: error.message });
  }
}

const reply = (statusCode: number, body: unknown) => ({
  response: { statusCode, headers: {}, body: new Uint8Array(Buffer.from(JSON.stringify(body))) },
});
