/**
 * The stream at /stream, Alpaca's protocol for trade updates over a WebSocket: first `auth` (or the older `authenticate`), then
 * `listen` with the streams wanted; each answer and update is one JSON object in one frame, binary as from Alpaca's paper
 * endpoint unless text is asked for. What happened while nobody listened is not told again: ask the REST API.
 *
 * https://docs.alpaca.markets/docs/websocket-streaming
 */
import type { Server } from 'node:http';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { TradeUpdateMessage } from './trade-updates.ts';

export type StreamFrames = 'binary' | 'text';

export interface StreamDoor {
  readonly frames: StreamFrames;
  admits(keyId: unknown, secretKey: unknown): boolean;
}

const PATH = '/stream';
const TRADE_UPDATES = 'trade_updates';

interface Client {
  readonly socket: WebSocket;
  isAuthorized: boolean;
  listens: boolean;
}

export class StreamServer {
  readonly #door: StreamDoor;
  readonly #clients = new Set<Client>();

  constructor(door: StreamDoor) {
    this.#door = door;
  }

  attach(server: Server): void {
    const sockets = new WebSocketServer({ server, path: PATH });
    sockets.on('connection', (socket) => {
      const client: Client = { socket, isAuthorized: false, listens: false };
      this.#clients.add(client);
      socket.on('message', (data) => this.#hear(client, textOf(data)));
      socket.on('close', () => this.#clients.delete(client));
      // A broken socket is followed by its close, which takes the client off the list.
      socket.on('error', () => socket.terminate());
    });
  }

  get isHeard(): boolean {
    return [...this.#clients].some(({ listens }) => listens);
  }

  push(update: TradeUpdateMessage): void {
    for (const client of this.#clients) if (client.listens) this.#say(client, TRADE_UPDATES, update);
  }

  /** Breaks every connection, as a restart of the broker does. */
  disconnect(): void {
    for (const { socket } of this.#clients) socket.terminate();
    this.#clients.clear();
  }

  #hear(client: Client, text: string): void {
    const message = objectIn(text);
    const data = message?.data;
    const members = typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
    const action = message?.action;
    if (action === 'auth' || action === 'authenticate') {
      client.isAuthorized = this.#door.admits(message?.key ?? members.key_id, message?.secret ?? members.secret_key);
      this.#say(client, 'authorization', { status: client.isAuthorized ? 'authorized' : 'unauthorized', action });
    } else if (action !== 'listen') {
      this.#say(client, 'listening', { error: 'invalid message' });
    } else if (client.isAuthorized) {
      client.listens = Array.isArray(members.streams) && members.streams.includes(TRADE_UPDATES);
      this.#say(client, 'listening', { streams: client.listens ? [TRADE_UPDATES] : [] });
    } else {
      this.#say(client, 'authorization', { status: 'unauthorized', action });
    }
  }

  #say({ socket }: Client, stream: string, data: object): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ stream, data }), { binary: this.#door.frames === 'binary' });
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
