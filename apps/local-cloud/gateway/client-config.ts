/**
 * The configuration that lets a real AWS SDK client reach the local cloud without a socket: a request handler that
 * answers in this process, and a signer that only writes down for which service the request is. Signing for real
 * would cost as much again as everything else the SDK does.
 */
import { Readable } from 'node:stream';
import type { AwsClientConfig } from '../../../shared/runtime/host.ts';
import type { Caller, WireRequest, WireResponse } from '../service.ts';
import { addressOf } from './address.ts';
import { ConnectionLost } from './dispatch.ts';
import { retriesAtOnce } from './retries-at-once.ts';
import { callOverWire, type Gateway } from './wire-call.ts';

/** The part of the SDK's request that the wire has a place for. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly (string | null)[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly response: { readonly statusCode: number; readonly headers: Record<string, string>; readonly body: Readable | Uint8Array };
}

interface HandlerOptions {
  readonly abortSignal?: { readonly aborted: boolean };
}

/** As the SDK does it by itself. */
const attemptsMax = 3;

const credentials = { accessKeyId: 'INPROCESS', secretAccessKey: 'none' };

export const clientConfigFor = (gateway: Gateway, caller: Caller, region: string): Required<AwsClientConfig> =>
  clientConfigOver((service, request) => callOverWire(gateway, caller, service, request), region);

/** A way to the cloud, whichever thread it lies on. @throws ConnectionLost */
type Send = (service: string, request: WireRequest) => Promise<WireResponse>;

export function clientConfigOver(send: Send, region: string): Required<AwsClientConfig> {
  return {
    region,
    credentials,
    requestHandler: requestHandlerOver(send),
    httpAuthSchemes: [
      {
        schemeId: 'aws.auth#sigv4',
        identityProvider: (configuration) => configuration.getIdentityProvider('aws.auth#sigv4'),
        signer: { sign: async (request, _identity, { name }) => noteService(request, String(name)) },
      },
    ],
    maxAttempts: attemptsMax,
    retryStrategy: retriesAtOnce(attemptsMax),
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
  };
}

/** The shape of a signature, without one: the gateway reads the service from it as it does from a real one. */
function noteService<Request extends { readonly headers: Record<string, string> }>(request: Request, service: string): Request {
  request.headers.authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/19700101/local/${service}/aws4_request`;
  return request;
}

function requestHandlerOver(send: Send) {
  return {
    handle: (request: SdkRequest, options?: HandlerOptions): Promise<SdkResponse> => handle(send, request, options),
    destroy: () => {},
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}

async function handle(send: Send, request: SdkRequest, options?: HandlerOptions): Promise<SdkResponse> {
  if (options?.abortSignal?.aborted) throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
  const wireRequest = await toWireRequest(request);
  const { service } = addressOf(wireRequest);
  try {
    const { status, headers, body } = await send(service, wireRequest);
    return { response: { statusCode: status, headers, body: toBody(service, request.method === 'HEAD' ? '' : body) } };
  } catch (error) {
    if (error instanceof ConnectionLost) throw connectionReset();
    throw error;
  }
}

async function toWireRequest({ method, path, query, headers, hostname, body }: SdkRequest): Promise<WireRequest> {
  const named: Record<string, string> = { host: hostname };
  for (const [name, value] of Object.entries(headers)) named[name.toLowerCase()] = value;
  return { method, path, query: toQuery(query), headers: named, body: await toBytes(body) };
}

function toQuery(query: SdkRequest['query']): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) parameters.append(name, item ?? '');
  }
  return parameters;
}

const NO_BYTES = new Uint8Array();

async function toBytes(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return NO_BYTES;
  if (typeof body === 'string') return Buffer.from(body);
  // A plain view: the SDK passes a subclass that warns when it is treated as text.
  if (body instanceof Uint8Array) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

/** S3 clients want a stream; the others take bytes, and change the prototype of what they are given, so they get a copy. */
function toBody(service: string, body: WireResponse['body']): Readable | Uint8Array {
  const bytes = typeof body === 'string' ? Buffer.from(body) : new Uint8Array(body);
  return service === 's3'
    ? Readable.from(bytes.length === 0 ? [] : [Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)])
    : bytes;
}

/** What the SDK's own handler throws when a socket breaks; the SDK retries it. */
const connectionReset = (): Error => Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
