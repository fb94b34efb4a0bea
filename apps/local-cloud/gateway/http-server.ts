/**
 * The local cloud over HTTP, on loopback only, for any SDK or CLI: `AWS_ENDPOINT_URL=http://127.0.0.1:<port>`.
 * A caller whose access key was issued for a role is that role; any other is the operator.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import { AwsError, type Caller, type WireRequest } from '../service.ts';
import { addressOf } from './address.ts';
import { ConnectionLost } from './dispatch.ts';
import { callOverWire, type Gateway } from './wire-call.ts';

/** What the server needs of a cloud. */
export interface ServedCloud {
  readonly gateway: Gateway;
  /** The caller an access key stands for. */
  callerFor(accessKeyId: string | undefined): Caller;
}

export interface HttpOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: '127.0.0.1' | '::1' | 'localhost';
  /** Looks at every request first; true says that it has answered, or will. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface HttpListener {
  readonly url: string;
  readonly port: number;
  /** Answers what is under way, then stops listening. */
  close(): Promise<void>;
}

/** @throws ContractViolation in one line when the port is taken or not allowed. */
export async function serveHttp(cloud: ServedCloud, { port, host = '127.0.0.1', intercept }: HttpOptions): Promise<HttpListener> {
  const server = createServer((request, response) => {
    if (!intercept?.(request, response)) void answer(cloud, request, response);
  });
  // A large upload on a slow machine is no attack: this server is on loopback.
  server.requestTimeout = 0;
  await listen(server, port, host);
  const { port: boundPort } = server.address() as AddressInfo;
  return { url: `http://${host === '::1' ? '[::1]' : host}:${boundPort}`, port: boundPort, close: () => close(server) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenFailure(cause, port, host)));
    server.listen(port, host, resolve);
  });
}

function listenFailure(cause: NodeJS.ErrnoException, port: number, host: string): Error {
  if (cause.code === 'EADDRINUSE') {
    return new ContractViolation(
      `port ${port} on ${host} is in use: stop what listens there, or give another with --port`,
      { port },
      { cause },
    );
  }
  return new ContractViolation(
    `cannot listen on ${host}:${port} (${cause.code ?? cause.message}): give another port with --port`,
    { port },
    { cause },
  );
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

async function answer(cloud: ServedCloud, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const wireRequest = await read(request);
    const { service, accessKeyId } = addressOf(wireRequest);
    const { status, headers, body } = await callOverWire(cloud.gateway, cloud.callerFor(accessKeyId), service, wireRequest);
    const hasLength = Object.keys(headers).some((name) => name.toLowerCase() === 'content-length');
    response.writeHead(status, hasLength ? headers : { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
  } catch (error) {
    if (error instanceof ConnectionLost) request.socket.destroy();
    else refuse(response, error);
  }
}

async function read(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value.join(',') : (value ?? '');
  return { method: request.method ?? 'GET', path, query: new URLSearchParams(query), headers, body: Buffer.concat(chunks) };
}

/** A service that is not here has no protocol to answer in; JSON is what most clients can show. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { code, status } = error instanceof AwsError ? error : { code: 'InternalFailure', status: 500 };
  const message = error instanceof Error ? error.message : String(error);
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ __type: code, message }));
}
