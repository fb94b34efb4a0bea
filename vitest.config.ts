/** One vitest project per folder of test/: the folder says what kind of proof it holds. */
import { defineConfig } from 'vitest/config';

/** These boot what `cdk synth` writes. */
const onAssembly: readonly string[] = ['contract', 'state-machines', 'infra', 'simulation', 'docs'];

/** Pure functions, of which no test swaps a module: their files share a worker's modules, which saves loading them for each. */
const sharingModules: readonly string[] = ['unit', 'golden'];

const folders = ['unit', 'property', 'golden', 'contract', 'state-machines', 'infra', 'simulation', 'arch', 'docs'] as const;

export default defineConfig({
  test: {
    // Left alone, vitest keeps a core for itself: half of a machine with two.
    maxWorkers: '100%',
    projects: folders.map((folder) => ({
      test: {
        name: folder,
        include: [`test/${folder}/**/*.{test,prop}.ts`],
        ...(onAssembly.includes(folder) ? { globalSetup: 'test/support/synthesize.ts' } : {}),
        isolate: !sharingModules.includes(folder),
        testTimeout: 60_000,
        hookTimeout: 120_000,
      },
    })),
  },
});
