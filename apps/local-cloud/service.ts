/**
 * The one shape every emulated service has. The gateway peels the wire protocol off a request, finds the service,
 * and calls `execute`; the boot calls `declare` once for every resource of the synthesized templates;
 * services reach each other through `CloudHost.call`, so that IAM and faults apply there too.
 */
import type { EpochMs } from '../../shared/kernel/units.ts';

/** Who makes a call. The operator is the account root: everything is allowed, as for a console administrator. */
export type Caller =
  | { readonly kind: 'operator' }
  | { readonly kind: 'role'; readonly roleArn: string; readonly session: string }
  | { readonly kind: 'service'; readonly service: string; readonly sourceArn: string };

export interface AuthorizationRequest {
  /** As IAM writes it: `dynamodb:PutItem`. */
  readonly action: string;
  /** The ARN the action is on; `*` for actions without one. */
  readonly resource: string;
  /** Condition keys of this request, e.g. `{ 'dynamodb:LeadingKeys': ['control'] }`. */
  readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
}

/** What a service knows of the call it is serving. */
export interface CallContext {
  readonly caller: Caller;
  readonly requestId: string;
  /** @throws AwsError AccessDeniedException naming principal, action and resource. Call it once the resource is known, before any effect. */
  authorize(request: AuthorizationRequest): void;
}

/** An error as AWS shapes it: a code, a message, an HTTP status, and for some codes further members. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, members: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** What we do not emulate is refused by name, never answered with a guess. */
export const notEmulated = (service: string, what: string): AwsError =>
  new AwsError('NotEmulated', `The local cloud does not emulate ${service} ${what}. See apps/local-cloud/README.md for what it does.`, 501);

/** The operation of that name. @throws AwsError NotEmulated */
export function operationNamed<Operation>(service: string, operations: Readonly<Record<string, Operation>>, name: string): Operation {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) throw notEmulated(service, name);
  return operation;
}

export interface DeclaredResource {
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation type, e.g. `AWS::DynamoDB::GlobalTable`. */
  readonly type: string;
  /** Properties with every intrinsic resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What `Ref` and `Fn::GetAtt` of the resource give. */
export interface ResourceHandle {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface AwsService {
  /** The endpoint prefix the SDK signs with: `dynamodb`, `s3`, `states`, `events`, `scheduler`, `lambda`, `sqs`, `sns`, `kms`, `secretsmanager`, `ssm`. */
  readonly name: string;
  readonly wire: WireProtocol;
  /** CloudFormation types this service brings up. */
  readonly resourceTypes: readonly string[];
  /** Idempotent: boots happen many times over the same data on disk. A property it cannot honour is refused by name. */
  declare(resource: DeclaredResource): ResourceHandle | Promise<ResourceHandle>;
  /** After every resource of every stack is declared: start pollers, schedules and subscriptions. */
  start?(): void | Promise<void>;
  /** Inputs and outputs are the SDK's shapes: `Uint8Array` for blobs, `Date` for timestamps. */
  execute(operation: string, input: never, context: CallContext): unknown;
  /** Flush and release files and timers. */
  close(): void | Promise<void>;
}

export interface CloudHost {
  readonly region: string;
  readonly accountId: string;
  readonly clock: CloudClock;
  /** Uniform in [0, 1); seeded. Retry jitter and ids come from here. */
  random(): number;
  /** A fresh id (UUID shape) from the seeded stream. */
  newId(): string;
  /** Where a service may keep its data; `undefined` keeps everything in memory. */
  storage(service: string): string | undefined;
  /** Where the synthesized assembly lies (templates and assets). */
  readonly assemblyDirectory: string;
  /** One service calling another: authorised as `caller`, subject to the fault plan. */
  call(caller: Caller, service: string, operation: string, input: object): Promise<unknown>;
  /** Work nobody awaits (async invokes, stream deliveries, rule targets); `settle()` of the cloud waits for it. */
  background(work: Promise<unknown>): void;
  /** One line for the operator: state transitions, retries, refused deliveries. */
  observe(event: CloudEvent): void;
}

export interface CloudEvent {
  readonly at: EpochMs;
  readonly service: string;
  /** E.g. `TaskStateEntered`, `InvokeFailed`, `DeadLettered`. */
  readonly event: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface CloudClock {
  now(): EpochMs;
  /** Sleeps in this cloud's time: real or virtual. Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs work that uses real I/O; virtual time stands still meanwhile, except while the work itself sleeps. */
  hold<T>(work: () => Promise<T>): Promise<T>;
}

export interface WireRequest {
  readonly method: string;
  /** Path only, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string;
}

/** Turns HTTP into an operation and back; one per AWS protocol (JSON, REST-JSON, REST-XML, query). */
export interface WireProtocol {
  decode(request: WireRequest): { operation: string; input: object };
  encode(operation: string, output: unknown, requestId: string): WireResponse;
  encodeError(error: AwsError, requestId: string): WireResponse;
}
