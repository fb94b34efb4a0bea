/** Each class of error that Alpaca answers with, and what the port makes of it; rows written out here, and the recorded ones where they are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { meaningOf } from '../../../../shared/brokers/alpaca/error-meaning.ts';
import { TransientFailure } from '../../../../shared/kernel/errors.ts';
import type { OrderId } from '../../../../shared/kernel/units.ts';
import { marketOrder, orderBody, scriptedAlpaca } from './scripted-alpaca.ts';

/** Codes and messages as Alpaca's documentation and public client logs show them. */
const rows = [
  [401, 40110000, 'request is not authorized', 'not-authorised'],
  [403, undefined, 'forbidden.', 'not-authorised'],
  [403, 42210000, 'subscription does not permit querying recent SIP data', 'not-authorised'],
  [403, 40310000, 'insufficient buying power', 'rejected'],
  [403, 40310000, 'insufficient qty available for order (requested: 4459, available: 0)', 'rejected'],
  [403, 40310000, 'potential wash trade detected. use complex orders', 'rejected'],
  [403, 40310100, 'trade denied due to pattern day trading protection', 'rejected'],
  [404, 40410000, 'order not found', 'not-found'],
  [422, 40010001, 'client_order_id must be unique', 'duplicate-client-order-id'],
  [422, 40010001, 'client order id must be unique', 'duplicate-client-order-id'],
  [422, 40010001, 'qty or notional is required', 'rejected'],
  [422, 42210000, 'fractional orders cannot be sold short', 'rejected'],
  [400, 40010000, 'request body format is invalid', 'rejected'],
  [408, undefined, 'request timeout', 'failed'],
  [429, 42910000, 'rate limit exceeded', 'throttled'],
  [429, undefined, 'too many requests.', 'throttled'],
  [500, 50010000, 'internal server error', 'failed'],
  [502, undefined, 'bad gateway', 'failed'],
] as const;

describe('what an error of Alpaca means', () => {
  test.each(rows)('%i %s "%s" is %s', (status, code, message, meaning) => {
    expect(meaningOf({ status, code: code?.toString(), message })).toBe(meaning);
  });

  test.each(rows)('%i %s "%s" reaches the caller of submit and of a read as such', async (status, code, message, meaning) => {
    const answer = { status, body: { ...(code !== undefined && { code }), message } };
    const { broker } = scriptedAlpaca([answer, { status: 200, body: orderBody }]);
    const outcome = await broker.submit(marketOrder);
    const expected = {
      'not-authorised': { kind: 'refused', reason: 'not-authorised' },
      rejected: { kind: 'rejected', status, message: expect.stringContaining(message) },
      'not-found': { kind: 'rejected', status: 404 },
      'duplicate-client-order-id': { kind: 'acknowledged' },
      throttled: { kind: 'throttled' },
      failed: { kind: 'unknown' },
    }[meaning];
    expect(outcome).toMatchObject(expected);

    if (meaning === 'throttled' || meaning === 'failed') {
      await expect(scriptedAlpaca([answer]).broker.account()).rejects.toThrow(TransientFailure);
    }
  });
});

const recordings = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'api-payloads/alpaca/errors.json');
const present = existsSync(recordings);

interface Recorded {
  readonly status: number;
  readonly body?: { readonly code?: number; readonly message: string };
  readonly body_excerpt?: string;
  readonly when: string;
}

/** What each recorded situation has to be to a caller of submit. */
const outcomeOfSituation: readonly (readonly [RegExp, string])[] = [
  [/duplicate client_order_id/, 'acknowledged'],
  [/entitlement/, 'refused'],
  [/rate limit/i, 'throttled'],
  [/server error/, 'unknown'],
  [/.*/, 'rejected'],
];

describe.skipIf(!present)(
  `recorded errors (${present ? 'api-payloads/alpaca/errors.json' : 'skipped: BALLAST_MARKET_DATA has no api-payloads/alpaca/errors.json'})`,
  () => {
    const recorded = present ? (JSON.parse(readFileSync(recordings, 'utf8')) as Recorded[]) : [];
    test.each(recorded.map((error) => [error.status, error.when, error] as const))(
      '%i: %s',
      async (status, when, { body, body_excerpt }) => {
        const { broker } = scriptedAlpaca([
          { status, body: body ?? body_excerpt ?? '' },
          { status: 200, body: orderBody },
          { status, body: body ?? body_excerpt ?? '' },
        ]);
        const wanted = outcomeOfSituation.find(([situation]) => situation.test(when))![1];
        const outcome = await broker.submit(marketOrder);
        expect(outcome.kind).toBe(wanted);
        if (outcome.kind === 'rejected') expect(outcome.message).toContain(body?.message ?? 'sub-penny');
      },
    );

    test('a recorded "order not found" is a refusal to a lookup', async () => {
      const missing = recorded.find(({ body }) => body?.message === 'order not found')!;
      const { broker } = scriptedAlpaca([{ status: missing.status, body: missing.body }]);
      expect(await broker.orderByClientId('x' as OrderId)).toMatchObject({ kind: 'refused', reason: 'not-found' });
    });
  },
);
