/**
 * Lambda: the functions of the templates, run in this process from their synthesized bundles, with Lambda's error
 * shapes, timeouts, asynchronous retries, dead letters, concurrency limits and event sources.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { RuntimeHost } from '../../../shared/runtime/host.ts';
import type { Fault } from '../faults.ts';
import {
  type AuthorizationRequest,
  AwsError,
  type AwsService,
  type CallContext,
  type Caller,
  type CloudHost,
  type DeclaredResource,
  notEmulated,
  type ResourceHandle,
} from '../service.ts';
import { queueNameFromUrl } from '../sqs/queue-address.ts';
import { AsyncInvocations, defaultEventInvokeConfig, type EventInvokeConfig } from './async-invocations.ts';
import { Catalogue, namesIn, type Target } from './catalogue.ts';
import type { FunctionDefinition } from './definition.ts';
import { assertDestination } from './destinations.ts';
import { assertExecutionRole, assertMappingRole } from './execution-role.ts';
import { functionConfiguration } from './function-configuration.ts';
import { LambdaLedger } from './ledger.ts';
import { type MappingDefinition, type MappingOptions, readMapping } from './mapping.ts';
import { Permissions } from './permissions.ts';
import { QueueMapping } from './queue-mapping.ts';
import { type InvocationResult, Runner } from './runner.ts';
import { StreamMapping, type StreamSource } from './stream-mapping.ts';
import { lambdaWire } from './wire.ts';
import type { WorkerSurroundings } from './worker-environment.ts';

/** What Lambda needs of the cloud beyond calls. */
export interface LambdaSurroundings {
  /** The machine as a function sees it. */
  runtimeHostOf(definition: FunctionDefinition): RuntimeHost;
  /** A function's first environment may start from a bundle that this process has loaded before. */
  readonly sharesBundles: boolean;
  /** Worker threads for functions that compute heavily. */
  readonly workers: number;
  /** A call as that function, from another thread. */
  readonly send: WorkerSurroundings['send'];
  plannedCrash(functionName: string): Fault | undefined;
  authorize(caller: Caller, request: AuthorizationRequest): void;
  streams(): StreamSource;
}

export interface Lambda extends AwsService {
  resourcePolicies(): ReadonlyMap<string, unknown>;
  functionNames(): string[];
  /** To be told of messages sent to queues, which event source mappings wait for. */
  messageSent(queueUrl: string, delayMs: number): void;
}

export interface InvokeInput {
  readonly FunctionName: string;
  readonly Qualifier?: string;
  readonly InvocationType?: string;
  readonly LogType?: string;
  readonly Payload?: Uint8Array | string;
}

const SYNC_PAYLOAD_BYTES_MAX = 6_291_456;
const ASYNC_PAYLOAD_BYTES_MAX = 1_048_576;

export function createLambda(host: CloudHost, surroundings: LambdaSurroundings): Lambda {
  return new LocalLambda(host, surroundings);
}

class LocalLambda implements Lambda {
  readonly name = 'lambda';
  readonly wire = lambdaWire;
  readonly #host: CloudHost;
  readonly #surroundings: LambdaSurroundings;
  readonly #ledger: LambdaLedger;
  readonly #catalogue: Catalogue;
  readonly #runner: Runner;
  readonly #async: AsyncInvocations;
  readonly #permissions = new Permissions();
  readonly #eventInvokeConfigs = new Map<string, EventInvokeConfig>();
  readonly #mappings: MappingDefinition[] = [];
  readonly #streamMappings: StreamMapping[] = [];
  readonly #queueMappings: QueueMapping[] = [];
  readonly #closing = new AbortController();
  /** Work nobody awaits must not seem part of the invocation that caused it: the clock follows a handler through async context. */
  readonly #outside = AsyncLocalStorage.snapshot();

