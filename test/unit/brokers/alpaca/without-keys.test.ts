/** A careless Alpaca, which repeats the keys that it was asked with: none of it gets past the adapter. */
import { expect, test } from 'vitest';
import { withoutKeys } from '../../../../shared/brokers/alpaca/without-keys.ts';
import { marketOrder, orderBody, scriptedAlpaca, ticket } from './scripted-alpaca.ts';

const keys = { keyId: 'PKTEST1742', secretKey: 'planted+secret/1742' };
const echo = `asked with ${keys.keyId}:${keys.secretKey}, ${Buffer.from(`${keys.keyId}:${keys.secretKey}`).toString('base64')}`;

const everythingOf = (outcome: unknown): string => {
  const seen: unknown[] = [];
  for (let at: unknown = outcome; at !== undefined && at !== null; at = (at as { cause?: unknown }).cause) {
    seen.push(at, at instanceof Error ? [at.name, at.message, at.stack, (at as { details?: unknown }).details] : null);
    if (typeof at !== 'object') break;
  }
  return JSON.stringify(seen);
};

test.each([
  ['a rejection', { status: 422, body: { code: 42210000, message: echo } }, 'rejected'],
  ['a refusal of the keys', { status: 401, body: { message: echo } }, 'not-authorised'],
  ['a failure', { status: 500, body: { message: echo } }, 'unknown'],
  ['an answer that is no JSON', { status: 200, body: echo }, 'unknown'],
  ['an answer that is no order', { status: 200, body: { ...orderBody, symbol: [echo] } }, 'unknown'],
  ['an error of the network', new TypeError('fetch failed', { cause: new Error(echo) }), 'unknown'],
])('an order that ends in %s tells of no key', async (_name, answer, kind) => {
  const outcome = await scriptedAlpaca([answer], keys).broker.submit(marketOrder, ticket);
  expect('reason' in outcome && outcome.kind === 'refused' ? outcome.reason : outcome.kind).toBe(kind);
  for (const key of Object.values(keys)) expect(everythingOf(outcome)).not.toContain(key);
});

test.each([
  ['a failure', { status: 503, body: { message: echo } }],
  ['a request not understood', { status: 400, body: { message: echo } }],
  ['an answer outside the schema', { status: 200, body: { account_number: echo } }],
  ['an error of the network', new TypeError(`fetch failed: ${echo}`, { cause: Object.assign(new Error(echo), { code: 'EPROTO' }) })],
])('a reading that ends in %s throws nothing that tells of a key', async (_name, answer) => {
  const error: unknown = await scriptedAlpaca([answer], keys)
    .broker.account()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  for (const key of Object.values(keys)) expect(everythingOf(error)).not.toContain(key);
});

test('what says nothing of the keys comes through as it was', async () => {
  const broken = new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });
  const cut = withoutKeys(
    () => Promise.reject(broken),
    () => keys,
  );
  await expect(cut('https://broker.test', {})).rejects.toBe(broken);
  const full = withoutKeys(
    async () => new Response('{"cash": "1"}', { status: 207, headers: { 'x-request-id': '7' } }),
    () => keys,
  );
  const answer = await full('https://broker.test', {});
  expect([answer.status, answer.headers.get('x-request-id'), await answer.text()]).toEqual([207, '7', '{"cash": "1"}']);
});
