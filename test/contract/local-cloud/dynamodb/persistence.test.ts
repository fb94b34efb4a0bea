/** Cards about what outlives a process: everything acknowledged, transactions whole, streams and tokens too. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DamagedState, repairJournal } from '../../../../apps/local-cloud/journal.ts';
import type { AwsService } from '../../../../apps/local-cloud/service.ts';
import { number, sortKeys, text } from './cards.ts';
import { PERSISTENT_TABLES, STREAMED_TABLE } from './persistent-tables.ts';
import { BYTES_TABLE, CARDS_TABLE, callOurs, HandClock, openOurs, plain, SINGLE_TABLE } from './support.ts';

const STREAM = 'arn:aws:dynamodb:us-east-1:000000000000:table/single/stream/2026-01-01T00:00:00.000';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ballast-dynamodb-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const reopen = (tables: readonly Readonly<Record<string, unknown>>[] = PERSISTENT_TABLES, clock = new HandClock()) =>
  openOurs(tables, { directory, clock });
const journalOf = (table: string) => join(directory, 'tables', `${table}.jsonl`);
const putCard = (service: AwsService, sk: string, more: object = {}) =>
  callOurs(service, 'PutItem', { TableName: 'cards', Item: { pk: text('p'), sk: text(sk), ...more } });
const cards = (service: AwsService, pk = 'p') =>
  callOurs(service, 'Query', { TableName: 'cards', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': text(pk) } });
const putSingle = (service: AwsService, id: string) => callOurs(service, 'PutItem', { TableName: 'single', Item: { id: text(id) } });
const both = (id: string) => [
  { Put: { TableName: 'cards', Item: { pk: text('p'), sk: text(id) } } },
  { Put: { TableName: 'single', Item: { id: text(id) } } },
];

/** Lets the writer run until it acknowledged enough, kills it, and answers what it had acknowledged by then. */
async function killedWriter(acknowledgements: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === acknowledgements) child.kill('SIGKILL');
  }
  return lines;
}

describe('a killed process', () => {
  test('DDB-130 has lost nothing it acknowledged, and left no transaction half done', { timeout: 60_000 }, async () => {
    const lines = await killedWriter(500);
    const service = reopen();
    const puts = new Set(sortKeys(cards(service, 'put')));
    const fromTransactions = new Set(sortKeys(cards(service, 'transaction')));
    for (const line of lines) {
      const [kind, id] = line.split(' ') as [string, string];
      expect(kind === 'put' ? puts.has(id) : fromTransactions.has(id), line).toBe(true);
    }
    const singles = (callOurs(service, 'Scan', { TableName: 'single' }).Items as { id: { S: string }; n?: { N: string } }[]).map(
      (item) => item,
    );
    const ids = singles.map((item) => item.id.S).filter((id) => id !== 'count');
    expect(ids.sort()).toEqual([...fromTransactions].sort());
    expect(singles.find((item) => item.id.S === 'count')?.n?.N).toBe(String(fromTransactions.size));
    // At most one write of each kind was under way when the process died.
    expect(puts.size + fromTransactions.size - lines.length).toBeLessThanOrEqual(1);
  });
});