  constructor(host: CloudHost, surroundings: LambdaSurroundings) {
    this.#host = host;
    this.#surroundings = surroundings;
    this.#ledger = new LambdaLedger(host.storage('lambda'));
    this.#catalogue = new Catalogue(host, this.#ledger);
    this.#runner = new Runner({ host, ...surroundings });
    this.#async = new AsyncInvocations({
      host,
      ledger: this.#ledger,
      closing: this.#closing.signal,
      background: (work) => this.#background(work),
      run: (event) => this.#run(this.#catalogue.target(event.functionName, event.qualifier), event.payload, event.id),
      targetOf: ({ functionName, qualifier }) => ({
        definition: this.#catalogue.target(functionName, qualifier).definition,
        config: this.#eventInvokeConfigs.get(configKey(functionName, qualifier)) ?? defaultEventInvokeConfig,
      }),
    });
  }

  readonly #declarations: Readonly<Record<string, (resource: DeclaredResource) => ResourceHandle>> = {
    'AWS::Lambda::Function': (resource) => this.#catalogue.declareFunction(resource),
    'AWS::Lambda::Version': (resource) => this.#catalogue.declareVersion(resource),
    'AWS::Lambda::Alias': (resource) => this.#catalogue.declareAlias(resource),
    'AWS::Lambda::Permission': (resource) => this.#declarePermission(resource),
    'AWS::Lambda::EventInvokeConfig': (resource) => this.#declareEventInvokeConfig(resource),
    'AWS::Lambda::EventSourceMapping': (resource) => this.#declareMapping(resource),
    // A layer's files are not mounted: what a bundle needs from one must resolve from where the bundle lies.
    'AWS::Lambda::LayerVersion': ({ stack, logicalId }) => ({
      ref: `arn:aws:lambda:${this.#host.region}:${this.#host.accountId}:layer:${stack}-${logicalId}:1`,
      attributes: {},
    }),
  };

  get resourceTypes(): readonly string[] {
    return Object.keys(this.#declarations);
  }

  declare(resource: DeclaredResource): ResourceHandle {
    return this.#declarations[resource.type]!(resource);
  }

  /** AWS refuses a function or a mapping whose role may not what it must; so does the boot. @throws AwsError naming action and resource. */
  async start(): Promise<void> {
    for (const definition of this.#catalogue.all()) assertExecutionRole(this.#host, this.#surroundings.authorize, definition);
    for (const mapping of this.#mappings) await this.#startMapping(mapping);
    this.#async.resume();
  }

  execute(operation: string, input: never, context: CallContext): unknown {
    switch (operation) {
      case 'Invoke':
        return this.#invoke(input, context);
      case 'GetFunction':
        return this.#describe(input, context, 'lambda:GetFunction', (configuration) => ({
          Configuration: configuration,
          Code: {},
          Tags: {},
        }));
      case 'GetFunctionConfiguration':
        return this.#describe(input, context, 'lambda:GetFunctionConfiguration', (configuration) => configuration);
      case 'ListFunctions':
        context.authorize({ action: 'lambda:ListFunctions', resource: '*' });
        return { Functions: this.#catalogue.all().map((definition) => functionConfiguration(definition, '$LATEST', definition.arn)) };
      default:
        throw notEmulated('Lambda', operation);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the local cloud closes'));
    for (const mapping of this.#streamMappings) mapping.stop();
    await this.#runner.close();
    this.#ledger.close();
  }

  resourcePolicies(): ReadonlyMap<string, unknown> {
    return this.#permissions.documents;
  }

  functionNames(): string[] {
    return this.#catalogue.all().map(({ name }) => name);
  }

  messageSent(queueUrl: string, delayMs: number): void {
    for (const mapping of this.#queueMappings) {
      if (queueNameFromUrl(mapping.queueUrl) === queueNameFromUrl(queueUrl)) mapping.wake(delayMs);
    }
  }

  async #invoke(
    { FunctionName, Qualifier, InvocationType = 'RequestResponse', LogType = 'None', Payload }: InvokeInput,
    context: CallContext,
  ): Promise<object> {
    context.authorize({ action: 'lambda:InvokeFunction', resource: this.#catalogue.arnOf(FunctionName, Qualifier) });
    if (LogType !== 'None') throw notEmulated('Lambda', `log type ${LogType}`);
    const target = this.#catalogue.target(FunctionName, Qualifier);
    const payload = typeof Payload === 'string' ? Payload : Buffer.from(Payload ?? []).toString('utf8');
    checkPayload(payload, InvocationType === 'Event' ? ASYNC_PAYLOAD_BYTES_MAX : SYNC_PAYLOAD_BYTES_MAX);

    switch (InvocationType) {
      case 'DryRun':
        return { StatusCode: 204 };
      case 'Event': {
        const { definition, qualifier } = target;
        this.#async.accept({
          id: context.requestId,
          functionName: definition.name,
          qualifier,
          payload,
          acceptedAt: this.#host.clock.now(),
        });
        return { StatusCode: 202, Payload: new Uint8Array() };
      }
      case 'RequestResponse': {
        const { payload: answer, functionError, executedVersion } = await this.#run(target, payload, context.requestId);
        const error = functionError === undefined ? {} : { FunctionError: functionError };
        return { StatusCode: 200, ...error, ExecutedVersion: executedVersion, Payload: new Uint8Array(Buffer.from(answer)) };
      }
      default:
        throw new AwsError(
          'InvalidParameterValueException',
          `Value '${InvocationType}' at 'invocationType' failed to satisfy constraint: [Event, RequestResponse, DryRun]`,
        );
    }
  }

  #run({ definition, executedVersion, invokedArn }: Target, payload: string, requestId: string): Promise<InvocationResult> {
    return this.#runner.run({ definition, executedVersion, invokedArn, payload, requestId });
  }

  #describe(
    input: { FunctionName: string; Qualifier?: string },
    context: CallContext,
    action: string,
    shown: (configuration: object) => object,
  ): object {
    context.authorize({ action, resource: this.#catalogue.arnOf(input.FunctionName, input.Qualifier) });
    const { definition, executedVersion, invokedArn } = this.#catalogue.target(input.FunctionName, input.Qualifier);
    return shown(functionConfiguration(definition, executedVersion, invokedArn));
  }

  #declarePermission(resource: DeclaredResource): ResourceHandle {
    const ref = this.#permissions.declare(resource, this.#catalogue.arnOf(resource.properties.FunctionName as string));
    return { ref, attributes: { Id: ref } };
  }

  #declareEventInvokeConfig({ stack, logicalId, properties }: DeclaredResource): ResourceHandle {
    const place = `${stack}/${logicalId}`;
    const { OnFailure, OnSuccess } = (properties.DestinationConfig ?? {}) as Record<string, { Destination?: string } | undefined>;
    assertDestination(OnFailure?.Destination, place);
    assertDestination(OnSuccess?.Destination, place);
    const config: EventInvokeConfig = {
      retriesMax: Number(properties.MaximumRetryAttempts ?? defaultEventInvokeConfig.retriesMax),
      ageMsMax:
        properties.MaximumEventAgeInSeconds === undefined
          ? defaultEventInvokeConfig.ageMsMax
          : Number(properties.MaximumEventAgeInSeconds) * 1000,
      ...(OnSuccess?.Destination && { onSuccessArn: OnSuccess.Destination }),
      ...(OnFailure?.Destination && { onFailureArn: OnFailure.Destination }),
    };
    this.#eventInvokeConfigs.set(configKey(properties.FunctionName as string, properties.Qualifier as string), config);
    return { ref: place, attributes: {} };
  }

  #declareMapping(resource: DeclaredResource): ResourceHandle {
    const { name, qualifier } = namesIn(resource.properties.FunctionName as string);
    const mapping = readMapping(resource, { functionName: name, qualifier });
    this.#mappings.push(mapping);
    return {
      ref: mapping.id,
      attributes: {
        Id: mapping.id,
        EventSourceMappingArn: `arn:aws:lambda:${this.#host.region}:${this.#host.accountId}:event-source-mapping:${mapping.id}`,
      },
    };
  }

  async #startMapping(mapping: MappingDefinition): Promise<void> {
    const target = this.#catalogue.target(mapping.functionName, mapping.qualifier);
    await assertMappingRole(this.#host, this.#surroundings.authorize, target.definition, mapping);
    if (!mapping.enabled) return;
    const options = this.#mappingOptions(target);
    if (mapping.sourceArn.startsWith('arn:aws:dynamodb:')) {
      const stream = new StreamMapping(mapping, options, this.#surroundings.streams());
      this.#streamMappings.push(stream);
      stream.start();
    } else {
      const queue = new QueueMapping(mapping, options, () => {
        for (const other of this.#queueMappings) if (other !== queue) other.wake();
      });
      this.#queueMappings.push(queue);
      queue.wake();
    }
  }

  #mappingOptions(target: Target): MappingOptions {
    return {
      host: this.#host,
      ledger: this.#ledger,
      closing: this.#closing.signal,
      function: target.definition,
      background: (work) => this.#background(work),
      invoke: (payload) => this.#run(target, JSON.stringify(payload), this.#host.newId()),
    };
  }

  #background(work: () => Promise<unknown>): void {
    this.#host.background(this.#outside(() => Promise.resolve().then(work)));
  }
}

function checkPayload(payload: string, bytesMax: number): void {
  if (Buffer.byteLength(payload) > bytesMax) {
    throw new AwsError('RequestTooLargeException', `Request must be smaller than ${bytesMax} bytes for the InvokeFunction operation`, 413);
  }
  if (payload === '') return;
  try {
    JSON.parse(payload);
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${because}`, 400, { Type: 'User' });
  }
}

/** A configuration for `$LATEST` is also that of the function without a qualifier. */
function configKey(functionName: string, qualifier: string | undefined): string {
  return `${namesIn(functionName).name}:${qualifier === undefined || qualifier === '$LATEST' ? '' : qualifier}`;
}
