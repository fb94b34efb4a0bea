import { expect, test } from 'vitest';
import type { OpportunityEntry } from '../../../shared/contracts/opportunities.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { type GateNeeds, letIn } from '../../../shared/runtime/rank-gate.ts';
import type { NoList } from '../../../shared/stores/opportunities.ts';

const entry: OpportunityEntry = {
  ...{ listId: 'one', session: '2024-12-02', rankedAt: '2024-12-02T20:30:00.000Z', datasetId: 'sim-1' },
  ...{ policyVersion: 1, considered: 60, symbols: ['QBYT'], key: 'opportunities/one.json' },
};
const cycle = { session: '2024-12-02', datasetId: 'sim-1', scheduledAt: Date.UTC(2024, 11, 2, 20, 45) as EpochMs };
const listed = { gate: 'listed', ageMinutesMax: 90 } as const;

function needs(current: OpportunityEntry | NoList): { given: GateNeeds; warned: unknown[] } {
  const warned: unknown[] = [];
  const store = { current: async () => current } as GateNeeds['opportunities'];
  return { given: { opportunities: store, log: { warn: (...said: unknown[]) => void warned.push(said) } }, warned };
}

test('without a gate there is no list, and none is asked for', async () => {
  const { given, warned } = needs(refuse('list-missing'));
  expect(await letIn({ ...listed, gate: 'off' }, cycle, given)).toBeNull();
  expect(warned).toEqual([]);
});

test('the list in force lets in what it names', async () => {
  const { given, warned } = needs(entry);
  expect(await letIn(listed, cycle, given)).toEqual({ listId: 'one', symbols: ['QBYT'] });
  expect(warned).toEqual([]);
});

test.each<[string, OpportunityEntry | Refusal]>([
  ['list-missing', refuse('list-missing')],
  ['list-malformed', refuse('list-malformed', { issues: ['symbols'] })],
  ['list-too-old', { ...entry, rankedAt: '2024-12-02T18:30:00.000Z' }],
  ['list-of-another-session', { ...entry, session: '2024-11-29' }],
  ['list-of-another-data-set', { ...entry, datasetId: 'sim-2' }],
  ['list-from-the-future', { ...entry, rankedAt: '2024-12-02T20:46:00.000Z' }],
])('%s lets nothing in, and says so', async (refusal, current) => {
  const { given, warned } = needs(current as OpportunityEntry | NoList);
  expect(await letIn(listed, cycle, given)).toEqual({ listId: null, symbols: [], refusal });
  expect(warned).toMatchObject([['no-opportunity-list', { reason: refusal }]]);
});
