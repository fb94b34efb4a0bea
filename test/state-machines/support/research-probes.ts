/** What research does, in small pieces that together need every permission it has. */
import { named, type TestFund } from '../../support/boot-fund.ts';
import { evolutionRequest, runMachine, storePanel, sweepRequest } from '../../support/research/research-requests.ts';
import type { Probe } from './probe.ts';

export const researchProbes: readonly Probe[] = [
  {
    what: 'a sweep, and the same again',
    data: false,
    async run(fund) {
      const request = sweepRequest(await storePanel(fund));
      const ends = [await runMachine(fund, 'research-sweep', request), await runMachine(fund, 'research-sweep', request)];
      return ends.every(({ output }) => outcome(output) === 'complete');
    },
  },
  {
    what: 'a sweep of a panel that is not stored',
    data: false,
    expectedTrouble: /panel-not-found/,
    run: async (fund) => (await runMachine(fund, 'research-sweep', sweepRequest('0'.repeat(64)))).error === 'panel-not-found',
  },
  {
    what: 'a sweep of which a chunk fails',
    data: false,
    expectedTrouble: /Runtime.ExitError/,
    async run(fund) {
      const request = sweepRequest(await storePanel(fund));
      killAfterThreePuts(fund);
      return outcome((await runMachine(fund, 'research-sweep', request)).output) === 'partial';
    },
  },
  {
    what: 'an evolution, and the same again',
    data: false,
    async run(fund) {
      const request = evolutionRequest(await storePanel(fund));
      const ends = [await runMachine(fund, 'evolve-strategies', request), await runMachine(fund, 'evolve-strategies', request)];
      return ends.every(({ output }) => outcome(output) === 'finished');
    },
  },
];

const outcome = (output = '{}'): string => (JSON.parse(output) as { kind: string }).kind;

function killAfterThreePuts(fund: TestFund): void {
  const put = { service: 's3', operation: 'PutObject', caller: named('research-run-sweep-chunk') } as const;
  const passing = Array.from({ length: 3 }, (_, index) => ({ ...put, nth: index + 1, fault: 'delay' as const, delayMs: 0 }));
  fund.failing(...passing, { ...put, fault: 'crash-before' });
}
