/** A StreamSocket on `ws`; apart, so that a bundle that reads no stream does not carry it. */
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { OpenSocket, Sleep } from './stream-socket.ts';

const HANDSHAKE_MS = 10_000;
const FRAME_BYTES_MAX = 1_048_576;

export const openWebSocket: OpenSocket = (url, on) => {
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_MS, maxPayload: FRAME_BYTES_MAX });
  let ended = false;
  let cause = 'closed';
  const tell: typeof on = (event) => {
    if (!ended) on(event);
  };
  socket.on('open', () => tell({ kind: 'open' }));
  // Alpaca's paper stream sends its JSON in binary frames, the live one in text frames.
  socket.on('message', (data: Buffer) => tell({ kind: 'message', text: data.toString('utf8') }));
  socket.on('pong', () => tell({ kind: 'pong' }));
  socket.on('error', (error) => {
    cause = error.message;
  });
  socket.on('close', (code) => {
    tell({ kind: 'closed', cause: `${cause} (${code})` });
    ended = true;
  });
  return {
    send: (text) => socket.send(text, () => {}),
    ping: () => socket.ping(undefined, undefined, () => {}),
    end: () => {
      ended = true;
      socket.terminate();
    },
  };
};

export const sleepUntilAborted: Sleep = async (ms, signal) => {
  await wait(ms, undefined, { signal }).catch(() => {});
};
