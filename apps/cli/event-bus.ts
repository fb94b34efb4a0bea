/**
 * The fund's event bus as an operator reaches it, in the local cloud or in an AWS account: who hears which event, and putting archived
 * events on the bus again. Everything goes through the API of EventBridge.
 */
import {
  DescribeEventBusCommand,
  DescribeReplayCommand,
  EventBridgeClient,
  ListArchivesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  StartReplayCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { eventCatalogue } from '../../shared/contracts/event-catalogue.ts';
import type { EventType } from '../../shared/contracts/events.ts';
import { eventSource, physicalName, type StageName } from '../../shared/contracts/names/index.ts';
import type { AwsClientConfig } from '../../shared/runtime/host.ts';
import { type CompiledPattern, compilePattern } from '../local-cloud/events/index.ts';
import { CommandFailed, exitCodes } from './outcome.ts';

export interface BusRule {
  /** Without `ballast-<stage>-`. */
  readonly name: string;
  readonly arn: string;
  readonly targets: readonly Target[];
  hears(event: BusEnvelope): boolean;
}

/** The part of an event that rules of the fund look at. */
export interface BusEnvelope {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ArchiveFacts {
  readonly name: string;
  readonly arn: string;
  readonly events: number;
  readonly bytes: number;
  readonly keptDays: number;
}

export interface ReplaySpan {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly rules: readonly BusRule[];
}

export class EventBusAccess {
  readonly stage: StageName;
  readonly #client: EventBridgeClient;
  readonly #bus: string;
  /** Between two looks at something that takes its time. */
  readonly #pause: () => Promise<unknown>;

  constructor(stage: StageName, client: AwsClientConfig, pause: () => Promise<unknown>) {
    this.stage = stage;
    this.#client = new EventBridgeClient(client);
    this.#bus = physicalName(stage, 'events');
    this.#pause = pause;
  }

  /** Every rule of the bus that looks at events. */
  async rules(): Promise<BusRule[]> {
    const rules: BusRule[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.#client.send(new ListRulesCommand({ EventBusName: this.#bus, ...(NextToken && { NextToken }) }));
      for (const { Name = '', Arn = '', EventPattern } of page.Rules ?? []) {
        if (EventPattern === undefined) continue;
        const { Targets = [] } = await this.#client.send(new ListTargetsByRuleCommand({ Rule: Name, EventBusName: this.#bus }));
        const pattern: CompiledPattern = compilePattern(JSON.parse(EventPattern));
        rules.push({ name: this.shortName(Name), arn: Arn, targets: Targets, hears: (event) => pattern.matches(event) });
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return rules.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async archive(): Promise<ArchiveFacts> {
    const EventSourceArn = await this.#busArn();
    const { Archives = [] } = await this.#client.send(new ListArchivesCommand({ EventSourceArn }));
    const [archive] = Archives;
    if (archive?.ArchiveName === undefined) throw new CommandFailed(exitCodes.failed, `The bus ${this.#bus} has no archive.`);
    const { ArchiveName: name, EventCount = 0, SizeBytes = 0, RetentionDays = 0 } = archive;
    const arn = EventSourceArn.replace(/:event-bus\/.*$/, `:archive/${name}`);
    return { name, arn, events: Number(EventCount), bytes: Number(SizeBytes), keptDays: RetentionDays };
  }

  /** Until every event of the span has been handed to those rules again. @throws CommandFailed when EventBridge gave up. */
  async replay({ name, fromMs, toMs, rules }: ReplaySpan): Promise<void> {
    const [{ arn: EventSourceArn }, Arn] = await Promise.all([this.archive(), this.#busArn()]);
    const Destination = { Arn, FilterArns: rules.map((rule) => rule.arn) };
    const times = { EventStartTime: new Date(fromMs), EventEndTime: new Date(toMs) };
    await this.#client.send(new StartReplayCommand({ ReplayName: name, EventSourceArn, Destination, ...times }));
    for (;;) {
      await this.#pause();
      const { State, StateReason } = await this.#client.send(new DescribeReplayCommand({ ReplayName: name }));
      if (State === 'COMPLETED') return;
      if (State === 'FAILED' || State === 'CANCELLED')
        throw new CommandFailed(exitCodes.failed, `The replay ${name} ended as ${State}: ${StateReason ?? 'AWS gives no reason'}.`);
    }
  }

  /** Of a function, rule or schedule, by name or ARN: without account, path and `ballast-<stage>-`. */
  shortName(nameOrArn: string): string {
    const name = nameOrArn.split('/').at(-1)!.split(':function:').at(-1)!.split(':').at(-1)!;
    return name.replace(physicalName(this.stage, ''), '');
  }

  async #busArn(): Promise<string> {
    const { Arn = '' } = await this.#client.send(new DescribeEventBusCommand({ Name: this.#bus }));
    return Arn;
  }
}

/** An event of that type, to ask rules whether they hear it. */
export const sampleOf = (type: EventType): BusEnvelope => ({
  source: eventSource,
  'detail-type': type,
  detail: { ...eventCatalogue[type].example },
});

export const isFunction = ({ Arn = '' }: Target): boolean => Arn.includes(':function:');

/** Functions drop what they have dealt with; a topic tells people again, and a stop requested last month would stop trading today. */
export const bearsRepeating = (rule: BusRule): boolean => rule.targets.every(isFunction) && !rule.hears(sampleOf('StopRequested'));

/** Whether a target is handed the event itself, and not a text made of it. */
export const takesWholeEvents = ({ Input, InputPath, InputTransformer }: Target): boolean =>
  [Input, InputPath, InputTransformer].every((member) => member === undefined);
