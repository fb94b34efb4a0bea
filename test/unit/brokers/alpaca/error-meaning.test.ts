/** Each class of error that Alpaca answers with, and what the port makes of it; rows written out here, and the recorded ones where they are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { meaningOf } from '../../../../shared/brokers/alpaca/error-meaning.ts';
import { TransientFailure } from '../../../../shared/kernel/errors.ts';
import type { OrderId } from '../../../../shared/kernel/units.ts';
import { marketOrder, orderBody, revision, scriptedAlpaca, ticket, workingOrder } from './scripted-alpaca.ts';

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
  [409, undefined, 'conflict', 'failed'],
  [499, undefined, 'client closed request', 'failed'],
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
    const outcome = await broker.submit(marketOrder, ticket);
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

/** What each recorded situation is to a caller of submit, replace, cancel, a look-up and a read of what is always there. */
const outcomeOfSituation: readonly (readonly [situation: RegExp, ...outcomes: readonly [string, string, string, string, string]])[] = [
  [/duplicate client_order_id/, 'acknowledged', 'requested', 'not-cancellable', 'ContractViolation', 'ContractViolation'],
  [/entitlement/, 'not-authorised', 'not-authorised', 'not-authorised', 'not-authorised', 'not-authorised'],
  [/rate limit/i, 'throttled', 'throttled', 'TransientFailure', 'TransientFailure', 'TransientFailure'],
  [/server error/, 'unknown', 'unknown', 'TransientFailure', 'TransientFailure', 'TransientFailure'],
  [/^GET/, 'rejected', 'not-found', 'not-found', 'not-found', 'ContractViolation'],
  [
    /untradable|sold short|sell without|fractional|sell stop|decimals/,
    'rejected',
    'not-replaceable',
    'not-cancellable',
    'ContractViolation',
    'ContractViolation',
  ],
  [/.*/, 'rejected', 'not-replaceable', 'ContractViolation', 'ContractViolation', 'ContractViolation'],
];

/** One word for how it ended, thrown or not. */
async function wordFor(outcome: Promise<unknown>): Promise<string> {
  try {
    const { kind, reason } = (await outcome) as { kind?: string; reason?: string };
    return kind === 'refused' ? String(reason) : String(kind);
  } catch (error) {
    return (error as Error).name;
  }
}

describe.skipIf(!present)(
  `recorded errors (${present ? 'api-payloads/alpaca/errors.json' : 'skipped: BALLAST_MARKET_DATA has no api-payloads/alpaca/errors.json'})`,
  () => {
    const recorded = present ? (JSON.parse(readFileSync(recordings, 'utf8')) as Recorded[]) : [];
    const cases = recorded.map((error) => [error.status, error.when, error] as const);

    test('are seventeen, and each leads somewhere of its own', () => {
      expect(recorded).toHaveLength(17);
    });

    test.each(cases)('%i: %s', async (status, when, { body, body_excerpt }) => {
      const answer = { status, body: body ?? body_excerpt ?? '' };
      const found = { status: 200, body: orderBody };
      const replacement = { status: 200, body: { ...orderBody, id: 'new', client_order_id: 'revised' } };
      const [, submit, replace, cancel, lookUp, read] = outcomeOfSituation.find(([situation]) => situation.test(when))!;
      const words = {
        submit: await wordFor(scriptedAlpaca([answer, found]).broker.submit(marketOrder, ticket)),
        replace: await wordFor(scriptedAlpaca([found, answer, replacement, found]).broker.replace(workingOrder, revision, ticket)),
        cancel: await wordFor(scriptedAlpaca([answer]).broker.cancel('b-1')),
        lookUp: await wordFor(scriptedAlpaca([answer]).broker.orderByClientId('x' as OrderId)),
        read: await wordFor(scriptedAlpaca([answer]).broker.account()),
      };
      expect(words).toEqual({ submit, replace, cancel, lookUp, read });
    });

    test.each(cases.filter(([status]) => status === 403 || status === 422))(
      '%i: %s keeps what the broker said',
      async (_status, when, given) => {
        const outcome = await scriptedAlpaca([{ status: given.status, body: given.body ?? given.body_excerpt ?? '' }]).broker.submit(
          marketOrder,
          ticket,
        );
        if (outcome.kind === 'rejected') expect(outcome.message).toContain(given.body?.message ?? 'sub-penny');
        else expect(when).toMatch(/entitlement|duplicate/);
      },
    );
  },
);
