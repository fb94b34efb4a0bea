/** Contract cards of the state directory: one clear line when it cannot be used. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bootScratch, removeScratch, scratchDirectory } from './scratch-assembly.ts';

afterAll(removeScratch);

test('GTW-18 a path that cannot be a directory is refused in one line', async () => {
  const file = join(scratchDirectory(), 'file');
  writeFileSync(file, '');
  await expect(bootScratch({}, { storageDirectory: join(file, 'state') })).rejects.toMatchObject({
    name: 'ContractViolation',
    message: `cannot keep state in ${join(file, 'state')} (ENOTDIR): give a directory that can be written`,
  });
});

test('GTW-19 damaged data stops the boot before anything runs, naming file and line', async () => {
  const storageDirectory = scratchDirectory();
  mkdirSync(join(storageDirectory, 'lambda'), { recursive: true });
  writeFileSync(join(storageDirectory, 'lambda', 'lambda.journal'), '00000000 {"kind":"settled","id":"x"}\n');
  await expect(bootScratch({}, { storageDirectory })).rejects.toMatchObject({
    name: 'DamagedState',
    message: expect.stringContaining('lambda.journal line 1'),
  });
  writeFileSync(join(storageDirectory, 'lambda', 'lambda.journal'), '');
  await (await bootScratch({}, { storageDirectory })).cloud.close();
});