describe('a reopened service', () => {
  test('DDB-131 has items, indexes, stream records and tokens as they were', () => {
    const first = reopen();
    putCard(first, 'a', { group: text('g'), rank: number(2), s: { NS: ['1', '2.5'] } });
    putCard(first, 'b', { group: text('g'), rank: number(1) });
    callOurs(first, 'UpdateItem', {
      TableName: 'cards',
      Key: { pk: text('p'), sk: text('a') },
      UpdateExpression: 'SET #r = :r',
      ExpressionAttributeNames: { '#r': 'rank' },
      ExpressionAttributeValues: { ':r': number('0.5') },
    });
    putSingle(first, 'x');
    callOurs(first, 'TransactWriteItems', { TransactItems: both('t'), ClientRequestToken: 'token' });
    callOurs(first, 'DeleteItem', { TableName: 'single', Key: { id: text('x') } });
    const [itemsBefore, recordsBefore] = [cards(first).Items, first.readStream(STREAM, undefined, 10)];
    void first.close();

    const second = reopen();
    expect(cards(second).Items).toEqual(itemsBefore);
    expect(second.readStream(STREAM, undefined, 10)).toEqual(recordsBefore);
    expect(recordsBefore.map((record) => record.eventName)).toEqual(['INSERT', 'INSERT', 'REMOVE']);
    const query = {
      TableName: 'cards',
      IndexName: 'by-group',
      KeyConditionExpression: '#g = :g',
      ExpressionAttributeNames: { '#g': 'group' },
    };
    expect(sortKeys(callOurs(second, 'Query', { ...query, ExpressionAttributeValues: { ':g': text('g') } }))).toEqual(['a', 'b']);
    expect(callOurs(second, 'TransactWriteItems', { TransactItems: both('t'), ClientRequestToken: 'token' })).toEqual({});
    putSingle(second, 'y');
    const [last] = second.readStream(STREAM, recordsBefore.at(-1)!.dynamodb.SequenceNumber, 10);
    expect(last?.dynamodb.Keys).toEqual({ id: text('y') });
  });

  test('DDB-132 replays transactions and single writes in the order they were made', () => {
    const first = reopen();
    callOurs(first, 'TransactWriteItems', { TransactItems: both('a') });
    callOurs(first, 'DeleteItem', { TableName: 'cards', Key: { pk: text('p'), sk: text('a') } });
    putCard(first, 'b', { by: text('put') });
    callOurs(first, 'TransactWriteItems', { TransactItems: both('b') });
    void first.close();
    expect(cards(reopen()).Items).toEqual([{ pk: text('p'), sk: text('b') }]);
  });

  test('DDB-133 has its bytes', () => {
    const Item = { pk: number(1), b: { B: new Uint8Array([0, 255]) }, s: { BS: [new Uint8Array([1]), new Uint8Array([2])] } };
    const first = reopen([BYTES_TABLE]);
    callOurs(first, 'PutItem', { TableName: 'bytes', Item });
    void first.close();
    expect(plain(callOurs(reopen([BYTES_TABLE]), 'Scan', { TableName: 'bytes' }).Items)).toEqual([plain(Item)]);
  });

  test('DDB-134 keeps its journal near the size of what is alive, and loses nothing by it', () => {
    const first = reopen();
    for (let i = 0; i < 12_000; i++) putCard(first, String(i % 10), { n: number(i) });
    callOurs(first, 'TransactWriteItems', { TransactItems: both('t') });
    callOurs(first, 'DeleteItem', { TableName: 'cards', Key: { pk: text('p'), sk: text('t') } });
    for (let i = 0; i < 12_000; i++) putCard(first, String(i % 10), { n: number(i) });
    const before = cards(first).Items;
    void first.close();
    expect(readFileSync(journalOf('cards'), 'utf8').split('\n').length).toBeLessThan(12_000);
    expect(cards(reopen()).Items).toEqual(before);
  });

  test('DDB-135 keeps stream records through a compaction', () => {
    const clock = new HandClock();
    const first = reopen(PERSISTENT_TABLES, clock);
    for (let i = 0; i < 6_000; i++) {
      putSingle(first, 'a');
      callOurs(first, 'DeleteItem', { TableName: 'single', Key: { id: text('a') } });
    }
    clock.advance(25 * 3_600_000);
    for (const id of ['x', 'y', 'z']) putSingle(first, id);
    for (let i = 0; i < 12_000; i++) callOurs(first, 'UpdateItem', { TableName: 'single', Key: { id: text('x') } });
    const before = first.readStream(STREAM, undefined, 100);
    void first.close();
    expect(readFileSync(journalOf('single'), 'utf8').split('\n').length).toBeLessThan(11_000);
    expect(reopen(PERSISTENT_TABLES, clock).readStream(STREAM, undefined, 100)).toEqual(before);
    expect(before.map((record) => record.dynamodb.Keys)).toEqual(['x', 'y', 'z'].map((id) => ({ id: text(id) })));
  });

  test('DDB-136 compacts its transaction log into the tables and forgets old tokens only', () => {
    const clock = new HandClock();
    const first = reopen(PERSISTENT_TABLES, clock);
    for (let i = 0; i < 10_100; i++) {
      callOurs(first, 'TransactWriteItems', { TransactItems: both(String(i % 7)), ClientRequestToken: `t${i}` });
      if (i === 10_050) clock.advance(700_000);
    }
    callOurs(first, 'TransactWriteItems', { TransactItems: both('last'), ClientRequestToken: 'last' });
    for (let i = 0; i < 11_000; i++) callOurs(first, 'TransactWriteItems', { TransactItems: both(String(i % 7)) });
    const before = cards(first).Items;
    void first.close();
    const second = reopen(PERSISTENT_TABLES, clock);
    expect(cards(second).Items).toEqual(before);
    expect(() => callOurs(second, 'TransactWriteItems', { TransactItems: both('other'), ClientRequestToken: 'last' })).toThrow(
      'idempotent token',
    );
    expect(readFileSync(join(directory, 'transactions.jsonl'), 'utf8').split('\n').length).toBeLessThan(11_000);
  });

  test('DDB-137 starts a stream with the boot that declares it', () => {
    const first = reopen([SINGLE_TABLE]);
    putSingle(first, 'a');
    void first.close();
    const second = reopen([STREAMED_TABLE]);
    expect(second.readStream(STREAM, undefined, 10)).toEqual([]);
    putSingle(second, 'b');
    void second.close();
    expect(reopen([STREAMED_TABLE]).readStream(STREAM, undefined, 10)).toHaveLength(1);
  });

  test('DDB-138 refuses other keys for a table it keeps', () => {
    void reopen([SINGLE_TABLE]).close();
    const other = {
      ...SINGLE_TABLE,
      KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'name', AttributeType: 'S' }],
    };
    expect(() => reopen([other])).toThrow('Table single is kept on disk with keys id:S, but is declared with name:S');
  });
});

