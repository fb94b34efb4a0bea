/** The ways of the two research machines; they have no catch, for the same input started again goes on where they ended. */
import { expect } from 'vitest';
import type { TestFund } from '../../support/boot-fund.ts';
import { named } from '../../support/boot-fund.ts';
import { evolutionRequest, runMachine, storePanel, sweepRequest } from '../../support/research/research-requests.ts';
import { pathOf, type Scenario } from '../support/scenario.ts';

const evolved = ['Breed Islands', 'Evolve Island', 'Evolve Island', 'Migrate Islands'];

export const researched: readonly Scenario[] = [
  {
    title: 'sweeps a grid and has one result',
    options: { data: false },
    async run(fund) {
      const end = await runMachine(fund, 'research-sweep', sweepRequest(await storePanel(fund)));
      expect(JSON.parse(end.output!)).toMatchObject({ kind: 'complete', failed: [] });
      expect(pathOf(fund, 'research-sweep').at(-1)).toBe('Sweep Complete');
    },
  },
  {
    title: 'says which chunk of a sweep failed, and succeeds without it',
    options: { data: false },
    async run(fund) {
      const panelId = await storePanel(fund);
      failChunk(fund);
      const end = await runMachine(fund, 'research-sweep', sweepRequest(panelId));
      expect(JSON.parse(end.output!)).toMatchObject({ kind: 'partial', failed: [{ error: expect.stringContaining('Runtime.ExitError') }] });
      expect(pathOf(fund, 'research-sweep').at(-1)).toBe('Sweep Is Partial');
    },
  },
  {
    title: 'refuses a sweep of a strategy that there is not',
    options: { data: false },
    async run(fund) {
      const end = await runMachine(fund, 'research-sweep', { ...sweepRequest(await storePanel(fund)), strategy: 'none' });
      expect(end).toMatchObject({ status: 'FAILED', error: 'strategy-unknown' });
      expect(pathOf(fund, 'research-sweep')).toEqual(['Plan Sweep', 'Sweep Refused']);
    },
  },
  {
    title: 'breeds strategies for two epochs',
    options: { data: false },
    async run(fund) {
      const end = await runMachine(fund, 'evolve-strategies', evolutionRequest(await storePanel(fund)));
      expect(JSON.parse(end.output!)).toMatchObject({ kind: 'finished' });
      const path = pathOf(fund, 'evolve-strategies');
      expect(path).toEqual(['Plan Evolution', ...evolved, ...evolved, 'Finish Evolution', 'Evolution Complete']);
    },
  },
  {
    title: 'refuses to breed on a panel that is not stored',
    options: { data: false },
    async run(fund) {
      const end = await runMachine(fund, 'evolve-strategies', evolutionRequest('0'.repeat(64)));
      expect(end).toMatchObject({ status: 'FAILED', error: 'panel-not-found' });
      expect(pathOf(fund, 'evolve-strategies')).toEqual(['Plan Evolution', 'Evolution Refused']);
    },
  },
];

/** The first chunk to be put lets its function die, and so does each of its tries. */
function failChunk(fund: TestFund): void {
  const put = { service: 's3', operation: 'PutObject', caller: named('research-run-sweep-chunk') } as const;
  const passing = Array.from({ length: 3 }, (_, index) => ({ ...put, nth: index + 1, fault: 'delay' as const, delayMs: 0 }));
  fund.failing(...passing, { ...put, fault: 'crash-before' });
}
