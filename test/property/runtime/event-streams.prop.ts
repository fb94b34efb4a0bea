/** The question that consumers are asked, asked of folds whose answer is known: it must be seen when order or repeats count. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { disordered, expectOrderFree, type StreamFold } from '../../support/event-streams.ts';

interface Kept {
  readonly values: number[];
}

const events = [1, 2, 3, 4, 5];

const fold = (stateOf: (values: readonly number[]) => unknown): StreamFold<number, Kept> => ({
  open: async () => ({ values: [] }),
  deliver: async ({ values }, event) => void values.push(event),
  stateOf: async ({ values }) => stateOf(values),
});

test('a stream holds every event, some of them again', () => {
  fc.assert(
    fc.property(disordered(events), (stream) => {
      expect([...new Set(stream)].sort()).toEqual(events);
      expect(stream.length).toBeLessThanOrEqual(events.length + Math.ceil((2 * events.length) / 3));
    }),
    { seed: 1 },
  );
});

test('what keeps a set of what it heard passes', async () => {
  await expectOrderFree(
    events,
    fold((values) => [...new Set(values)].sort()),
    { streams: 50 },
  );
});

test.each([
  ['keeps the last word', fold((values) => values.at(-1))],
  ['counts without marks', fold((values) => values.length)],
  ['adds up what comes twice', fold((values) => values.reduce((sum, value) => sum + value, 0))],
  ['remembers what came first', fold((values) => values[0])],
])('what %s is found out', async (_, wrong) => {
  await expect(expectOrderFree(events, wrong, { streams: 50 })).rejects.toThrow('Property failed');
});

test('what cannot bear a delivery is found out', async () => {
  const strict: StreamFold<number, Kept> = {
    ...fold((values) => values.length),
    deliver: async ({ values }, event) => {
      if (values.includes(event)) throw new Error('I had that one');
      values.push(event);
    },
  };
  await expect(expectOrderFree(events, strict, { streams: 50 })).rejects.toThrow('Property failed');
});
