/**
 * Contract cards of the audit trail, on the local DynamoDB through the real SDK.
 *
 * AUD-01 records are chained within a cycle, across its parts and across cycles, from one genesis
 * AUD-02 the same entries again change nothing; an append that was cut short is continued
 * AUD-03 other entries for what is already written are an InvariantViolation, and change nothing
 * AUD-04 a part of any length is written, in transactions of what DynamoDB takes
 * AUD-05 writers at once never fork the chain, and never write an entry twice
 * AUD-06 what is read back is what was written, to the spelling of its numbers
 * AUD-07 nothing that was written is ever changed: a record or head that somebody changed shows
 * AUD-08 the trail is read from any record on, and as it lies in the table, listed or not
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChainHead, genesisHash } from '../../../shared/domain/audit/hash-chain.ts';
import { verifyChain } from '../../../shared/domain/audit/verify-chain.ts';
import { InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import type { CycleId, EpochMs } from '../../../shared/kernel/units.ts';
import { type AuditEntry, type AuditPart, AuditStore } from '../../../shared/stores/audit.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const monday = 'cycle-2019-06-17T19-45-00Z' as CycleId;
const tuesday = 'cycle-2019-06-18T19-45-00Z' as CycleId;
const decisions = (count: number, final = 'HOLD'): AuditEntry[] =>
  Array.from({ length: count }, (_, i) => ({ type: 'decision', record: { symbol: `S${i}`, final_decision: final } }));
const closing: AuditEntry[] = [{ type: 'cycle', record: { outcome: 'failed' } }];

let tables: LocalTables;
let audit: AuditStore;

beforeEach(async () => {
  tables = await localTables('audit');
  audit = new AuditStore(tables.table('audit'));
});

afterEach(() => tables.close());

const now = Date.UTC(2019, 5, 17, 19, 46) as EpochMs;
const append = (trailId: string, part: AuditPart, entries: readonly AuditEntry[], at = now): Promise<ChainHead> =>
  audit.append({ trailId, part, from: 0, total: entries.length, entries }, at);
const verdict = async () => {
  const head = await audit.head();
  return verifyChain(await audit.chain(), head === null ? [] : [{ ...head, what: 'the head', isSigned: false }]);
};

async function expectIntact(records: number): Promise<void> {
  expect(await verdict()).toMatchObject({ kind: 'intact', records });
}

test('AUD-01 chains parts and cycles into one', async () => {
  expect(await audit.head()).toBeNull();
  await append(monday, 'decisions', decisions(3));
  const mondayHead = await append(monday, 'refused', closing);
  const head = await append(tuesday, 'decisions', decisions(2));

  expect(await audit.head()).toEqual(head);
  expect(head.sequence).toBe(5);
  const all = await audit.all();
  expect(all.map(({ trailId, sequence }) => [trailId, sequence])).toEqual([
    [monday, 0],
    [monday, 1],
    [monday, 2],
    [monday, 3],
    [tuesday, 4],
    [tuesday, 5],
  ]);
  expect(all[0]!.previousHash).toBe(genesisHash);
  expect(all[4]!.previousHash).toBe(mondayHead.hash);
  expect(await audit.recordsOf(tuesday)).toEqual(all.slice(4));
  expect(await audit.cycles()).toEqual([monday, tuesday]);
  await expectIntact(6);
});

test('AUD-02 changes nothing when the same entries come again', async () => {
  const first = await append(monday, 'decisions', decisions(3));
  await append(tuesday, 'decisions', decisions(1));
  const before = await audit.all();
  expect(await append(monday, 'decisions', decisions(3))).toEqual(first);
  expect(await audit.all()).toEqual(before);
});

test('AUD-02 continues an append that was cut short', async () => {
  await append(monday, 'decisions', decisions(200).slice(0, 98));
  await append(monday, 'decisions', decisions(200));
  expect((await audit.recordsOf(monday)).map(({ record }) => record.record.symbol)).toEqual(
    decisions(200).map(({ record }) => record.symbol),
  );
  await expectIntact(200);
});

test.each([
  ['another decision', decisions(3, 'EXECUTE_BUY')],
  ['fewer entries', decisions(2)],
  ['another order', decisions(3).reverse()],
])('AUD-03 refuses %s for what is already written', async (_, entries) => {
  await append(monday, 'decisions', decisions(3));
  const before = await audit.all();
  await expect(append(monday, 'decisions', entries)).rejects.toThrow(InvariantViolation);
  expect(await audit.all()).toEqual(before);
});

test.each([97, 98, 99, 357])('AUD-04 writes %i records in order', async (count) => {
  const before = tables.calls();
  const head = await append(monday, 'decisions', decisions(count));
  expect(tables.calls() - before).toBe(2 + Math.ceil(count / 98));
  expect(head.sequence).toBe(count - 1);
  expect((await audit.recordsOf(monday)).map(({ record }) => record)).toEqual(decisions(count));
  await expectIntact(count);
});

test('AUD-05 does not write entries twice when another delivery of the same cycle was faster', async () => {
  tables.beforeNext('TransactWriteItems', () => append(monday, 'decisions', decisions(3)));
  await append(monday, 'decisions', decisions(3));
  await expectIntact(3);
});

test('AUD-05 does not write entries twice when the other came between reading the records and the head', async () => {
  tables.beforeNext('Query', () => append(tuesday, 'decisions', decisions(2)));
  tables.beforeNext('TransactWriteItems', () => append(monday, 'decisions', decisions(3)));
  await append(monday, 'decisions', decisions(3));
  await expectIntact(5);
});

test('AUD-05 keeps one chain under writers of several cycles at once', async () => {
  const cycles = [monday, tuesday, monday, tuesday] as const;
  await Promise.all(cycles.map((cycleId, i) => append(cycleId, i % 2 === 0 ? 'decisions' : 'refused', decisions(5))));
  await expectIntact(10);
});

test('AUD-05 gives up as a TransientFailure when another is always faster', async () => {
  const faster = (attempt: number): void =>
    tables.beforeNext('TransactWriteItems', async () => {
      await append(`cycle-${attempt}` as CycleId, 'refused', closing);
      faster(attempt + 1);
    });
  faster(1);
  await expect(append(monday, 'decisions', decisions(1))).rejects.toThrow(TransientFailure);
  expect(await audit.recordsOf(monday)).toEqual([]);
  await expectIntact(20);
});

test('AUD-06 reads back what was written, to the spelling of its numbers', async () => {
  const record = {
    tiny: 1e-17,
    third: 1 / 3,
    large: 123_456_789_012_345_680_000,
    none: null,
    nested: [{ deep: -0.1 }],
    text: 'é "quoted" \u2028',
  };
  await append(monday, 'decisions', [{ type: 'decision', record }]);
  expect((await audit.recordsOf(monday))[0]!.record).toEqual({ type: 'decision', record });
  await expectIntact(1);
});

test('AUD-06 keeps the instant of the first writing when the same entries come again later', async () => {
  await append(monday, 'decisions', decisions(2));
  await append(monday, 'decisions', decisions(2), (now + 60_000) as EpochMs);
  expect((await audit.chain()).map(({ at }) => at)).toEqual([new Date(now).toISOString(), new Date(now).toISOString()]);
});

test('AUD-04 takes a part in stretches, in order, each again if need be, and no more of it than was announced', async () => {
  const entries = decisions(5);
  const stretch = (from: number, to: number, total = 5): Promise<ChainHead> =>
    audit.append({ trailId: monday, part: 'decisions', from, total, entries: entries.slice(from, to) }, now);
  await expect(stretch(2, 4)).rejects.toThrow(/appended in order/);
  await stretch(0, 2);
  await stretch(0, 2);
  await stretch(2, 4);
  const head = await stretch(4, 5);
  expect(await stretch(2, 4)).toMatchObject({ sequence: 3 });
  expect(head.sequence).toBe(4);
  await expect(stretch(0, 2, 4)).rejects.toThrow(InvariantViolation);
  await expectIntact(5);
});

test('AUD-04 writes records of the size that DynamoDB takes, whatever they come to together', async () => {
  const large: AuditEntry[] = Array.from({ length: 20 }, (_, index) => ({
    type: 'decision',
    record: { index, text: 'x'.repeat(300_000) },
  }));
  expect((await append(monday, 'decisions', large)).sequence).toBe(19);
  await expectIntact(20);
});

test('AUD-08 gives what came after a record, and, page by page, whatever lies in the table', async () => {
  await append(monday, 'decisions', decisions(3));
  await append(monday, 'failed', closing);
  await append(tuesday, 'decisions', decisions(2));
  expect((await audit.chainAfter(2)).map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
  expect(await audit.chainAfter(5)).toEqual([]);
  const found: number[] = [];
  for await (const page of audit.pages()) found.push(...page.map(({ sequence }) => sequence));
  expect(found.sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test.each<[string, Record<string, unknown>]>([
  ['its instant', { at: '2019-06-17T19:46:00.001Z' }],
  ['the trail it belongs to', { trailId: tuesday }],
  ['its part', { part: 'failed' }],
  ['its type', { type: 'cycle' }],
  ['its place', { sk: 'failed#000000000001' }],
  ['its text, of which nothing is left', { record: 7 }],
])('AUD-07 shows a record of which somebody changed %s', async (_what, change) => {
  await append(monday, 'decisions', decisions(3));
  const [item] = await tables.table('audit').query(`cycle#${monday}`, 'decisions#000000000001');
  await tables.remove('audit', { pk: String(item!.pk), sk: String(item!.sk) });
  await tables.table('audit').put({ ...(item as { pk: string; sk: string }), ...change });
  expect(await verdict()).toMatchObject({ kind: 'broken', fault: 'mutate', sequence: 1 });
});

test('AUD-07 shows a record that was changed in the table', async () => {
  await append(monday, 'decisions', decisions(3));
  const [item] = await tables.table('audit').query(`cycle#${monday}`, 'decisions#000000000001');
  await tables.table('audit').put({ ...(item as { pk: string; sk: string }), record: '{"symbol":"S1","final_decision":"EXECUTE_BUY"}' });
  expect(await verdict()).toMatchObject({ kind: 'broken', fault: 'mutate', sequence: 1, trailId: monday, type: 'decision' });
});

test('AUD-07 shows a record that was taken out of the table', async () => {
  await append(monday, 'decisions', decisions(3));
  await tables.remove('audit', { pk: `cycle#${monday}`, sk: 'decisions#000000000002' });
  expect(await verdict()).toMatchObject({ kind: 'broken', fault: 'drop-tail', sequence: 2 });
});

test('AUD-07 passes an error on that is no contention, and writes nothing', async () => {
  const huge: AuditEntry[] = [{ type: 'decision', record: { text: 'x'.repeat(450_000) } }];
  await expect(append(monday, 'decisions', huge)).rejects.not.toThrow(TransientFailure);
  expect(await audit.all()).toEqual([]);
});
