/** One vitest project per folder of test/: the folder says what kind of proof it holds. */
import { defineConfig } from 'vitest/config';

/** These boot what `cdk synth` writes. */
const onAssembly: readonly string[] = ['contract', 'state-machines', 'infra', 'simulation', 'docs'];

/**
 * The files of a folder share a worker's modules: what takes long is done once for many, be it the loading of a module, the compiling of a
 * function's bundle by the engine, or the ingesting of the simulated market. For tests that leave a module as they found it.
 */
const sharingModules: readonly string[] = ['unit', 'property', 'golden', 'contract', 'infra', 'simulation'];

/** They swap modules under those of ours, and so need modules of their own. */
const swappingModules: readonly string[] = ['test/contract/local-cloud/journal.test.ts', 'test/property/look-ahead/planted-leaks.test.ts'];

const folders = ['unit', 'property', 'golden', 'contract', 'state-machines', 'infra', 'simulation', 'arch', 'docs'] as const;

export default defineConfig({
  test: {
    // Left alone, vitest keeps a core for itself: half of a machine with two.
    maxWorkers: '100%',
    projects: [
      ...folders.map((folder) => project(folder, [`test/${folder}/**/*.{test,prop}.ts`], sharingModules.includes(folder))),
      project('alone', swappingModules, false),
    ],
  },
});

function project(name: string, include: readonly string[], sharesModules: boolean) {
  return {
    test: {
      name,
      include: [...include],
      exclude: sharesModules ? [...swappingModules] : [],
      ...(onAssembly.includes(name) ? { globalSetup: 'test/support/synthesize.ts' } : {}),
      isolate: !sharesModules,
      testTimeout: 60_000,
      hookTimeout: 120_000,
    },
  };
}
