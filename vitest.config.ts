/** One vitest project per folder of test/: the folder says what kind of proof it holds. */
import { defineConfig } from 'vitest/config';

/** These boot what `cdk synth` writes. */
const onAssembly: readonly string[] = ['contract', 'state-machines', 'infra', 'simulation', 'docs'];

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
        testTimeout: 60_000,
        hookTimeout: 120_000,
      },
    })),
  },
});
