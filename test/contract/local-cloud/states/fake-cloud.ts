/**
 * A cloud with nothing in it but Step Functions, a table of functions and a few objects: what the cards of this folder
 * run machines on. Time is virtual; ids and dice are seeded.
 */
import { VirtualClock } from '../../../../apps/local-cloud/clock.ts';
import {
  AwsError,
  type AwsService,
  type CallContext,
  type Caller,
  type CloudEvent,
  type CloudHost,
} from '../../../../apps/local-cloud/service.ts';
import { createStepFunctions } from '../../../../apps/local-cloud/states/index.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

export const STARTS_AT = Date.UTC(2019, 5, 14, 19, 45) as EpochMs;
export const REGION = 'us-east-1';
export const ACCOUNT = '111111111111';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/cycle-machine`;

export interface Invocation {
  readonly payload: unknown;
  readonly caller: Caller;
  readonly clock: VirtualClock;
}

/** Returns the payload, or throws: an `AwsError` refuses the call, any other error is the function's own. */
export type FakeFunction = (invocation: Invocation) => unknown;

export interface FakeCloud {
  readonly host: CloudHost;
  readonly clock: VirtualClock;
  readonly service: AwsService;
  readonly events: CloudEvent[];
  /** Every call a task made, in order. */
  readonly calls: {
    readonly service: string;
    readonly operation: string;
    readonly input: Record<string, unknown>;
    readonly caller: Caller;
  }[];
  readonly objects: Map<string, Uint8Array>;
  /** Declares a machine of that name and gives its ARN. */
  declare(name: string, definition: object | string, properties?: Record<string, unknown>): Promise<string>;
  send(operation: string, input: object, context?: Partial<CallContext>): Promise<Record<string, unknown>>;
  /** Starts an execution, lets everything end, and describes it. */
  run(machineArn: string, input?: unknown, name?: string): Promise<Described>;
  history(executionArn: string, options?: object): Promise<HistoryEvent[]>;
  /** Resolves once no background work is left. */
  settle(): Promise<void>;
}

export interface Described {
  readonly executionArn: string;
  readonly status: string;
  readonly output: unknown;
  readonly error?: string;
  readonly cause?: string;
}

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly timestamp: Date;
  readonly [details: string]: unknown;
}

export interface FakeCloudOptions {
  readonly functions?: Readonly<Record<string, FakeFunction>>;
  /** Answers any other service's calls, by `service:Operation`. */
  readonly services?: Readonly<Record<string, (input: Record<string, unknown>, caller: Caller) => unknown>>;
  readonly objects?: Readonly<Record<string, string>>;
  readonly storage?: string;
  readonly assemblyDirectory?: string;
  /** Refuses what it throws for; called with every authorisation the service asks for. */
  readonly authorize?: CallContext['authorize'];
  readonly startsAt?: EpochMs;
  readonly seed?: number;
}

export function createFakeCloud(options: FakeCloudOptions = {}): FakeCloud {
  const clock = new VirtualClock(options.startsAt ?? STARTS_AT);
  const rng = seededRng(options.seed ?? 1);
  const pending = new Set<Promise<unknown>>();
  const events: CloudEvent[] = [];
  const calls: FakeCloud['calls'] = [];
  const objects = new Map(Object.entries(options.objects ?? {}).map(([key, text]) => [key, new Uint8Array(Buffer.from(text))]));
  let ids = 0;
  const context: CallContext = { caller: { kind: 'operator' }, requestId: 'request', authorize: options.authorize ?? (() => {}) };

  const host: CloudHost = {
    region: REGION,
    accountId: ACCOUNT,
    clock,
    random: () => rng.uniform(),
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    storage: () => options.storage,
    assemblyDirectory: options.assemblyDirectory ?? '.',
    async call(caller, service, operation, input) {
      const record = input as Record<string, unknown>;
      calls.push({ service, operation, input: record, caller });
      if (service === 'states') return cloud.service.execute(operation, input as never, { ...context, caller });
      const answer = options.services?.[`${service}:${operation}`];
      if (answer) return answer(record, caller);
      if (service === 'lambda')
        return invoke(options.functions ?? {}, { payload: payloadOf(record), caller, clock }, String(record.FunctionName));
      if (service === 's3') return s3(objects, operation, record);
      throw new AwsError('UnknownService', `${service}:${operation}`);
    },
    background(work) {
      const tracked = work.finally(() => pending.delete(tracked));
      pending.add(tracked);
    },
    observe: (event) => void events.push(event),
  };

  const cloud: FakeCloud = {
    host,
    clock,
    events,
    calls,
    objects,
    service: createStepFunctions(host),
    async declare(name, definition, properties = {}) {
      const DefinitionString = typeof definition === 'string' ? definition : JSON.stringify(definition);
      const handle = await cloud.service.declare({
        stack: 'trading',
        logicalId: name,
        type: 'AWS::StepFunctions::StateMachine',
        properties: { StateMachineName: name, RoleArn: ROLE, DefinitionString, ...properties },
        metadata: {},
      });
      return handle.ref;
    },
    async send(operation, input, overrides = {}) {
      return (await cloud.service.execute(operation, input as never, { ...context, ...overrides })) as Record<string, unknown>;
    },
    async run(stateMachineArn, input = {}, name) {
      const started = await cloud.send('StartExecution', {
        stateMachineArn,
        input: JSON.stringify(input),
        ...(name === undefined ? {} : { name }),
      });
      await cloud.settle();
      const described = await cloud.send('DescribeExecution', { executionArn: started.executionArn });
      const output = typeof described.output === 'string' ? JSON.parse(described.output) : undefined;
      return { ...described, output } as Described;
    },
    async history(executionArn, historyOptions = {}) {
      const { events: found } = await cloud.send('GetExecutionHistory', { executionArn, maxResults: 1000, ...historyOptions });
      return found as HistoryEvent[];
    },
    async settle() {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
  return cloud;
}

const payloadOf = (input: Record<string, unknown>): unknown => JSON.parse(Buffer.from(input.Payload as Uint8Array).toString('utf8'));

async function invoke(functions: Readonly<Record<string, FakeFunction>>, invocation: Invocation, name: string): Promise<unknown> {
  const found = functions[name.split(':').at(-1)!];
  if (!found)
    throw new AwsError('ResourceNotFoundException', `Function not found: arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`, 404);
  const reply = (payload: unknown, error?: string) => ({
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    ...(error === undefined ? {} : { FunctionError: error }),
    Payload: new Uint8Array(Buffer.from(JSON.stringify(payload ?? null))),
  });
  try {
    return reply(await found(invocation));
  } catch (error) {
    if (error instanceof AwsError) throw error;
    const { name: errorType, message: errorMessage } = error as Error;
    return reply({ errorType, errorMessage, trace: [] }, 'Unhandled');
  }
}

function s3(objects: Map<string, Uint8Array>, operation: string, input: Record<string, unknown>): unknown {
  const path = `${input.Bucket}/${input.Key}`;
  switch (operation) {
    case 'GetObject': {
      const Body = objects.get(path);
      if (!Body) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
      return { Body };
    }
    case 'PutObject':
      objects.set(path, input.Body as Uint8Array);
      return {};
    default:
      return listing(objects, input);
  }
}

/** Two objects a page, so that readers have to page. */
function listing(objects: Map<string, Uint8Array>, { Bucket, Prefix = '', ContinuationToken }: Record<string, unknown>): unknown {
  const keys = [...objects.keys()]
    .filter((path) => path.startsWith(`${Bucket}/${Prefix}`))
    .map((path) => path.slice(String(Bucket).length + 1))
    .sort();
  const from = Number(ContinuationToken ?? 0);
  const Contents = keys.slice(from, from + 2).map((Key) => ({
    Key,
    ETag: `"${Key}"`,
    Size: objects.get(`${Bucket}/${Key}`)!.length,
    LastModified: new Date(1668699881000),
    StorageClass: 'STANDARD',
  }));
  return { Contents, ...(from + 2 < keys.length ? { NextContinuationToken: String(from + 2) } : {}) };
}

/** A machine of one or more states in JSONata. */
export const machineOf = (states: Record<string, object>, rest: object = {}): object => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(states)[0],
  States: states,
  ...rest,
});

/** A Task that invokes a function of the fake cloud. */
export const invokeTask = (name: string, rest: object = { End: true }): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...rest,
});

/** An error that a function throws under that name. */
export function named(name: string, message = name): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
