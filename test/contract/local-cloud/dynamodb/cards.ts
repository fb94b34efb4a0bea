/** One statement about DynamoDB that holds on every system it runs on. Each card works under keys of its own. */
import { expect } from 'vitest';
import { type Failure, failure, type Output, plain, type Send } from './support.ts';

export interface Card {
  readonly id: string;
  readonly title: string;
  run(card: CardTools): Promise<void>;
}

type Values = Readonly<Record<string, object>>;

export interface CardTools {
  readonly send: Send;
  /** The card's own partition key. */
  readonly pk: { readonly S: string };
  put(item: Values, more?: object): Promise<Output>;
  get(sk: string, more?: object): Promise<unknown>;
  update(sk: string, request: object): Promise<Output>;
  /** How a call fails. */
  fails(operation: string, input: object): Promise<Failure>;
}

export const text = (value: string): { readonly S: string } => ({ S: value });
export const number = (value: number | string): { readonly N: string } => ({ N: String(value) });

export function toolsFor(card: Card, send: Send): CardTools {
  const pk = text(card.id);
  return {
    send,
    pk,
    put: (item, more = {}) => send('PutItem', { TableName: 'cards', Item: { pk, ...item }, ...more }),
    get: async (sk, more = {}) => plain((await send('GetItem', { TableName: 'cards', Key: { pk, sk: text(sk) }, ...more })).Item),
    update: (sk, request) => send('UpdateItem', { TableName: 'cards', Key: { pk, sk: text(sk) }, ...request }),
    fails: (operation, input) => failure(send(operation, { TableName: 'cards', ...input })),
  };
}

/** The sort keys of a page, in order. */
export const sortKeys = (output: Output): string[] => ((output.Items ?? []) as { sk: { S: string } }[]).map((item) => item.sk.S);

export const expectInvalid = (result: Failure, message: string | RegExp): void => {
  expect(result.name).toBe('ValidationException');
  if (typeof message === 'string') expect(result.message).toBe(message);
  else expect(result.message).toMatch(message);
};
