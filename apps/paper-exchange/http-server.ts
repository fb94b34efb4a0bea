/** The exchange on a socket of this machine, for other processes and any Alpaca SDK. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiRefusal, failed } from './api-refusal.ts';
import type { ApiAnswer, ApiRequest } from './routes.ts';

export interface Listening {
  readonly port: number;
  /** E.g. `http://127.0.0.1:8600`. */
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** @throws the socket's error, e.g. EADDRINUSE. */
export async function listenOnLoopback(
  port: number,
  serve: (request: ApiRequest) => ApiAnswer | ApiRefusal,
  onServer: (server: Server) => void,
): Promise<Listening> {
  const server = createServer((incoming, outgoing) => {
    // Our own failure reaches this caller as a status; the process that serves others lives on.
    void readRequest(incoming)
      .then(serve)
      .catch((error: unknown) => failed(error instanceof Error ? error.message : String(error)))
      .then(({ status, body, headers }) => {
        outgoing.writeHead(status, { ...headers, 'content-type': 'application/json; charset=UTF-8' });
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      });
  });
  onServer(server);
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://${LOOPBACK}:${bound}`,
    close: async () => {
      server.closeAllConnections();
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', `http://${LOOPBACK}`);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers,
    bodyText: Buffer.concat(chunks).toString('utf8'),
  };
}
