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
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { genesisHash, verifyChain } from '../../../shared/domain/audit/hash-chain.ts';
import { InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import type { CycleId } from '../../../shared/kernel/units.ts';
import { type AuditEntry, AuditStore } from '../../../shared/stores/audit.ts';
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

async function expectIntact(records: number): Promise<void> {
  expect(verifyChain(await audit.all(), await audit.head())).toMatchObject({ kind: 'intact', records });
}

test('AUD-01 chains parts and cycles into one', async () => {
  expect(await audit.head()).toBeNull();
  await audit.append(monday, 'decisions', decisions(3));
  const mondayHead = await audit.append(monday, 'refused', closing);
  const head = await audit.append(tuesday, 'decisions', decisions(2));

  expect(await audit.head()).toEqual(head);
  expect(head.sequence).toBe(5);
  const all = await audit.all();
  expect(all.map(({ cycleId, sequence }) => [cycleId, sequence])).toEqual([
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
  const first = await audit.append(monday, 'decisions', decisions(3));
  await audit.append(tuesday, 'decisions', decisions(1));
  const before = await audit.all();
  expect(await audit.append(monday, 'decisions', decisions(3))).toEqual(first);
  expect(await audit.all()).toEqual(before);
});

test('AUD-02 continues an append that was cut short', async () => {
  await audit.append(monday, 'decisions', decisions(200).slice(0, 98));
  await audit.append(monday, 'decisions', decisions(200));
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
  await audit.append(monday, 'decisions', decisions(3));
  const before = await audit.all();
  await expect(audit.append(monday, 'decisions', entries)).rejects.toThrow(InvariantViolation);
  expect(await audit.all()).toEqual(before);
});

test.each([97, 98, 99, 357])('AUD-04 writes %i records in order', async (count) => {
  const before = tables.calls();
  const head = await audit.append(monday, 'decisions', decisions(count));
  expect(tables.calls() - before).toBe(2 + Math.ceil(count / 98));
  expect(head.sequence).toBe(count - 1);
  expect((await audit.recordsOf(monday)).map(({ record }) => record)).toEqual(decisions(count));
  await expectIntact(count);
});

test('AUD-05 does not write entries twice when another delivery of the same cycle was faster', async () => {
  tables.beforeNext('TransactWriteItems', () => audit.append(monday, 'decisions', decisions(3)));
  await audit.append(monday, 'decisions', decisions(3));
  await expectIntact(3);
});

test('AUD-05 does not write entries twice when the other came between reading the records and the head', async () => {
  tables.beforeNext('Query', () => audit.append(tuesday, 'decisions', decisions(2)));
  tables.beforeNext('TransactWriteItems', () => audit.append(monday, 'decisions', decisions(3)));
  await audit.append(monday, 'decisions', decisions(3));
  await expectIntact(5);
});

test('AUD-05 keeps one chain under writers of several cycles at once', async () => {
  const cycles = [monday, tuesday, monday, tuesday] as const;
  await Promise.all(cycles.map((cycleId, i) => audit.append(cycleId, i % 2 === 0 ? 'decisions' : 'refused', decisions(5))));
  await expectIntact(10);
});

test('AUD-05 gives up as a TransientFailure when another is always faster', async () => {
  const faster = (attempt: number): void =>
    tables.beforeNext('TransactWriteItems', async () => {
      await audit.append(`cycle-${attempt}` as CycleId, 'refused', closing);
      faster(attempt + 1);
    });
  faster(1);
  await expect(audit.append(monday, 'decisions', decisions(1))).rejects.toThrow(TransientFailure);
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
  await audit.append(monday, 'decisions', [{ type: 'decision', record }]);
  expect((await audit.recordsOf(monday))[0]!.record).toEqual({ type: 'decision', record });
  await expectIntact(1);
});

test('AUD-07 shows a record that was changed in the table', async () => {
  await audit.append(monday, 'decisions', decisions(3));
  const [item] = await tables.table('audit').query(`cycle#${monday}`, 'decisions#000000000001');
  await tables.table('audit').put({ ...(item as { pk: string; sk: string }), record: '{"symbol":"S1","final_decision":"EXECUTE_BUY"}' });
  expect(verifyChain(await audit.all(), await audit.head())).toMatchObject({ kind: 'broken', fault: 'mutation', at: 1 });
});

test('AUD-07 shows a record that was taken out of the table', async () => {
  await audit.append(monday, 'decisions', decisions(3));
  await tables.remove('audit', { pk: `cycle#${monday}`, sk: 'decisions#000000000002' });
  expect(verifyChain(await audit.all(), await audit.head())).toMatchObject({ kind: 'broken', fault: 'drop-tail' });
});

test('AUD-07 passes an error on that is no contention, and writes nothing', async () => {
  const huge: AuditEntry[] = [{ type: 'decision', record: { text: 'x'.repeat(450_000) } }];
  await expect(audit.append(monday, 'decisions', huge)).rejects.not.toThrow(TransientFailure);
  expect(await audit.all()).toEqual([]);
});
