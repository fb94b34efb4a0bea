import { expect, test } from 'vitest';
import type { DeleteMarker } from '../../../../apps/local-cloud/s3/model.ts';
import { compareKeys, ObjectIndex } from '../../../../apps/local-cloud/s3/object-index.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const version = (key: string, versionId = 'null'): DeleteMarker => ({ kind: 'marker', key, versionId, at: 0 as EpochMs });

test('keeps keys in UTF-8 order through puts and drops, before and after the first listing', () => {
  const rng = seededRng(7);
  const alphabet = ['a', 'b', '/', 'é', '\ue000', '\uffff', '😀', '\ud7ff'];
  const randomKey = (): string =>
    Array.from({ length: 1 + Math.floor(rng.uniform() * 4) }, () => alphabet[Math.floor(rng.uniform() * alphabet.length)]).join('');
  const index = new ObjectIndex();
  const present = new Set<string>();
  for (let step = 0; step < 2000; step++) {
    const key = randomKey();
    if (rng.uniform() < 0.6) {
      index.put(version(key));
      present.add(key);
    } else {
      index.drop(key, 'null');
      present.delete(key);
    }
    if (step % 100 === 0) index.sortedKeys();
  }
  expect(index.sortedKeys()).toEqual([...present].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
});

test('orders keys as their UTF-8 bytes do', () => {
  for (const [a, b] of [
    ['\uffff', '😀'],
    ['a', 'aa'],
    ['', 'a'],
    ['z', 'é'],
    ['x', 'x'],
  ] as const) {
    expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }
});

test('gives the latest version, and the one before when that is dropped', () => {
  const index = new ObjectIndex();
  index.put(version('k', '1'));
  index.put(version('k', '2'));
  expect(index.latest('k')?.versionId).toBe('2');
  index.drop('k', '2');
  expect(index.latest('k')?.versionId).toBe('1');
  index.drop('k', '1');
  expect([index.latest('k'), index.size]).toEqual([undefined, 0]);
});
