/**
 * The local cloud: one object that is an AWS account. It brings up what the synthesized templates declare, keeps it on
 * disk between boots, and is reached by real SDK clients in process (`clientConfig`), over HTTP (`serveHttp`), or
 * directly (`call`).
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { AwsClientConfig, RuntimeHost } from '../../shared/runtime/host.ts';
import { createDynamoDb } from './dynamodb/index.ts';
import { createEventBridge } from './events/index.ts';
import { FaultPlan, type FaultRule } from './faults.ts';
import { createFirehose } from './firehose/index.ts';
import { clientConfigFor } from './gateway/client-config.ts';
import { Dispatcher } from './gateway/dispatch.ts';
import { callOverWire, type Gateway, gateway } from './gateway/wire-call.ts';
import { createGlue } from './glue/index.ts';
import { Background, countBoot, randomnessOf } from './host.ts';
import { Iam, type StatementId } from './iam/index.ts';
import { assertTrust } from './iam/trust.ts';
import { createKms } from './kms/index.ts';
import type { FunctionDefinition } from './lambda/definition.ts';
import { createLambda, type Lambda } from './lambda/index.ts';
import type { StreamSource } from './lambda/stream-mapping.ts';
import { createS3 } from './s3/index.ts';
import { createScheduler } from './scheduler/index.ts';
import { createSecretsManager } from './secrets-manager/index.ts';
import type { AwsService, Caller, CloudClock, CloudEvent, CloudHost } from './service.ts';
import { createSns } from './sns/index.ts';
import { createSqs } from './sqs/index.ts';
import { createSsm } from './ssm/index.ts';
import { createStepFunctions } from './states/index.ts';
import { createSts } from './sts/index.ts';
import { declareAssembly } from './templates/declare.ts';

export interface LocalCloudOptions {
  /** What `cdk synth` wrote. */
  readonly assemblyDirectory: string;
  /** Where data is kept between boots; without it, in memory only. */
  readonly storageDirectory?: string;
  readonly clock: CloudClock;
  readonly seed: number | string;
  /** The network as functions see it; by default only this machine. */
  readonly fetch?: typeof globalThis.fetch;
  readonly faults?: readonly FaultRule[];
  /** Boots as if these policy statements were not in the templates. */
  readonly withoutStatements?: readonly StatementId[];
  /**
   * Functions start from bundles that other clouds of this process may have loaded already, which takes no time; each
   * cloud still wires handlers of its own. For bundles that keep nothing in module scope, as all of this project's do.
   */
  readonly sharesBundles?: boolean;
  /** Threads for functions whose template says that they compute heavily; with none, as by default, these run in this process too. */
  readonly workers?: number;
  onEvent?(event: CloudEvent): void;
}

export const region = 'us-east-1';
export const accountId = '000000000000';

export const operator: Caller = { kind: 'operator' };

export class LocalCloud {
  readonly region = region;
  readonly accountId = accountId;
  readonly iam: Iam;
  /** What goes wrong on purpose; may be replaced while the cloud runs. */
  readonly faults: FaultPlan;
  readonly gateway: Gateway;
  readonly #options: LocalCloudOptions;
  readonly #background: Background;
  readonly #dispatcher: Dispatcher;
  readonly #services: AwsService[];
  readonly #lambda: Lambda;
  readonly #runtimeHosts = new Map<string, RuntimeHost>();
  #closed = false;

