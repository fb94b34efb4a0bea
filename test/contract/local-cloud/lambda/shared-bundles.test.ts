/** Clouds of one process that start their functions from bundles already loaded. */
import { afterAll, expect, test } from 'vitest';
import { operator } from '../../../../apps/local-cloud/cloud.ts';
import { bootScratch, removeScratch, type Scratch, scratchFunction, writeAssembly } from '../gateway/scratch-assembly.ts';

afterAll(removeScratch);

/** Counts in module scope, which is what clouds that share bundles must not rely on. */
const COUNTING = `
  let count = 0;
  export const handler = async () => ({ calls: ++count });`;

async function calls({ cloud }: Scratch): Promise<number | string> {
  const { Payload } = (await cloud.call(operator, 'lambda', 'Invoke', { FunctionName: 'f' })) as { Payload: Uint8Array };
  const answer = JSON.parse(Buffer.from(Payload).toString('utf8')) as { calls?: number; errorType?: string };
  return answer.calls ?? answer.errorType!;
}

test('LAM-50 share what a bundle keeps in module scope when they are told to, and nothing otherwise', async () => {
  const assemblyDirectory = writeAssembly({ app: { resources: scratchFunction('f', COUNTING) } });
  const [first, second, apart] = await Promise.all(
    [{ sharesBundles: true }, { sharesBundles: true }, {}].map((options) => bootScratch({}, { assemblyDirectory, ...options })),
  );
  expect([await calls(first!), await calls(second!), await calls(apart!)]).toEqual([1, 2, 1]);
});

test('LAM-51 begin from nothing once an environment of theirs died', async () => {
  const assemblyDirectory = writeAssembly({ app: { resources: scratchFunction('f', COUNTING) } });
  const scratch = await bootScratch({}, { assemblyDirectory, sharesBundles: true });
  expect([await calls(scratch), await calls(scratch)]).toEqual([1, 2]);
  scratch.cloud.faults.replace([{ service: 'lambda', operation: 'Invoke', target: 'f', nth: 1, fault: 'crash-before' }]);
  expect([await calls(scratch), await calls(scratch), await calls(scratch)]).toEqual(['Runtime.ExitError', 1, 2]);
});
