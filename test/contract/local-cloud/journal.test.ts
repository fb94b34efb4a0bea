import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DamagedState, Journal, repairJournal } from '../../../apps/local-cloud/journal.ts';

/** What the next writes do: write at most so many bytes, or fail as a full disk does. */
const disk = vi.hoisted(() => ({ plan: [] as (number | 'full')[], refusesToTruncate: false }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  return {
    ...fs,
    writeSync: (file: number, bytes: Uint8Array, offset: number) => {
      const step = disk.plan.shift();
      if (step === 'full') throw full();
      return fs.writeSync(file, bytes, offset, Math.min(step ?? bytes.length, bytes.length - offset));
    },
    ftruncateSync: (file: number, length: number) => {
      if (disk.refusesToTruncate) throw full();
      fs.ftruncateSync(file, length);
    },
  };
});

interface Entry {
  readonly n: number;
  readonly text?: string;
}

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ballast-journal-'));
  path = join(directory, 'deep', 'things.journal');
});

afterEach(() => {
  disk.plan = [];
  disk.refusesToTruncate = false;
  rmSync(directory, { recursive: true });
});

function replay(): Entry[] {
  const entries: Entry[] = [];
  Journal.open<Entry>(path, (entry) => entries.push(entry)).close();
  return entries;
}

const open = (): Journal<Entry> => Journal.open<Entry>(path, () => {});

function written(...entries: readonly Entry[]): void {
  const journal = open();
  for (const entry of entries) journal.append(entry);
  journal.close();
}

describe('a journal', () => {
  test('replays what was appended, oldest first, over several runs', () => {
    written({ n: 1 }, { n: 2, text: 'é\n"\u2028' });
    written({ n: 3 });
    expect(replay()).toEqual([{ n: 1 }, { n: 2, text: 'é\n"\u2028' }, { n: 3 }]);
  });

  test('writes one line an entry, behind the CRC-32 of its text', () => {
    written({ n: 1 }, { n: 2 });
    const lines = ['{"n":1}', '{"n":2}'].map((text) => `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`);
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
  });

  test('counts what is on disk and what was appended', () => {
    written({ n: 1 }, { n: 2 });
    const journal = open();
    journal.append({ n: 3 }, { n: 4 });
    expect(journal.entries).toBe(4);
    journal.close();
  });

  test('without a path keeps nothing', () => {
    const journal = Journal.open<Entry>(undefined, () => {});
    journal.append({ n: 1 });
    expect(journal.entries).toBe(1);
    journal.rewrite([{ n: 1 }]);
    journal.close();
  });

  test('rewrites itself to what is given and goes on from there', () => {
    written({ n: 1 }, { n: 2 }, { n: 3 });
    const journal = open();
    journal.rewrite([{ n: 3 }]);
    expect(journal.entries).toBe(1);
    journal.append({ n: 4 });
    journal.close();
    expect(replay()).toEqual([{ n: 3 }, { n: 4 }]);
  });

  test('stays as it was when a rewrite does not get through', () => {
    written({ n: 1 }, { n: 2 });
    const journal = open();
    disk.plan = [1000, 'full'];
    expect(() => journal.rewrite([{ n: 1 }, { n: 2 }])).toThrow('ENOSPC');
    journal.append({ n: 3 });
    journal.close();
    expect(replay()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(() => statSync(`${path}.next`)).toThrow('ENOENT');
  });
});

describe('a write that goes through in part', () => {
  test('is carried on when the kernel took less than it was given', () => {
    disk.plan = [3, 1, 4];
    written({ n: 1, text: 'a longer line than that' }, { n: 2 });
    expect(replay()).toEqual([{ n: 1, text: 'a longer line than that' }, { n: 2 }]);
  });

  test.each([0, 5, 20])('leaves nothing of the entry behind when the disk is full after %i bytes', (bytes) => {
    written({ n: 1 });
    const journal = open();
    disk.plan = [bytes, 'full'];
    expect(() => journal.append({ n: 2, text: 'does not fit on the disk any more' })).toThrow('ENOSPC');
    expect(journal.entries).toBe(1);
    journal.append({ n: 3 });
    journal.close();
    expect(replay()).toEqual([{ n: 1 }, { n: 3 }]);
  });

  test('leaves nothing of several entries behind, whole ones among them', () => {
    const journal = open();
    disk.plan = [20, 'full'];
    expect(() => journal.append({ n: 1 }, { n: 2 }, { n: 3 })).toThrow('ENOSPC');
    journal.close();
    expect(replay()).toEqual([]);
  });

  test('refuses every further append when it cannot be taken back', () => {
    written({ n: 1 });
    const journal = open();
    disk.plan = [5, 'full'];
    disk.refusesToTruncate = true;
    expect(() => journal.append({ n: 2 })).toThrow('ENOSPC');
    expect(() => journal.append({ n: 3 })).toThrow(DamagedState);
    expect(() => journal.append({ n: 4 })).toThrow('--repair');
    disk.refusesToTruncate = false;
    expect(repairJournal(path)).toEqual({ droppedBytes: 5 });
    expect(replay()).toEqual([{ n: 1 }]);
  });
});

describe('a damaged journal', () => {
  const message = /^.*things\.journal ends in half a record \(line 2\).*--repair.*--fresh/;

  test.each([1, 8, 9, 15])('is refused when a kill left %i bytes of a line, and repaired without loss', (bytes) => {
    written({ n: 1 });
    const whole = readFileSync(path);
    appendFileSync(path, whole.subarray(0, bytes));
    expect(replay).toThrow(DamagedState);
    expect(replay).toThrow(message);
    expect(readFileSync(path)).toHaveLength(whole.length + bytes);

    expect(repairJournal(path)).toEqual({ droppedBytes: bytes });
    expect(readFileSync(`${path}.torn`)).toEqual(whole.subarray(0, bytes));
    expect(replay()).toEqual([{ n: 1 }]);
  });

  test('that is torn within its only line is empty after repair', () => {
    written({ n: 1 });
    writeFileSync(path, readFileSync(path).subarray(0, 7));
    expect(repairJournal(path)).toEqual({ droppedBytes: 7 });
    expect(replay()).toEqual([]);
  });

  test.each([
    ['a digit', (text: string) => text.replace('"n":2', '"n":7')],
    ['the checksum', (text: string) => text.replace(/^[0-9a-f]{8}(?= \{"n":2\})/m, '00000000')],
    ['an empty line', (text: string) => text.replace('\n', '\n\n')],
    ['two lines run together', (text: string) => text.replace('\n', '')],
    [
      'a byte that is no UTF-8',
      (text: string) => Buffer.concat([Buffer.from(text.slice(0, 30)), Buffer.from([0xff]), Buffer.from(text.slice(30))]),
    ],
  ])('is refused and left alone when %s is not as it was written', (_, spoil) => {
    written({ n: 1 }, { n: 2 }, { n: 3 });
    const spoiled = spoil(readFileSync(path, 'utf8'));
    writeFileSync(path, spoiled);
    expect(replay).toThrow(/line \d+ is not what was written/);
    expect(() => repairJournal(path)).toThrow(DamagedState);
    expect(readFileSync(path)).toEqual(Buffer.from(spoiled));
  });

  test('names its file to the caller', () => {
    written({ n: 1 });
    appendFileSync(path, 'x');
    expect(replay).toThrow(expect.objectContaining({ name: 'DamagedState', path }));
  });

  test('that is whole has nothing to repair', () => {
    written({ n: 1 });
    expect(repairJournal(path)).toEqual({ droppedBytes: 0 });
    expect(() => statSync(`${path}.torn`)).toThrow('ENOENT');
  });
});
