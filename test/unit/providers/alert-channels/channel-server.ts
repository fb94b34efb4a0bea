/** A chat service on the loopback address: answers what a test tells it to, and remembers what it was sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Sent {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Null leaves the request without an answer; `cut` ends the connection in the middle of one. */
export type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string } | null | 'cut';

export interface ChannelServer extends AsyncDisposable {
  readonly url: string;
  readonly sent: Sent[];
}

export const taken: Answer = { status: 200, body: '{"ok": true, "result": {"message_id": 1}}' };

/** `answer` is asked with the count of requests so far, from 1. */
export async function startChannelServer(answer: (count: number) => Answer = () => taken): Promise<ChannelServer> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      sent.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Sent['body'] });
      const given = answer(sent.length);
      if (given === null) return;
      if (given === 'cut') {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{');
        setImmediate(() => request.socket.destroy());
        return;
      }
      response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers }).end(given.body ?? '');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sent,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
