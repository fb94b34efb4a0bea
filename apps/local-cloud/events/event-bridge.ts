/**
 * Event buses: events come in by PutEvents, are kept by archives, and go to the targets of every rule that matches.
 * Rules on a schedule fire only once the alarm is armed, or one at a time by hand.
 */
import type { PutEventsRequest, PutEventsResponse, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { type AwsService, type CallContext, type CloudHost, operationNamed } from '../service.ts';
import { jsonProtocol } from '../wire/json.ts';
import { type BusEvent, checkRequestSize, isBusEvent, toBusEvent } from './bus-event.ts';
import { declareEventsResource, eventsResourceTypes } from './declared.ts';
import { eventsOperations } from './operations.ts';
import { busName, EventBridgeState } from './state.ts';

/** Rules on a schedule, worked by hand. */
export interface EventBridgeControls {
  arm(): void;
  disarm(): void;
  /** Runs a scheduled rule's targets once, as if it were that time; resolves when all took it or gave it up. */
  fireRule(ruleName: string, scheduledTime: EpochMs): Promise<void>;
  /** What an archive holds, oldest first. */
  archivedEvents(archiveName: string): readonly BusEvent[];
}

export interface EventBridge extends AwsService, EventBridgeControls {
  /** Policy documents by bus ARN, as JSON text. */
  resourcePolicies(): ReadonlyMap<string, string>;
}

export function createEventBridge(host: CloudHost): EventBridge {
  return new LocalEventBridge(host);
}

class LocalEventBridge implements EventBridge {
  readonly name = 'events';
  readonly wire = jsonProtocol({ version: '1.1', targetPrefix: 'AWSEvents', timestamps: ['Time', 'EventStartTime', 'EventEndTime'] });
  readonly resourceTypes = eventsResourceTypes;
  readonly #state: EventBridgeState;

  constructor(host: CloudHost) {
    this.#state = new EventBridgeState(host);
  }

  declare(...[resource]: Parameters<AwsService['declare']>) {
    return declareEventsResource(this.#state, resource);
  }

  start(): void {
    this.#state.rules.dropUndeclared();
  }

  execute(operation: string, input: never, context: CallContext): unknown {
    if (operation === 'PutEvents') return putEvents(this.#state, input, context);
    return operationNamed('events', eventsOperations, operation)(this.#state, input, context);
  }

  close(): void {
    this.#state.close();
  }

  arm(): void {
    this.#state.alarm.arm();
  }

  disarm(): void {
    this.#state.alarm.disarm();
  }

  async fireRule(ruleName: string, scheduledTime: EpochMs): Promise<void> {
    await this.#state.fireScheduled(this.#state.rule(ruleName, undefined), scheduledTime);
  }

  archivedEvents(archiveName: string): readonly BusEvent[] {
    return this.#state.archives.eventsOf(archiveName);
  }

  resourcePolicies(): ReadonlyMap<string, string> {
    const policies = new Map<string, string>();
    for (const { arn, statements } of this.#state.buses.values()) {
      if (statements.size > 0) policies.set(arn, JSON.stringify({ Version: '2012-10-17', Statement: [...statements.values()] }));
    }
    return policies;
  }
}

/** Every entry is authorised before the first takes effect; an entry that is wrong fails alone. */
function putEvents(state: EventBridgeState, { Entries }: PutEventsRequest, context: CallContext): PutEventsResponse {
  checkRequestSize(Entries);
  for (const entry of Entries!) {
    context.authorize({
      action: 'events:PutEvents',
      resource: state.arn(`event-bus/${busName(entry.EventBusName)}`),
      conditions: {
        ...(entry.Source ? { 'events:source': entry.Source } : {}),
        ...(entry.DetailType ? { 'events:detail-type': entry.DetailType } : {}),
        ...(context.caller.kind === 'service' ? { 'aws:SourceArn': context.caller.sourceArn } : {}),
      },
    });
  }
  const results = Entries!.map((entry): PutEventsResultEntry => {
    const bus = state.buses.get(busName(entry.EventBusName));
    if (!bus) return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${busName(entry.EventBusName)} does not exist.` };
    const outcome = toBusEvent(state.host, entry);
    if (!isBusEvent(outcome)) return outcome;
    state.publish(bus, outcome);
    return { EventId: outcome.id };
  });
  return { Entries: results, FailedEntryCount: results.filter((result) => result.ErrorCode !== undefined).length };
}