describe('damage', () => {
  const written = () => {
    const service = reopen();
    putCard(service, 'a');
    putCard(service, 'b');
    callOurs(service, 'TransactWriteItems', { TransactItems: both('t') });
    void service.close();
  };

  test('DDB-139 is refused where a journal ends in half a record; repair keeps the rest', () => {
    written();
    const path = journalOf('cards');
    truncateSync(path, statSync(path).size - 5);
    expect(() => reopen()).toThrow(DamagedState);
    repairJournal(path);
    expect(sortKeys(cards(reopen()))).toEqual(['a', 't']);
  });

  test('DDB-140 is refused where the transaction log ends in half a record', () => {
    written();
    appendFileSync(join(directory, 'transactions.jsonl'), 'half a');
    expect(() => reopen()).toThrow(DamagedState);
  });

  test('DDB-141 is refused where a line is not what was written', () => {
    written();
    writeFileSync(journalOf('cards'), readFileSync(journalOf('cards'), 'utf8').replace('"S":"a"', '"S":"z"'));
    expect(() => reopen()).toThrow(DamagedState);
    expect(readdirSync(join(directory, 'tables')).sort()).toEqual(['cards.jsonl', 'single.jsonl']);
  });
});

test('DDB-142 a table that is not declared keeps its items and transactions for when it is', () => {
  const first = reopen();
  putCard(first, 'a');
  callOurs(first, 'TransactWriteItems', { TransactItems: both('t') });
  void first.close();
  const second = reopen([CARDS_TABLE]);
  putCard(second, 'b');
  void second.close();
  const third = reopen();
  expect(sortKeys(cards(third))).toEqual(['a', 'b', 't']);
  expect(callOurs(third, 'Scan', { TableName: 'single' }).Items).toEqual([{ id: text('t') }]);
});
