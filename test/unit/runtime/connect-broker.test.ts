import { inspect } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Broker } from '../../../shared/brokers/broker.ts';
import { ContractViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import type { EpochMs, OrderId, Shares, Ticker } from '../../../shared/kernel/units.ts';
import { connectBroker } from '../../../shared/runtime/connect-broker.ts';
import { anyQuantityOf, ticketOf } from '../../support/risk-tickets.ts';
import { testRuntimeHost } from './runtime-bench.ts';

const keyId = 'PLANTED-KEY-ID-4711';
const secretKey = 'PLANTED-SECRET-KEY-0815';
const secret = { keyId, secretKey, baseUrl: 'https://broker.test', dataUrl: 'https://data.test' };

const ticket = await ticketOf(anyQuantityOf('AAPL'));

const secrets = mockClient(SecretsManagerClient);
const client = new SecretsManagerClient({ region: 'us-east-1' });
const connect = (fetch?: typeof globalThis.fetch) => connectBroker(client, 'ballast/broker', testRuntimeHost({}, fetch));

/** Everything that can be read out of a value, hidden members and causes included. */
const allOf = (value: unknown): string => inspect(value, { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null });

function expectNothingPlanted(value: unknown): void {
  expect(allOf(value)).not.toContain(secretKey);
  expect(allOf(value)).not.toContain(keyId);
}

beforeEach(() => {
  secrets.reset();
  secrets.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify(secret) });
});

describe('connecting to the broker', () => {
  test('sends the keys of the secret to its address, and nowhere else', async () => {
    const asked: { url: string; headers: Record<string, string> }[] = [];
    const broker = await connect(async (url, init) => {
      asked.push({ url: String(url), headers: Object.fromEntries(new Headers(init?.headers).entries()) });
      return new Response('{"message":"no such order"}', { status: 404 });
    });
    expect(await broker.orderByClientId('x' as OrderId)).toMatchObject({ reason: 'not-found' });
    expect(asked).toHaveLength(1);
    expect(asked[0]!.url).toMatch(/^https:\/\/broker\.test\//);
    expect(asked[0]!.url).not.toContain('PLANTED');
    expect(asked[0]!.headers).toMatchObject({ 'apca-api-key-id': keyId, 'apca-api-secret-key': secretKey });
  });

  test.each([
    ['no JSON', `${keyId}:${secretKey}`],
    ['JSON cut short', JSON.stringify(secret).slice(0, -5)],
    ['a list', JSON.stringify([keyId, secretKey])],
    ['null', 'null'],
    ['nothing', undefined],
    ['no secret key', JSON.stringify({ ...secret, secretKey: '' })],
    ['a secret key that no header takes', JSON.stringify({ ...secret, secretKey: `${secretKey}\n` })],
    ['an address that is none', JSON.stringify({ ...secret, baseUrl: secretKey })],
    ['no data address', JSON.stringify({ ...secret, dataUrl: undefined })],
  ])('says in one line what the secret must hold when it holds %s', async (_, SecretString) => {
    secrets.on(GetSecretValueCommand).resolves({ ...(SecretString !== undefined && { SecretString }) });
    const error: unknown = await connect().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ContractViolation);
    expect((error as Error).message).toMatch(/^The broker secret must hold .*keyId.*secretKey.*baseUrl.*dataUrl.*$/);
    expectNothingPlanted(error);
  });

  test('is to TWS when the secret says so, and to nobody when half of that is missing', async () => {
    const tws = { broker: 'ibkr', host: '127.0.0.1', port: 4002, clientId: 7, account: 'DU1234567' };
    secrets.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify(tws) });
    const broker = await connect();
    expect([broker.name, broker.capabilities.refusesDuplicateClientIds]).toEqual(['ibkr', false]);
    for (const wrong of [{ account: undefined }, { port: 70_000 }, { host: '' }, { broker: 'somebody' }]) {
      secrets.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify({ ...tws, ...wrong }) });
      await expect(connect()).rejects.toThrow(ContractViolation);
    }
  });

  test('is a TransientFailure when Secrets Manager is throttled, and AWS’s own error when it denies', async () => {
    secrets.on(GetSecretValueCommand).rejects(Object.assign(new Error('later'), { name: 'ThrottlingException' }));
    await expect(connect()).rejects.toThrow(TransientFailure);
    secrets.on(GetSecretValueCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    await expect(connect()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('keys rotated while the broker is in use', () => {
  const rotated = { ...secret, keyId: 'ROTATED-KEY-ID', secretKey: 'ROTATED-SECRET-KEY' };
  const onlyRotated: typeof globalThis.fetch = async (_url, init) =>
    new Headers(init?.headers).get('apca-api-secret-key') === rotated.secretKey
      ? new Response('{"message":"no such order"}', { status: 404 })
      : new Response('{"code":40110000,"message":"request is not authorized"}', { status: 401 });

  test('are read from the secret once, and used from then on', async () => {
    const broker = await connect(onlyRotated);
    secrets.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify(rotated) });
    expect(await broker.orderByClientId('x' as OrderId)).toMatchObject({ reason: 'not-found' });
    expect(await broker.orderByClientId('y' as OrderId)).toMatchObject({ reason: 'not-found' });
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });

  test('are not authorised as long as the secret holds the old ones, or cannot be read', async () => {
    const broker = await connect(onlyRotated);
    expect(await broker.account()).toMatchObject({ kind: 'refused', reason: 'not-authorised' });
    secrets.on(GetSecretValueCommand).rejects(new Error('no'));
    expect(await broker.account()).toMatchObject({ kind: 'refused', reason: 'not-authorised' });
  });
});

describe('the keys', () => {
  const calls: Record<string, (broker: Broker) => Promise<unknown>> = {
    account: (broker) => broker.account(),
    clock: (broker) => broker.clock(),
    positions: (broker) => broker.positions(),
    'latest prices': (broker) => broker.latestPrices(['AAPL' as Ticker]),
    'order by client id': (broker) => broker.orderByClientId('x' as OrderId),
    submit: (broker) =>
      broker.submit(
        {
          clientOrderId: 'x' as OrderId,
          symbol: 'AAPL' as Ticker,
          side: 'BUY',
          quantity: 1 as Shares,
          timeInForce: 'DAY',
          type: 'MARKET',
        },
        ticket,
      ),
    cancel: (broker) => broker.cancel('b-1'),
    activities: (broker) => broker.activities(0 as EpochMs),
  };
  const answers: Record<string, () => Promise<Response>> = {
    'refuses the keys': async () => new Response('{"code":40110000,"message":"request is not authorized"}', { status: 401 }),
    'forbids it': async () => new Response('{"code":40310000,"message":"insufficient buying power"}', { status: 403 }),
    throttles: async () => new Response('{"message":"rate limit exceeded"}', { status: 429 }),
    fails: async () => new Response('<html>bad gateway</html>', { status: 502 }),
    'answers nonsense': async () => new Response('{"surprise":true}', { status: 200 }),
    'answers no JSON': async () => new Response('hello', { status: 200 }),
    'is not reached': async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) });
    },
  };
  const cases = Object.keys(calls).flatMap((call) => Object.keys(answers).map((answer) => [call, answer] as const));

  test.each(cases)('are in no outcome, refusal or error: %s when the broker %s', async (call, answer) => {
    const broker = await connect(answers[answer]);
    const outcome: unknown = await calls[call]!(broker).catch((thrown: unknown) => thrown);
    expect(outcome).toBeDefined();
    expectNothingPlanted(outcome);
  });

  test('are not to be read out of the broker', async () => {
    expectNothingPlanted(await connect());
  });
});
