/** What holds for every handler there is; the folder listing is the inventory. */
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { lendHost } from '../../../shared/runtime/host.ts';
import { lambdaContext, testRuntimeHost } from '../runtime/runtime-bench.ts';

const root = join(import.meta.dirname, '../../../functions');
const files = globSync('**/*.lambda.ts', { cwd: root }).sort();

const load = async (file: string) =>
  (await import(join(root, file))) as { handler: (event: unknown, context: unknown) => Promise<unknown> };

test('there are handlers', () => {
  expect(files.length).toBeGreaterThan(10);
});

describe.each(files)('%s', (file) => {
  test('is imported without effect: nothing is read, connected or started', async () => {
    vi.resetModules();
    const fetch = vi.spyOn(globalThis, 'fetch');
    const timers = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setInterval')];
    const { handler } = await load(file);
    expect(handler).toBeTypeOf('function');
    expect(fetch).not.toHaveBeenCalled();
    for (const timer of timers) expect(timer).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  test('says which variable its stack did not grant, naming the rule', async () => {
    const { handler } = await load(file);
    await expect(lendHost(testRuntimeHost(), () => handler({}, lambdaContext))).rejects.toMatchObject({
      name: 'InvariantViolation',
      message: expect.stringMatching(/^the environment holds [A-Z_]+: /),
    });
  });

  test('refuses an event that is nothing it knows, under its own name', async () => {
    const { handler } = await load(file);
    const everything = new Proxy({}, { get: () => 'granted' });
    await expect(lendHost(testRuntimeHost(everything), () => handler({ unexpected: true }, lambdaContext))).rejects.toMatchObject({
      name: 'ContractViolation',
      message: expect.stringContaining(`${basename(dirname(file))}/${basename(file, '.lambda.ts')}: the event is outside its schema`),
    });
  });
});
