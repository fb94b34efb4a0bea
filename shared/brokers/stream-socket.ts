/** A WebSocket as a stream reader needs it: one callback for whatever happens, and a way to end it that does not wait for the other side. */
export type SocketEvent =
  | { readonly kind: 'open' }
  | { readonly kind: 'message'; readonly text: string }
  /** The other side is there: it answered a ping. */
  | { readonly kind: 'pong' }
  | { readonly kind: 'closed'; readonly cause: string };

export interface StreamSocket {
  send(text: string): void;
  ping(): void;
  /** No event follows. */
  end(): void;
}

export type OpenSocket = (url: string, on: (event: SocketEvent) => void) => StreamSocket;

/** Ends early, without an error, when the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;
