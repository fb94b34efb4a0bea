import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KeptMap } from '../../../../apps/local-cloud/events/kept-map.ts';

const somewhere = (): string => join(mkdtempSync(join(tmpdir(), 'ballast-kept-')), 'map.journal');

describe('a kept map', () => {
  test('holds after reopening what was set and not deleted, in order of first setting', () => {
    const path = somewhere();
    const before = new KeptMap<number>(path);
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['a', 4],
    ] as const)
      before.set(key, value);
    before.delete('b');
    before.close();
    const after = new KeptMap<number>(path);
    expect([...after.entries()]).toEqual([
      ['a', 4],
      ['c', 3],
    ]);
    after.close();
  });

  test('rewrites its file once most of it is history, and loses nothing by it', () => {
    const path = somewhere();
    const map = new KeptMap<number>(path);
    for (let count = 0; count < 5000; count++) map.set('only', count);
    map.close();
    expect(statSync(path).size).toBeLessThan(100_000);
    const after = new KeptMap<number>(path);
    expect([...after.entries()]).toEqual([['only', 4999]]);
    after.close();
  });

  test('without a path is a map in memory', () => {
    const map = new KeptMap<number>(undefined);
    map.set('a', 1);
    map.delete('b');
    expect([map.size, map.get('a'), map.has('b')]).toEqual([1, 1, false]);
    map.close();
  });
});
