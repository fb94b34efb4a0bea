/**
 * The named query that verifies the chain, on DuckDB, against the six attacks: each by an attacker who only touches the rows, and by one
 * who makes every later hash again, whom a checkpoint gives away.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { openAuditLake } from '../../../apps/cli/audit-lake/audit-lake.ts';
import { readAuditQueries } from '../../../shared/contracts/names/audit-queries.ts';
import { type AuditRow, type CheckpointRow, chained, checkpointAt, hashOf, rehashed, writeAuditLake } from '../../support/audit-rows.ts';

const verifyChain = readAuditQueries().find(({ name }) => name === 'verify-chain')!.sql;

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

async function verdictOn(rows: readonly AuditRow[], checkpoints: readonly CheckpointRow[] = []): Promise<Record<string, unknown>> {
  const directory = mkdtempSync(join(tmpdir(), 'audit-chain-'));
  directories.push(directory);
  await writeAuditLake(directory, rows, checkpoints);
  using lake = await openAuditLake(directory);
  const { columns, rows: found } = await lake.query(verifyChain);
  expect(found).toHaveLength(1);
  return Object.fromEntries(columns.map((column, index) => [column, found[0]![index]]));
}

const trailOf = (length: number): AuditRow[] =>
  chained(
    Array.from({ length }, (_, index) => ({
      at: new Date(Date.UTC(2024, 10, 27 + Math.floor(index / 6), 20, 45, index)).toISOString(),
      trail: `2024-11-${27 + Math.floor(index / 6)}T15:45`,
      part: 'decisions',
      type: index % 6 === 5 ? 'cycle' : 'decision',
      record: { symbol: `S${index}`, text: 'naïve “quotes” \\ and\ttabs', position_size: index / 7 },
    })),
  );

const trail = trailOf(14);
const marks = [checkpointAt(trail, 5), checkpointAt(trail, 11)];
const broken = (fault: string, at: number) => ({ verdict: 'broken', fault, first_bad_record: at });
const without = (index: number): AuditRow[] => trail.filter((_, place) => place !== index);
const renumbered = (rows: readonly AuditRow[]): AuditRow[] => rows.map((row, sequence) => ({ ...row, sequence }));
const forged = (sequence: number, previous_hash: string): AuditRow => {
  const row = { ...trail[sequence]!, sequence, previous_hash, record: '{"symbol":"FORGED"}' };
  return { ...row, hash: hashOf(row) };
};

describe('a trail nobody touched', () => {
  test('is intact, delivered once or twice', async () => {
    const intact = { verdict: 'intact', fault: null, first_bad_record: null, finding: null, records: 14, checkpoints: 2 };
    expect(await verdictOn(trail, marks)).toMatchObject({ ...intact, last_agreeing_checkpoint: 11 });
    expect(await verdictOn([...trail, ...trail.slice(3, 9)], marks)).toMatchObject(intact);
  });

  test('is intact with nothing in it', async () => {
    expect(await verdictOn([])).toMatchObject({ verdict: 'intact', records: 0, checkpoints: 0, last_agreeing_checkpoint: -1 });
  });
});

describe('an attacker who only touches rows', () => {
  test('mutate: the record is named, with what it is about', async () => {
    const rows = trail.with(4, { ...trail[4]!, record: trail[4]!.record.replace('S4', 'S5') });
    expect(await verdictOn(rows)).toMatchObject({ ...broken('mutate', 4), trail_id: '2024-11-27T15:45', type: 'decision' });
  });

  test('mutate: each column but the number, which moves the record', async () => {
    for (const column of ['previous_hash', 'hash', 'at', 'trail_id', 'part', 'type', 'record'] as const) {
      const rows = trail.with(7, { ...trail[7]!, [column]: trail[7]![column].replace(/.$/, (last) => (last === '0' ? '1' : '0')) });
      expect(await verdictOn(rows), column).toMatchObject(broken('mutate', 7));
    }
  });

  test('drop: the first number that is missing, also when later ones were moved up', async () => {
    expect(await verdictOn(without(6))).toMatchObject(broken('drop', 6));
    expect(await verdictOn(without(0))).toMatchObject(broken('drop', 0));
    expect(await verdictOn(renumbered(without(6)))).toMatchObject({
      ...broken('drop', 6),
      finding: 'what stands here was hashed as record 7: one was taken out and later ones were moved up',
    });
  });

  test('reorder: the first of the two that changed places', async () => {
    const rows = trail.with(3, { ...trail[9]!, sequence: 3 }).with(9, { ...trail[3]!, sequence: 9 });
    expect(await verdictOn(rows)).toMatchObject({
      ...broken('reorder', 3),
      finding: 'what stands here was hashed as record 9, and record 9 as this one',
    });
  });

  test('drop-tail: the first record behind the end that a checkpoint saw', async () => {
    expect(await verdictOn(trail.slice(0, 9), marks)).toMatchObject(broken('drop-tail', 9));
    expect(await verdictOn([], marks)).toMatchObject(broken('drop-tail', 0));
  });

  test('fork: two histories from one record, and a tail that continues another', async () => {
    expect(await verdictOn([...trail, forged(8, trail[7]!.hash)])).toMatchObject(broken('fork', 8));
    const other = rehashed([...trail.slice(0, 5), forged(5, trail[4]!.hash), ...trail.slice(6)], 5);
    expect(await verdictOn([...trail.slice(0, 10), ...other.slice(10)])).toMatchObject(broken('fork', 10));
  });

  test('insert: the record that was put in, with later ones moved down or beside the one whose number it took', async () => {
    const put = [...trail.slice(0, 6), forged(6, trail[5]!.hash), ...trail.slice(6)];
    expect(await verdictOn(renumbered(put))).toMatchObject(broken('insert', 6));
    const rough = put.with(6, { ...put[6]!, hash: 'f'.repeat(64) });
    expect(await verdictOn(renumbered(rough))).toMatchObject(broken('insert', 6));
    expect(await verdictOn([...trail, forged(6, 'e'.repeat(64))])).toMatchObject(broken('insert', 6));
  });
});

describe('an attacker who makes every later hash again', () => {
  const attacks: readonly (readonly [string, readonly AuditRow[]])[] = [
    ['mutate', rehashed(trail.with(7, { ...trail[7]!, record: '{}' }), 7)],
    ['drop', rehashed(without(7), 7)],
    ['reorder', rehashed(trail.with(7, trail[9]!).with(9, trail[7]!), 7)],
    ['fork', rehashed([...trail.slice(0, 7), forged(7, trail[6]!.hash), ...trail.slice(8)], 7)],
    ['insert', rehashed([...trail.slice(0, 7), forged(7, trail[6]!.hash), ...trail.slice(7)], 7)],
  ];

  test.each(attacks)('%s: leaves a chain that holds, and the next checkpoint says what was rewritten', async (_attack, rows) => {
    expect(await verdictOn(rows)).toMatchObject({ verdict: 'intact' });
    expect(await verdictOn(rows, marks)).toMatchObject({
      ...broken('fork', 11),
      finding: 'the checkpoint saw another record here: of records 6 to 11, one or more were written again',
      last_agreeing_checkpoint: 5,
    });
  });

  test('drop-tail: a shorter chain that holds is shorter than the last checkpoint', async () => {
    expect(await verdictOn(trail.slice(0, 9))).toMatchObject({ verdict: 'intact' });
    expect(await verdictOn(trail.slice(0, 9), marks)).toMatchObject(broken('drop-tail', 9));
  });

  test('of one record alone: the next one, which a checkpoint vouches for, continues another', async () => {
    const alone = { ...trail[4]!, record: '{}' };
    const rows = trail.with(4, { ...alone, hash: hashOf(alone) });
    expect(await verdictOn(rows, marks)).toMatchObject(broken('mutate', 4));
    expect(await verdictOn(rows)).toMatchObject(broken('fork', 5));
  });
});

test('any column of any record of any trail, changed in one character, is found at that record', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 25 }), fc.nat(), fc.nat(), fc.nat(), async (length, place, column, letter) => {
      const rows = trailOf(length);
      const at = place % length;
      const name = (['previous_hash', 'hash', 'at', 'trail_id', 'part', 'type', 'record'] as const)[column % 7]!;
      const text = rows[at]![name];
      const index = letter % text.length;
      const changed = `${text.slice(0, index)}${text[index] === 'x' ? 'y' : 'x'}${text.slice(index + 1)}`;
      const verdict = await verdictOn(rows.with(at, { ...rows[at]!, [name]: changed }));
      expect(verdict).toMatchObject(broken('mutate', at));
    }),
    { numRuns: 15 },
  );
});
