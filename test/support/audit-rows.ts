/**
 * An audit trail as its Parquet rows, and what attackers do to it. The hash is made here by node:crypto from the format's own words, not by the
 * code that writes trails: sha256 over "ballast.audit/1", sequence, previous hash, time, trail, part, type and record, a line each.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetFile } from '../../apps/local-cloud/firehose/parquet.ts';
import { recordColumns } from '../../shared/contracts/names/audit-lake.ts';

export interface AuditRow {
  readonly sequence: number;
  readonly previous_hash: string;
  readonly hash: string;
  readonly at: string;
  readonly trail_id: string;
  readonly part: string;
  readonly type: string;
  readonly record: string;
}

export interface Entry {
  readonly at: string;
  readonly trail: string;
  readonly part: string;
  readonly type: string;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface CheckpointRow {
  readonly sequence: number;
  readonly hash: string;
  readonly records: number;
  readonly at: string;
}

export const hashOf = ({ sequence, previous_hash, at, trail_id, part, type, record }: Omit<AuditRow, 'hash'>): string =>
  createHash('sha256').update(['ballast.audit/1', sequence, previous_hash, at, trail_id, part, type, record].join('\n')).digest('hex');

export function chained(entries: readonly Entry[]): AuditRow[] {
  return rehashed(
    entries.map(({ at, trail, part, type, record }, sequence) => ({
      ...{ sequence, previous_hash: '', hash: '', at, trail_id: trail, part, type },
      record: JSON.stringify(record),
    })),
  );
}

/** Every number, link and hash made anew from that place on, as an attacker with the right to write would. */
export function rehashed(rows: readonly AuditRow[], from = 0): AuditRow[] {
  let before = from === 0 ? '0'.repeat(64) : rows[from - 1]!.hash;
  return rows.map((row, sequence) => {
    if (sequence < from) return row;
    const linked = { ...row, sequence, previous_hash: before };
    before = hashOf(linked);
    return { ...linked, hash: before };
  });
}

export const checkpointAt = (rows: readonly AuditRow[], sequence: number): CheckpointRow => ({
  sequence,
  hash: rows[sequence]!.hash,
  records: sequence + 1,
  at: rows[sequence]!.at,
});

/** The folder as the archive bucket has it: records by day, checkpoints by number. */
export async function writeAuditLake(
  directory: string,
  rows: readonly AuditRow[],
  checkpoints: readonly CheckpointRow[] = [],
): Promise<void> {
  for (const [day, ofDay] of Map.groupBy(rows, ({ at }) => at.slice(0, 10))) {
    const folder = join(directory, 'parquet', `dt=${day}`);
    mkdirSync(folder, { recursive: true });
    const cells = ofDay.map((row) => recordColumns.map(({ name, type }) => cell(row[name as keyof AuditRow], type)));
    writeFileSync(join(folder, `${day}.parquet`), await parquetFile(recordColumns, cells));
  }
  mkdirSync(join(directory, 'checkpoints'), { recursive: true });
  for (const one of checkpoints)
    writeFileSync(
      join(directory, 'checkpoints', `${String(one.sequence).padStart(12, '0')}.json`),
      `${JSON.stringify({ format: 'ballast.checkpoint/1', ...one, signature: 'MEQ=' })}\n`,
    );
}

const cell = (value: string | number, type: 'bigint' | 'string') => (type === 'bigint' ? BigInt(value) : String(value));
