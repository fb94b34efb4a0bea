/** How long a channel is waited for, and what is tried again, against servers on the loopback address. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { fixedClock } from '../../../../shared/kernel/clock.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { type PostLimits, postJson } from '../../../../shared/providers/alert-channels/post-json.ts';
import { type Answer, startChannelServer, taken } from './channel-server.ts';

const now = Date.parse('2024-12-02T20:45:00Z') as EpochMs;

async function posted(answer: (count: number) => Answer, limits: Partial<PostLimits> = {}) {
  await using server = await startChannelServer(answer);
  const waits: number[] = [];
  const parts = {
    fetch: globalThis.fetch,
    clock: fixedClock(now),
    rng: seededRng(7),
    limits,
    wait: async (ms: number) => void waits.push(ms),
  };
  const url = `${server.url}/services/PLANTED-SECRET`;
  const outcome = await postJson(url, { text: 'hello' }, parts, (reply) => (reply as { ok?: boolean } | undefined)?.ok === true);
  return { outcome, waits, sent: server.sent.length };
}

describe('a message', () => {
  test('is sent once when it is taken', async () => {
    expect(await posted(() => taken)).toEqual({ outcome: { kind: 'delivered', attempts: 1 }, waits: [], sent: 1 });
  });

  test('is sent again after a 500, with a jittered wait below the doubled one', async () => {
    const { outcome, waits } = await posted((count) => (count < 3 ? { status: 500 } : taken));
    expect(outcome).toEqual({ kind: 'delivered', attempts: 3 });
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeLessThan(500);
    expect(waits[1]).toBeLessThan(1000);
  });

  test.each([
    ['the header, in seconds', { status: 429, headers: { 'retry-after': '3' } }, 3000],
    ['the header, as a date', { status: 429, headers: { 'retry-after': 'Mon, 02 Dec 2024 20:45:04 GMT' } }, 4000],
    [
      'the body, as Discord writes it',
      { status: 429, headers: { 'retry-after': '9' }, body: '{"retry_after": 0.65, "global": false}' },
      650,
    ],
    ['the body, as Telegram writes it', { status: 429, body: '{"ok": false, "parameters": {"retry_after": 5}}' }, 5000],
    ['the header of a 503', { status: 503, headers: { 'retry-after': '2' } }, 2000],
  ] as const)('waits as long as the service asks, by %s', async (_where, refusal, waitMs) => {
    const { outcome, waits } = await posted((count) => (count === 1 ? refusal : taken));
    expect(outcome).toEqual({ kind: 'delivered', attempts: 2 });
    expect(waits).toEqual([waitMs]);
  });

  test('is given up at once when the wait that is asked for outlasts the function', async () => {
    const { outcome, waits, sent } = await posted(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'throttled', details: { status: 429, retryAfterMs: 3_600_000, attempts: 1 } });
    expect([waits, sent]).toEqual([[], 1]);
  });

  test('is given up when the waits together outlast the function', async () => {
    const { outcome, waits } = await posted(() => ({ status: 429, headers: { 'retry-after': '10' } }));
    expect(outcome).toMatchObject({ reason: 'throttled', details: { attempts: 3 } });
    expect(waits).toEqual([10_000, 10_000]);
  });

  test.each([
    [400, 'message-refused'],
    [413, 'message-refused'],
    [401, 'not-authorised'],
    [403, 'not-authorised'],
    [404, 'not-authorised'],
    [302, 'message-refused'],
  ])('is not sent again after %i, which would be the same again', async (status, reason) => {
    const { outcome, sent } = await posted(() => ({ status, headers: { location: 'http://127.0.0.1:1/elsewhere' } }));
    expect(outcome).toMatchObject({ kind: 'refused', reason, details: { status } });
    expect(sent).toBe(1);
  });

  test.each([
    ['is no JSON', { status: 200, body: '<html>bad gateway</html>' }],
    ['says that it was not taken', { status: 200, body: '{"ok": false}' }],
    ['is empty', { status: 200, body: '' }],
  ] as const)('is sent again when the answer %s', async (_what, answer) => {
    const { outcome, sent } = await posted((count) => (count === 1 ? answer : taken));
    expect(outcome).toEqual({ kind: 'delivered', attempts: 2 });
    expect(sent).toBe(2);
  });

  test('is sent again when no answer comes in time, and then given up', async () => {
    const { outcome, sent } = await posted(() => null, { timeoutMs: 40, attemptsMax: 2 });
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'timed-out' });
    expect(sent).toBe(2);
  });

  test('is sent again when the connection breaks in the middle of an answer', async () => {
    const { outcome } = await posted((count) => (count === 1 ? 'cut' : taken));
    expect(outcome).toEqual({ kind: 'delivered', attempts: 2 });
  });

  test('is unreachable where nobody listens, and what is said of it holds nothing of the address', async () => {
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    const parts = { fetch: globalThis.fetch, clock: fixedClock(now), rng: seededRng(1), wait: async () => {} };
    const outcome = await postJson(`http://127.0.0.1:${port}/bot123456:PLANTED-SECRET/sendMessage`, {}, parts);
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'unreachable', details: { code: 'ECONNREFUSED', attempts: 4 } });
    expect(JSON.stringify(outcome)).not.toContain('PLANTED');
  });

  test('to an address that is none is unreachable, without the address', async () => {
    const parts = { fetch: globalThis.fetch, clock: fixedClock(now), rng: seededRng(1), wait: async () => {} };
    const outcome = await postJson('PLANTED SECRET', {}, parts);
    expect(outcome).toMatchObject({ reason: 'unreachable' });
    expect(JSON.stringify(outcome)).not.toContain('PLANTED');
  });
});
