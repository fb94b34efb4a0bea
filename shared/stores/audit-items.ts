/** The two shapes in which an audit record is stored: an item of the table, and a line of the archive. */
import { ArchiveLine } from '../contracts/audit.ts';
import type { StoredRecord } from '../domain/audit/hash-chain.ts';
import { tryParseJson } from '../kernel/json.ts';
import type { Sha256 } from '../kernel/units.ts';
import type { Item, Key } from './table.ts';

export const trailPartition = (trailId: string): string => `cycle#${trailId}`;

export const sequenceText = (sequence: number): string => String(sequence).padStart(12, '0');

const keyOf = ({ trailId, part, sequence }: StoredRecord): Key => ({
  pk: trailPartition(trailId),
  sk: `${part}#${sequenceText(sequence)}`,
});

export const toItem = (record: StoredRecord): Item & Key => ({ ...keyOf(record), ...record });

/** Whether an item of the table, or the image of one, is a record; the chain's head and the list of trails are none. */
export const isRecordItem = (item: Item): boolean => String(item.pk).startsWith('cycle#');

/** As stored, right or wrong: what an attribute lost reads as a text that no hash was made from. */
export function fromItem(item: Item): StoredRecord {
  const text = (name: string): string => (typeof item[name] === 'string' ? item[name] : `(no ${name})`);
  const record: StoredRecord = {
    sequence: typeof item.sequence === 'number' ? item.sequence : Number.NaN,
    previousHash: text('previousHash') as Sha256,
    hash: text('hash') as Sha256,
    at: text('at'),
    trailId: text('trailId'),
    part: text('part'),
    type: text('type'),
    record: text('record'),
  };
  const { pk, sk } = keyOf(record);
  // A record that lies under another's key is not found where it belongs; its hash does not cover that part either.
  return item.pk === pk && item.sk === sk ? record : { ...record, part: `${record.part} under ${String(item.pk)} ${String(item.sk)}` };
}

export const toLine = ({ sequence, previousHash, hash, at, trailId, part, type, record }: StoredRecord): string =>
  JSON.stringify({ sequence, previous_hash: previousHash, hash, at, trail_id: trailId, part, type, record });

/** Undefined for a line that is none. */
export function fromLine(line: string): StoredRecord | undefined {
  const parsed = ArchiveLine.safeParse(tryParseJson(line));
  if (!parsed.success) return undefined;
  const { previous_hash, trail_id, hash, ...rest } = parsed.data;
  return { ...rest, trailId: trail_id, previousHash: previous_hash as Sha256, hash: hash as Sha256 };
}
