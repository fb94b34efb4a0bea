/**
 * EventBridge, Scheduler, SQS and SNS on one host, with a stand-in for everything else they call: it writes down what
 * it is asked, and answers or fails as the card says.
 */
import { createEventBridge, type EventBridge } from '../../../../apps/local-cloud/events/index.ts';
import { createScheduler, type Scheduler } from '../../../../apps/local-cloud/scheduler/index.ts';
import {
  type AuthorizationRequest,
  AwsError,
  type AwsService,
  type CallContext,
  type Caller,
  type CloudEvent,
} from '../../../../apps/local-cloud/service.ts';
import { createSns, type Sns } from '../../../../apps/local-cloud/sns/index.ts';
import { createSqs, type Sqs } from '../../../../apps/local-cloud/sqs/index.ts';
import { type TestHost, testHost } from '../sdk-over-wire.ts';

export interface RecordedCall {
  readonly caller: Caller;
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

export class SmallCloud {
  readonly host: TestHost;
  readonly events: EventBridge;
  readonly scheduler: Scheduler;
  readonly sqs: Sqs;
  readonly sns: Sns;
  readonly observed: CloudEvent[] = [];
  /** Calls to services that are not here. */
  readonly outside: RecordedCall[] = [];
  /** Every permission asked for, as `principal action resource`. */
  readonly asked: string[] = [];
  denies: (request: AuthorizationRequest, caller: Caller) => boolean = () => false;
  /** Throws for the nth call to something outside (counted from 1), where it returns an error. */
  failOutside: (nth: number) => Error | undefined = () => undefined;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(options: { directory?: string; seed?: number } = {}) {
    this.host = {
      ...testHost(options),
      call: (caller, service, operation, input) => this.call(caller, service, operation, input),
      background: (work) => {
        const settled = work.finally(() => this.#pending.delete(settled));
        this.#pending.add(settled);
      },
      observe: (event) => this.observed.push(event),
    };
    this.events = createEventBridge(this.host);
    this.scheduler = createScheduler(this.host);
    this.sqs = createSqs(this.host);
    this.sns = createSns(this.host);
  }

  get services(): readonly AwsService[] {
    return [this.events, this.scheduler, this.sqs, this.sns];
  }

  async call(caller: Caller, service: string, operation: string, input: object): Promise<unknown> {
    const known = this.services.find(({ name }) => name === service);
    if (known) return known.execute(operation, input as never, this.contextFor(caller));
    this.outside.push({ caller, service, operation, input: input as Record<string, unknown> });
    const error = this.failOutside(this.outside.length);
    if (error) throw error;
    return {};
  }

  contextFor(caller: Caller): CallContext {
    return {
      caller,
      requestId: '00000000-0000-4000-a000-000000000000',
      authorize: (request) => {
        const principal = caller.kind === 'role' ? caller.roleArn : caller.kind === 'service' ? caller.service : 'operator';
        this.asked.push(`${principal} ${request.action} ${request.resource}`);
        if (this.denies(request, caller)) throw new AwsError('AccessDeniedException', `${principal} may not ${request.action}`);
      },
    };
  }

  /** As the operator. */
  async run<Output = Record<string, unknown>>(service: string, operation: string, input: object = {}): Promise<Output> {
    return (await this.call({ kind: 'operator' }, service, operation, input)) as Output;
  }

  /** The services here declare at once, and throw at once. */
  declare(type: string, logicalId: string, properties: Record<string, unknown>): void {
    const service = this.services.find(({ resourceTypes }) => resourceTypes.includes(type))!;
    void service.declare({ stack: 'test', logicalId, type, properties, metadata: {} });
  }

  start(): void {
    for (const service of this.services) void service.start?.();
  }

  /** Until nothing works in the background any more. */
  async settle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async close(): Promise<void> {
    for (const service of this.services) await service.close();
  }
}

export const ACCOUNT = '111122223333';
export const ruleArn = (name: string): string => `arn:aws:events:us-east-1:${ACCOUNT}:rule/${name}`;
export const queueUrlOf = (name: string): string => `http://127.0.0.1/${ACCOUNT}/${name}`;
export const queueArnOf = (name: string): string => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
export const textOf = (payload: unknown): string => Buffer.from(payload as Uint8Array).toString('utf8');
