import { describe, expect, test } from 'vitest';
import type { AlpacaKeys } from '../../../../shared/brokers/alpaca/keys.ts';
import { keyRing } from '../../../../shared/brokers/alpaca/keys.ts';
import { TransientFailure } from '../../../../shared/kernel/errors.ts';
import type { OrderId } from '../../../../shared/kernel/units.ts';
import { marketOrder, orderBody, scriptedAlpaca, ticket } from './scripted-alpaca.ts';

const refused = { status: 401, body: { code: 40110000, message: 'request is not authorized' } };
const forbidden = { status: 403, body: { message: 'forbidden.' } };
const given = { status: 200, body: orderBody };

function reading(...answers: readonly (AlpacaKeys | Error)[]) {
  let count = 0;
  const readKeysAgain = async (): Promise<AlpacaKeys> => {
    const answer = answers[count++];
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('the secret was read once more than it should be');
    return answer;
  };
  return { readKeysAgain, reads: () => count };
}

const rotated: AlpacaKeys = { keyId: 'rotated', secretKey: 's2' };

describe('keys that are rotated while we run', () => {
  test.each([refused, forbidden])('are read anew, and the same read is made once more', async (refusal) => {
    const secret = reading(rotated);
    const { broker, asked } = scriptedAlpaca([refusal, given, given], secret);
    expect(await broker.orderByClientId('x' as OrderId)).toMatchObject({ brokerOrderId: orderBody.id });
    await broker.orderByClientId('y' as OrderId);
    expect(asked.map(({ keyId }) => keyId)).toEqual(['k', 'rotated', 'rotated']);
    expect(secret.reads()).toBe(1);
  });

  test('let the same order through once more, because refused keys prove that nothing was accepted', async () => {
    const { broker, asked } = scriptedAlpaca([refused, given], reading(rotated));
    expect(await broker.submit(marketOrder, ticket)).toMatchObject({ kind: 'acknowledged' });
    expect(asked.map(({ method, keyId }) => [method, keyId])).toEqual([
      ['POST', 'k'],
      ['POST', 'rotated'],
    ]);
    expect(asked[1]!.body).toEqual(asked[0]!.body);
  });

  test('are not authorised when the new ones are refused too', async () => {
    const { broker, asked } = scriptedAlpaca([refused, refused], reading(rotated));
    expect(await broker.submit(marketOrder, ticket)).toMatchObject({ kind: 'refused', reason: 'not-authorised' });
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['the secret holds the same', reading({ keyId: 'k', secretKey: 's' })],
    ['the secret cannot be read', reading(new TransientFailure('Secrets Manager is throttled'))],
    ['nobody says where to read', {}],
  ])('are not authorised, and nothing is asked again, when %s', async (_name, secret) => {
    const { broker, asked } = scriptedAlpaca([refused], secret);
    expect(await broker.submit(marketOrder, ticket)).toMatchObject({ kind: 'refused', reason: 'not-authorised' });
    expect(asked).toHaveLength(1);
  });

  test('are not read for a subscription that does not cover something', async () => {
    const { broker } = scriptedAlpaca(
      [{ status: 403, body: { code: 42210000, message: 'subscription does not permit querying recent SIP data' } }],
      reading(),
    );
    expect(await broker.latestPrices([marketOrder.symbol])).toMatchObject({ reason: 'not-authorised' });
  });

  test('are read once for however many calls they failed', async () => {
    const first = { keyId: 'k', secretKey: 's' };
    const secret = reading(rotated);
    const ring = keyRing(first, secret.readKeysAgain);
    const used = ring.current();
    expect(await Promise.all([ring.renewed(used), ring.renewed(used), ring.renewed(used)])).toEqual([true, true, true]);
    expect(await ring.renewed(used)).toBe(true);
    expect([secret.reads(), ring.current()]).toEqual([1, rotated]);
  });
});
