import { expect, test } from 'vitest';
import { type CycleStanding, type ListStanding, unfitList } from '../../../../shared/domain/ranking/list-in-force.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const at = (text: string): EpochMs => Date.parse(text) as EpochMs;
const cycle: CycleStanding = { session: '2024-12-02', datasetId: 'sim-1', scheduledAt: at('2024-12-02T20:45:00Z'), ageMinutesMax: 90 };
const list: ListStanding = { listId: 'one', session: '2024-12-02', datasetId: 'sim-1', rankedAt: at('2024-12-02T20:30:00Z') };

test('a list of the same session and data set, made within the age allowed, stands', () => {
  expect(unfitList(list, cycle)).toBeUndefined();
  expect(unfitList({ ...list, rankedAt: cycle.scheduledAt }, cycle)).toBeUndefined();
  expect(unfitList({ ...list, rankedAt: at('2024-12-02T19:15:00Z') }, cycle)).toBeUndefined();
});

test.each([
  ['list-too-old', { rankedAt: at('2024-12-02T19:14:59.999Z') }],
  ['list-from-the-future', { rankedAt: at('2024-12-02T20:45:00.001Z') }],
  ['list-of-another-session', { session: '2024-11-29' }],
  ['list-of-another-data-set', { datasetId: 'sim-2' }],
  ['list-too-old', { rankedAt: Number.NaN as EpochMs }],
])('%s', (reason, change) => {
  expect(unfitList({ ...list, ...change }, cycle)).toMatchObject({ kind: 'refused', reason });
});
