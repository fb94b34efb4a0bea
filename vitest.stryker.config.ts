/** The tests that mutants of domain/risk and domain/execution must fail: fast ones, each with the one input it names. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Property files draw hundreds of inputs a run: too slow to run for each mutant.
    include: ['test/{unit,golden}/domain/{risk,execution}/**/*.test.ts'],
    // Needs market data that a clone does not have, so what it kills would depend on the machine.
    exclude: ['test/golden/domain/risk/real-stress.test.ts'],
  },
});
