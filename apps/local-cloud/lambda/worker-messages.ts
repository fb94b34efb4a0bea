/** What the cloud and a worker thread say to each other. Every message of the cloud carries its time: a thread has no clock of its own. */
import type { WireRequest, WireResponse } from '../service.ts';
import type { Answer, Order } from './answer.ts';

/** What a thread is started with: one function, as its template declares it. */
export interface WorkerSetting {
  readonly functionName: string;
  readonly codeDirectory: string;
  readonly handler: string;
  readonly region: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type ToWorker =
  | { readonly kind: 'invoke'; readonly now: number; readonly order: Order }
  | { readonly kind: 'reply'; readonly now: number; readonly call: number; readonly response: WireResponse }
  /** The connection broke. */
  | { readonly kind: 'lost'; readonly now: number; readonly call: number };

export type FromWorker =
  | { readonly kind: 'call'; readonly call: number; readonly service: string; readonly request: PostedRequest }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'ended'; readonly answer: Answer };

/** A query cannot be posted as the object that it is. */
export type PostedRequest = Omit<WireRequest, 'query'> & { readonly query: string };
