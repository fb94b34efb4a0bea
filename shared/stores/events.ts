/** Puts typed events on the bus. A refused entry is an error: an event nobody can hear is not published. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type BallastEvent, eventSchemas } from '../contracts/events.ts';
import { eventSource } from '../contracts/names/index.ts';
import { TransientFailure } from '../kernel/errors.ts';
import { awsCall } from './aws-errors.ts';

const entriesPerCall = 10;

export class EventPublisher {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor(client: EventBridgeClient, busName: string) {
    this.#client = client;
    this.#busName = busName;
  }

  async publish(events: readonly BallastEvent[]): Promise<void> {
    for (let first = 0; first < events.length; first += entriesPerCall) {
      const entries = events.slice(first, first + entriesPerCall).map(({ type, detail }) => ({
        EventBusName: this.#busName,
        Source: eventSource,
        DetailType: type,
        Detail: JSON.stringify(eventSchemas[type].parse(detail)),
      }));
      const reply = await awsCall('Publishing events', () => this.#client.send(new PutEventsCommand({ Entries: entries })));
      const refused = reply.Entries?.find((entry) => entry.ErrorCode);
      if (refused) throw new TransientFailure(`The bus refused an event: ${refused.ErrorCode} ${refused.ErrorMessage}`);
    }
  }
}
