/** Puts typed events on the bus. A refused entry is an error: an event nobody can hear is not published. Repeated events keep their id. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type BallastEvent, eventSchemas } from '../contracts/events.ts';
import { eventSource } from '../contracts/names/index.ts';
import { ContractViolation, TransientFailure } from '../kernel/errors.ts';
import { awsCall, isTransientCode } from './aws-errors.ts';

const entriesPerCall = 10;

export class EventPublisher {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor(client: EventBridgeClient, busName: string) {
    this.#client = client;
    this.#busName = busName;
  }

  /** @throws ContractViolation, before anything is sent, for an event outside its schema, and for one the bus will never take. */
  async publish(events: readonly BallastEvent[]): Promise<void> {
    const entries = events.map((event) => ({
      EventBusName: this.#busName,
      Source: eventSource,
      DetailType: event.type,
      Detail: detailText(event),
    }));
    for (let first = 0; first < entries.length; first += entriesPerCall) {
      const command = new PutEventsCommand({ Entries: entries.slice(first, first + entriesPerCall) });
      const reply = await awsCall('Publishing events', () => this.#client.send(command));
      const refused = reply.Entries?.find((entry) => entry.ErrorCode);
      if (refused) throw refusalOf(refused.ErrorCode!, refused.ErrorMessage);
    }
  }
}

function detailText({ type, detail }: BallastEvent): string {
  const parsed = eventSchemas[type].safeParse(detail);
  if (parsed.success) return JSON.stringify(parsed.data);
  throw new ContractViolation(`The event ${type} is outside its schema`, { issues: parsed.error.issues.slice(0, 3) });
}

function refusalOf(code: string, why = ''): Error {
  const message = `The bus refused an event: ${code} ${why}`.trim();
  return isTransientCode(code) ? new TransientFailure(message) : new ContractViolation(message);
}
