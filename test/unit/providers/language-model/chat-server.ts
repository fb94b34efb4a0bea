/** A chat-completions server on the loopback address, which answers what a test tells it to and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly authorization: string;
  readonly body: {
    readonly model: string;
    readonly temperature: number;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly response_format?: { readonly type: string };
  };
}

export interface Item {
  readonly id: number;
  readonly ticker: string;
  readonly headline: string;
}

/** Null leaves the request without an answer. */
export type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body: string } | null;

export interface ChatServer {
  readonly baseUrl: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** The headlines of a request, as the server sees them. */
export const itemsOf = ({ body }: Asked): Item[] => JSON.parse(body.messages.at(-1)!.content) as Item[];

export const completion = (content: string): Answer => ({
  body: JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    created: 0,
    model: 'served-model',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }),
});

/** The same reading for every headline of a request. */
export const readAll = (asked: Asked, tone: number, confidence = 0.8): Answer =>
  completion(JSON.stringify({ readings: itemsOf(asked).map(({ id }) => ({ id, tone, confidence })) }));

export async function startChatServer(answer: (asked: Asked, count: number) => Answer): Promise<ChatServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void reply(request, response, asked, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { baseUrl: `http://127.0.0.1:${port}/v1`, asked, close };
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked[],
  answer: (asked: Asked, count: number) => Answer,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const one: Asked = {
    path: request.url ?? '',
    authorization: request.headers.authorization ?? '',
    body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked['body'],
  };
  asked.push(one);
  const given = answer(one, asked.length);
  if (given === null) return;
  response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers });
  response.end(given.body);
}
