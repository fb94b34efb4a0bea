/**
 * One local service, reached by the real SDK: what the client would send over HTTP goes through the service's own wire
 * protocol, so a contract card proves the shapes as well as the behaviour. Also the small host such a service needs.
 */
import { Readable } from 'node:stream';
import { VirtualClock } from '../../../apps/local-cloud/clock.ts';
import {
  type AuthorizationRequest,
  AwsError,
  type AwsService,
  type CallContext,
  type CloudHost,
  type WireRequest,
  type WireResponse,
} from '../../../apps/local-cloud/service.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';

export interface TestHost extends CloudHost {
  readonly clock: VirtualClock;
}

/** A host with a clock that stands still; `directory` keeps data, without one everything stays in memory. */
export function testHost({ directory, seed = 1 }: { directory?: string; seed?: number } = {}): TestHost {
  const rng = seededRng(seed);
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(rng.uniform() * 16).toString(16)).join('');
  return {
    region: 'us-east-1',
    accountId: '111122223333',
    clock: new VirtualClock(Date.UTC(2026, 0, 5, 15, 45, 0) as EpochMs),
    random: () => rng.uniform(),
    newId: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    storage: (service) => directory && `${directory}/${service}`,
    assemblyDirectory: '',
    call: () => Promise.reject(new Error('a service on its own calls no other')),
    background: () => {},
    observe: () => {},
  };
}

/** Allows everything but what `denies` names, and writes down what was asked. */
export class TestCaller implements CallContext {
  readonly caller = { kind: 'role', roleArn: 'arn:aws:iam::111122223333:role/tester', session: 'test' } as const;
  readonly requestId = '00000000-0000-4000-a000-000000000000';
  readonly asked: AuthorizationRequest[] = [];
  denies: (request: AuthorizationRequest) => boolean = () => false;

  authorize(request: AuthorizationRequest): void {
    this.asked.push(request);
    if (!this.denies(request)) return;
    throw new AwsError(
      'AccessDeniedException',
      `User: ${this.caller.roleArn} is not authorized to perform: ${request.action} on resource: ${request.resource}`,
    );
  }

  /** `action resource` of every question so far; forgets them. */
  takeAsked(): string[] {
    return this.asked.splice(0).map(({ action, resource }) => `${action} ${resource}`);
  }
}

interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Readable;
}

/** The `requestHandler` of an SDK client. */
export function sdkOverWire(service: AwsService, context: CallContext) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: SdkRequest): Promise<{ response: SdkResponse }> {
      const answer = await answerTo(service, await toWireRequest(request), context);
      // HTTP gives no body to a HEAD, so a client must not see one here either.
      const body = request.method === 'HEAD' ? '' : answer.body;
      return { response: { statusCode: answer.status, headers: answer.headers, body: Readable.from([Buffer.from(body)]) } };
    },
    destroy: () => {},
  };
}

export async function answerTo(service: AwsService, request: WireRequest, context: CallContext): Promise<WireResponse> {
  try {
    const { operation, input } = service.wire.decode(request);
    return service.wire.encode(operation, await service.execute(operation, input as never, context), context.requestId);
  } catch (error) {
    if (error instanceof AwsError) return service.wire.encodeError(error, context.requestId);
    throw error;
  }
}

async function toWireRequest({ method, path, query = {}, headers, hostname, body }: SdkRequest): Promise<WireRequest> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) parameters.append(name, one);
  }
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, path, query: parameters, headers: { host: hostname, ...lowered }, body: await bytesOf(body) };
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array(0);
  if (typeof body === 'string') return Buffer.from(body);
  // The JSON clients send a subclass that complains when read as text.
  if (body instanceof Uint8Array) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

/** What every client of these tests is made with. */
export const clientDefaults = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
} as const;
