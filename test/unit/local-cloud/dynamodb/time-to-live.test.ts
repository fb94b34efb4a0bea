/** The queue of what is due to expire. */
import { expect, test } from 'vitest';
import { ExpiryQueue, expiryOf } from '../../../../apps/local-cloud/dynamodb/time-to-live.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const entry = (id: string) => ({ id, expiresAtSeconds: undefined as number | undefined });
const at = (seconds: number): EpochMs => (seconds * 1000) as EpochMs;

test('gives what is due, the longest due first, each once however often it was scheduled', () => {
  const queue = new ExpiryQueue<ReturnType<typeof entry>>();
  const [a, b, c] = [entry('a'), entry('b'), entry('c')];
  queue.schedule(a, 100);
  queue.schedule(b, 50);
  queue.schedule(c, 60);
  queue.schedule(a, 70);
  queue.schedule(a, 40);
  queue.schedule(c, undefined);
  expect(queue.due(at(40)).map(({ id }) => id)).toEqual([]);
  expect(queue.due(at(51)).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(queue.due(at(1_000)).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('reads a time from a number only', () => {
  expect(expiryOf({ t: { N: '12' } }, 't')).toBe(12);
  expect(expiryOf({ t: { S: '12' } }, 't')).toBeUndefined();
  expect(expiryOf({ t: { N: '12' } }, undefined)).toBeUndefined();
  expect(expiryOf({}, 'constructor')).toBeUndefined();
});
