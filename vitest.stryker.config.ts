/** The tests that mutants of domain/risk, domain/execution and of the research engine must fail: fast ones, each with the one input it names. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Property files draw hundreds of inputs a run: too slow to run for each mutant.
    include: ['test/{unit,golden}/domain/{risk,execution,research/engine,research/validation}/**/*.test.ts'],
    // They need market data that a clone does not have, so what they kill would depend on the machine.
    exclude: [
      'test/golden/domain/risk/real-stress.test.ts',
      'test/golden/domain/research/engine/outside-engines.test.ts',
      'test/golden/domain/research/validation/real-factors.test.ts',
    ],
  },
});