  private constructor(options: LocalCloudOptions, earlierBoots: number) {
    this.#options = options;
    const { rng, newId, newRequestId } = randomnessOf(options.seed, earlierBoots);
    const observe = (event: CloudEvent): void => options.onEvent?.(event);
    this.#background = new Background((error) => this.#observeLostWork(error));
    this.faults = new FaultPlan(options.faults);
    this.iam = new Iam({
      accountId,
      region,
      clock: options.clock,
      withoutStatements: options.withoutStatements ?? [],
      resourcePolicy: (arn) => this.#resourcePolicy(arn),
    });
    const faultRandom = rng.fork('faults');
    const random = (): number => rng.uniform();
    this.#dispatcher = new Dispatcher({
      iam: this.iam,
      faults: this.faults,
      clock: options.clock,
      random: () => faultRandom.uniform(),
      newRequestId,
      observe,
      completed: (service, operation, input) => this.#afterCall(service, operation, input),
    });
    this.gateway = gateway(this.#dispatcher, newRequestId, () => options.clock.now(), observe);
    const host: CloudHost = {
      region,
      accountId,
      clock: options.clock,
      random,
      newId,
      storage: (service) => options.storageDirectory && join(options.storageDirectory, service),
      assemblyDirectory: options.assemblyDirectory,
      call: (caller, service, operation, input) => this.call(caller, service, operation, input),
      background: (work) => this.#background.add(work),
      observe,
    };
    const dynamoDb = createDynamoDb(host);
    this.#lambda = createLambda(host, {
      runtimeHostOf: (definition) => this.#runtimeHostOf(definition),
      sharesBundles: options.sharesBundles ?? false,
      workers: options.workers ?? 0,
      send: ({ roleArn, name }, service, request) => callOverWire(this.gateway, { kind: 'role', roleArn, session: name }, service, request),
      plannedCrash: (functionName) =>
        this.faults.strike(
          { service: 'lambda', operation: 'Invoke', caller: operator, input: { FunctionName: functionName } },
          () => faultRandom.uniform(),
          (kind) => kind.startsWith('crash'),
        ),
      authorize: (caller, request) => this.iam.authorize(caller, request),
      streams: (): StreamSource => dynamoDb,
    });
    this.#services = [
      createKms(host),
      dynamoDb,
      createS3(host),
      createGlue(host),
      createFirehose(host),
      createSqs(host),
      createSns(host),
      createSecretsManager(host),
      createSsm(host),
      createSts(host),
      this.#lambda,
      createStepFunctions(host, (caller, request) => this.iam.authorize(caller, request)),
      createEventBridge(host),
      createScheduler(host),
    ];
    for (const service of this.#services) this.#dispatcher.register(service);
  }

  /**
   * @throws ContractViolation for a missing assembly or unusable storage; AwsError naming what the templates ask for
   * that is not emulated, or what a role of theirs may not do; DamagedState when the data on disk is not what was written.
   */
  static async boot(options: LocalCloudOptions): Promise<LocalCloud> {
    const cloud = new LocalCloud(options, options.storageDirectory === undefined ? 0 : countBoot(options.storageDirectory));
    try {
      await cloud.#bringUp();
      return cloud;
    } catch (error) {
      await cloud.close();
      throw error;
    }
  }

  /** For any AWS SDK v3 client constructor: the client then acts as that caller, in this process, without a socket. */
  clientConfig(caller: Caller = operator): Required<AwsClientConfig> {
    return clientConfigFor(this.gateway, caller, region);
  }

  /** One operation of one service, without the wire; IAM and faults apply. */
  async call(caller: Caller, service: string, operation: string, input: object): Promise<unknown> {
    return (await this.#dispatcher.call(caller, service, operation, input)).output;
  }

  /** The service object itself, for what it offers beside its API. */
  service<Service extends AwsService = AwsService>(name: string): Service {
    return this.#dispatcher.service(name) as Service;
  }

  /** A caller that has taken on the role of that name. */
  roleCaller(roleName: string, session = 'local'): Caller {
    return { kind: 'role', roleArn: this.iam.roleArn(roleName), session };
  }

  /** The access key that makes an HTTP caller that role. */
  accessKeyFor(roleName: string): string {
    this.iam.roleArn(roleName);
    return accessKeyOf(roleName);
  }

  /** Who an access key stands for: the role it was issued for, else the operator. */
  callerFor(accessKeyId: string | undefined): Caller {
    const roleName = accessKeyId?.startsWith(ROLE_KEY_PREFIX)
      ? this.iam.roleNames().find((name) => accessKeyOf(name) === accessKeyId)
      : undefined;
    return roleName === undefined ? operator : this.roleCaller(roleName, 'http');
  }

  functionNames(): string[] {
    return this.#lambda.functionNames();
  }

  stateMachineArn(name: string): string {
    return `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
  }

  /** Until no work is under way that nobody awaits: executions, deliveries, asynchronous invocations. */
  settle(): Promise<void> {
    return this.#background.settled();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const service of this.#services.toReversed()) await service.close();
  }

  async #bringUp(): Promise<void> {
    const declared = await declareAssembly(this.#options.assemblyDirectory, { region, accountId }, [this.iam, ...this.#services]);
    assertTrust(this.iam, declared);
    for (const service of this.#services) await service.start?.();
  }

  #resourcePolicy(carrierArn: string): unknown {
    const serviceName = carrierArn.split(':', 3)[2];
    const service = this.#services.find(({ name }) => name === serviceName) as (AwsService & WithResourcePolicies) | undefined;
    return service?.resourcePolicies?.().get(carrierArn);
  }

  /** Event source mappings of queues wait for messages instead of polling for them. */
  #afterCall(service: string, operation: string, input: object): void {
    if (service !== 'sqs' || !operation.startsWith('SendMessage')) return;
    const {
      QueueUrl,
      DelaySeconds = 0,
      Entries = [],
    } = input as { QueueUrl: string; DelaySeconds?: number; Entries?: { DelaySeconds?: number }[] };
    const delays = new Set([DelaySeconds, ...Entries.map((entry) => entry.DelaySeconds ?? 0)]);
    for (const delaySeconds of delays) this.#lambda.messageSent(QueueUrl, delaySeconds * 1000);
  }

  #runtimeHostOf(definition: FunctionDefinition): RuntimeHost {
    const known = this.#runtimeHosts.get(definition.name);
    if (known) return known;
    const { clock, onEvent } = this.#options;
    const config = this.clientConfig({ kind: 'role', roleArn: definition.roleArn, session: definition.name });
    const host: RuntimeHost = {
      env: environmentOf(definition),
      clock,
      awsClientConfig: () => config,
      fetch: this.#options.fetch ?? loopbackFetch,
      writeLog: (line) =>
        onEvent?.({ at: clock.now(), service: 'lambda', event: 'LogLine', details: { functionName: definition.name, line } }),
    };
    this.#runtimeHosts.set(definition.name, host);
    return host;
  }

  #observeLostWork(error: unknown): void {
    if (this.#closed) return;
    const { clock, onEvent } = this.#options;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    onEvent?.({ at: clock.now(), service: 'cloud', event: 'BackgroundFailed', details: { error: text } });
  }
}

interface WithResourcePolicies {
  resourcePolicies?(): ReadonlyMap<string, unknown>;
}

/** What Lambda adds to a function's own variables. */
function environmentOf({ name, memoryMb, environment, codeDirectory }: FunctionDefinition): Readonly<Record<string, string>> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    LAMBDA_TASK_ROOT: codeDirectory,
    TZ: ':UTC',
    ...environment,
  };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Functions reach nothing outside this machine unless the cloud was given a way. */
const loopbackFetch: typeof globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (!LOOPBACK.test(url.hostname))
    throw new TypeError(`The local cloud lets no function reach ${url.hostname}: it was booted without a fetch of its own.`);
  return globalThis.fetch(input, init);
};

/** As AWS begins the keys of roles. */
const ROLE_KEY_PREFIX = 'ASIA';

const accessKeyOf = (roleName: string): string =>
  `${ROLE_KEY_PREFIX}${createHash('sha256').update(roleName).digest('hex').slice(0, 16).toUpperCase()}`;
