import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { ContractViolation, InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import { required } from '../../../shared/runtime/environment.ts';
import { defineHandler, onAws } from '../../../shared/runtime/handler.ts';
import { lendHost, type RuntimeHost } from '../../../shared/runtime/host.ts';
import type { Need } from '../../../shared/runtime/needs.ts';
import { lambdaContext, type TestRuntimeHost, testNow, testRuntimeHost } from './runtime-bench.ts';

const needed: Need<string> = (host) => required(host, 'TABLE_NAME');

/** A handler that does with its input what `run` says. */
const handlerOf = (run: (input: { n: number }) => Promise<{ doubled: number } | Refusal>) =>
  onAws(
    defineHandler({
      name: 'test/double',
      needs: { needed },
      input: z.object({ n: z.number().int() }),
      output: z.object({ doubled: z.number().int() }),
      run: (input) => run(input),
    }),
  );

const invoke = (
  handler: ReturnType<typeof onAws>,
  event: unknown,
  host: RuntimeHost = testRuntimeHost({ TABLE_NAME: 'things' }),
): Promise<unknown> => lendHost(host, () => handler(event, lambdaContext));

const logged = (host: TestRuntimeHost) => host.lines.map((line) => JSON.parse(line) as Record<string, unknown>);

/** A handler that says one thing at each of two levels. */
const talker = () =>
  onAws(
    defineHandler({
      name: 'test/talks',
      needs: {},
      input: z.unknown(),
      output: z.null(),
      run: async (_, { log }) => {
        log.info('said', { to: 'you' });
        log.debug('whispered');
        return null;
      },
    }),
  );

describe('a handler', () => {
  test('gives what it computes', async () => {
    expect(
      await invoke(
        handlerOf(async ({ n }) => ({ doubled: 2 * n })),
        { n: 3 },
      ),
    ).toEqual({ doubled: 6 });
  });

  test('gives its work the clock and the needs, made once from the environment', async () => {
    const make = vi.fn(needed);
    const handler = onAws(
      defineHandler({
        name: 'test/needs',
        needs: { table: make },
        input: z.unknown(),
        output: z.object({ table: z.string(), at: z.number() }),
        run: async (_, { table, clock }) => ({ table, at: clock.now() }),
      }),
    );
    expect(make).not.toHaveBeenCalled();
    const host = testRuntimeHost({ TABLE_NAME: 'things' });
    expect(await invoke(handler, {}, host)).toEqual({ table: 'things', at: testNow });
    await invoke(handler, {}, host);
    expect(make).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['a member of another type', { n: 'three' }, 'n: '],
    ['a fraction', { n: 1.5 }, 'n: '],
    ['nothing', undefined, 'n: '],
    ['another shape', [1], '(root): '],
  ])('refuses an event with %s, before anything runs', async (_, event, problem) => {
    const run = vi.fn();
    const answer = invoke(handlerOf(run), event);
    await expect(answer).rejects.toThrow(ContractViolation);
    await expect(answer).rejects.toThrow(`test/double: the event is outside its schema: ${problem}`);
    expect(run).not.toHaveBeenCalled();
  });

  test('refuses to give a result outside its schema', async () => {
    await expect(
      invoke(
        handlerOf(async () => ({ doubled: Number.NaN })),
        { n: 1 },
      ),
    ).rejects.toThrow('test/double: the result is outside its schema: doubled: ');
  });

  test('drops from event and result what the schemas do not name', async () => {
    const seen: unknown[] = [];
    const handler = handlerOf(async (input) => {
      seen.push(input);
      return { doubled: 2, secret: 'x' };
    });
    expect(await invoke(handler, { n: 1, other: true })).toEqual({ doubled: 2 });
    expect(seen).toEqual([{ n: 1 }]);
  });

  test('lets a refusal through as it is, and writes it down', async () => {
    const host = testRuntimeHost({ TABLE_NAME: 'things' });
    const refusal = refuse('market-closed', { why: 'weekend' });
    expect(
      await invoke(
        handlerOf(async () => refusal),
        { n: 1 },
        host,
      ),
    ).toEqual(refusal);
    expect(logged(host)).toMatchObject([
      { message: 'refused', reason: 'market-closed', details: { why: 'weekend' }, service: 'test/double' },
    ]);
  });

  test.each([ContractViolation, TransientFailure, InvariantViolation])('throws %o as it is: Lambda reports its name', async (Kind) => {
    const error = new Kind('as thrown');
    await expect(
      invoke(
        handlerOf(() => Promise.reject(error)),
        { n: 1 },
      ),
    ).rejects.toBe(error);
  });

  test('says which variable is absent when the stack did not grant it', async () => {
    for (const env of [{}, { TABLE_NAME: '' }]) {
      await expect(
        invoke(
          handlerOf(async () => ({ doubled: 1 })),
          { n: 1 },
          testRuntimeHost(env),
        ),
      ).rejects.toMatchObject({ name: 'InvariantViolation', message: expect.stringContaining('TABLE_NAME') });
    }
  });

  test('writes its log lines to the host, as JSON with the request that made them', async () => {
    const host = testRuntimeHost();
    await invoke(talker(), {}, host);
    expect(logged(host)).toMatchObject([
      { level: 'INFO', message: 'said', to: 'you', service: 'test/talks', function_request_id: lambdaContext.awsRequestId },
    ]);
  });

  test('lent to another host works and writes there', async () => {
    const hosts = [testRuntimeHost({ TABLE_NAME: 'one' }), testRuntimeHost({ TABLE_NAME: 'other' })];
    const handler = onAws(
      defineHandler({
        name: 'test/moves',
        needs: { needed },
        input: z.unknown(),
        output: z.string(),
        run: async (_, { needed: table, log }) => {
          log.info(table);
          return table;
        },
      }),
    );
    expect(await Promise.all(hosts.map((host) => invoke(handler, {}, host)))).toEqual(['one', 'other']);
    expect(hosts.map((host) => logged(host).map(({ message }) => message))).toEqual([['one'], ['other']]);
  });

  test('says more when the environment asks for it', async () => {
    const host = testRuntimeHost({ POWERTOOLS_LOG_LEVEL: 'DEBUG' });
    await invoke(talker(), {}, host);
    expect(logged(host).map(({ message }) => message)).toEqual(['said', 'whispered']);
  });
});
