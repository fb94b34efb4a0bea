/**
 * Before the tests that boot the local cloud: one synthesis for all workers, instead of one in each of them at once; and a folder for what
 * they write, which is gone after the run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesizedAssembly } from '../../apps/cli/assembly.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly scratchOfRun: string;
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  await synthesizedAssembly('dev');
  const scratch = mkdtempSync(join(tmpdir(), 'ballast-tests-'));
  project.provide('scratchOfRun', scratch);
  return () => rmSync(scratch, { recursive: true, force: true });
}
