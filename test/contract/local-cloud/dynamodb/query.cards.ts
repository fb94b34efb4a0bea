/** Cards about queries and scans: order, ranges, filters, indexes and pages. */
import { expect } from 'vitest';
import { type Card, type CardTools, expectInvalid, number, sortKeys, text } from './cards.ts';
import type { Output } from './support.ts';

const KEYS = ['apple', 'banana', 'band', 'bandit', 'cherry', 'date'];

/** Fills the card's partition; `rank` runs against the order of the sort keys. */
async function fill({ put, pk }: CardTools): Promise<void> {
  for (const [index, sk] of KEYS.entries()) {
    await put({
      sk: text(sk),
      rank: number(KEYS.length - index),
      group: text(`${pk.S}-group`),
      note: text(`note ${index}`),
      even: { BOOL: index % 2 === 0 },
    });
  }
}

const queryOf =
  ({ send, pk }: CardTools) =>
  (condition: string, values: object = {}, more: object = {}): Promise<Output> =>
    send('Query', {
      TableName: 'cards',
      KeyConditionExpression: condition === '' ? 'pk = :pk' : `pk = :pk AND ${condition}`,
      ExpressionAttributeValues: { ':pk': pk, ...values },
      ...more,
    });

async function pages(next: (start: object) => Promise<Output>): Promise<Output[]> {
  const found: Output[] = [];
  let start: object = {};
  for (;;) {
    const page = await next(start);
    found.push(page);
    if (page.LastEvaluatedKey === undefined) return found;
    start = { ExclusiveStartKey: page.LastEvaluatedKey };
  }
}

export const queryCards: readonly Card[] = [
  {
    id: 'DDB-50',
    title: 'queries a partition in sort-key order, forwards and backwards',
    run: async (card) => {
      await fill(card);
      const query = queryOf(card);
      const forwards = await query('');
      expect(sortKeys(forwards)).toEqual(KEYS);
      expect([forwards.Count, forwards.ScannedCount, forwards.LastEvaluatedKey]).toEqual([6, 6, undefined]);
      expect(sortKeys(await query('', {}, { ScanIndexForward: false }))).toEqual([...KEYS].reverse());
    },
  },
  {
    id: 'DDB-51',
    title: 'narrows a query to a range of sort keys',
    run: async (card) => {
      await fill(card);
      const query = queryOf(card);
      const a = { ':a': text('band') };
      const ab = { ...a, ':b': text('cherry') };
      expect(sortKeys(await query('sk = :a', a))).toEqual(['band']);
      expect(sortKeys(await query('sk < :a', a))).toEqual(['apple', 'banana']);
      expect(sortKeys(await query('sk <= :a', a))).toEqual(['apple', 'banana', 'band']);
      expect(sortKeys(await query('sk > :a', a))).toEqual(['bandit', 'cherry', 'date']);
      expect(sortKeys(await query(':a <= sk', a))).toEqual(['band', 'bandit', 'cherry', 'date']);
      expect(sortKeys(await query('sk BETWEEN :a AND :b', ab))).toEqual(['band', 'bandit', 'cherry']);
      expect(sortKeys(await query('begins_with(sk, :a)', a))).toEqual(['band', 'bandit']);
      expect(sortKeys(await query('begins_with(sk, :a)', a, { ScanIndexForward: false }))).toEqual(['bandit', 'band']);
      expect(sortKeys(await query('sk > :a', a, { ScanIndexForward: false }))).toEqual(['date', 'cherry', 'bandit']);
    },
  },
  {
    id: 'DDB-52',
    title: 'orders numbers by value',
    run: async ({ send, pk }) => {
      const given = ['10', '9', '-1', '-10', '0', '1e10', '0.001', '-0.5', '100', '-1.5', '2', '1e-20', '-1e10'];
      for (const n of given) await send('PutItem', { TableName: 'numbers', Item: { pk, n: number(n) } });
      const request = { TableName: 'numbers', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
      const { Items } = (await send('Query', request)) as { Items?: { n: { N: string } }[] };
      expect(Items?.map((item) => Number(item.n.N))).toEqual(given.map(Number).sort((left, right) => left - right));
    },
  },
  {
    id: 'DDB-53',
    title: 'orders text and bytes bytewise',
    run: async ({ send, put, pk }) => {
      const texts = ['a', 'B', 'ä', 'z', 'aa', '~', '€', '0'];
      for (const sk of texts) await put({ sk: text(sk) });
      const byBytes = [...texts].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
      const query = { TableName: 'cards', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
      expect(sortKeys(await send('Query', query))).toEqual(byBytes);
      const bytes = [[1], [0, 255], [255], [128, 1], [128], [1, 0]];
      for (const b of bytes) await send('PutItem', { TableName: 'bytes', Item: { pk: number(53), b: { B: new Uint8Array(b) } } });
      const request = { TableName: 'bytes', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': number(53) } };
      const { Items } = (await send('Query', request)) as { Items?: { b: { B: Uint8Array } }[] };
      expect(Items?.map((item) => [...item.b.B])).toEqual([[0, 255], [1], [1, 0], [128], [128, 1], [255]]);
    },
  },
  {
    id: 'DDB-54',
    title: 'ends a page at its limit and goes on behind the last key, in both directions',
    run: async (card) => {
      await fill(card);
      const query = queryOf(card);
      for (const ScanIndexForward of [true, false]) {
        const found = await pages((start) => query('', {}, { Limit: 2, ScanIndexForward, ...start }));
        // The last full page cannot know that nothing follows.
        expect(found.map(sortKeys)).toEqual([...chunks(ScanIndexForward ? KEYS : [...KEYS].reverse(), 2), []]);
        expect(found[0]?.LastEvaluatedKey).toEqual({ pk: card.pk, sk: text(ScanIndexForward ? 'banana' : 'cherry') });
      }
    },
  },
  {
    id: 'DDB-55',
    title: 'filters after the limit, and counts what it scanned',
    run: async (card) => {
      await fill(card);
      const query = queryOf(card);
      const even = { FilterExpression: 'even = :yes', Limit: 3 };
      const first = await query('', { ':yes': { BOOL: true } }, even);
      expect([sortKeys(first), first.Count, first.ScannedCount]).toEqual([['apple', 'band'], 2, 3]);
      const counted = await query('', { ':yes': { BOOL: true } }, { ...even, Limit: undefined, Select: 'COUNT' });
      expect([counted.Items, counted.Count, counted.ScannedCount]).toEqual([undefined, 3, 6]);
    },
  },
  {
    id: 'DDB-56',
    title: 'queries a global index by its own keys, without items that lack them',
    run: async (card) => {
      await fill(card);
      await card.put({ sk: text('outsider'), note: text('no group') });
      const group = { ':g': text(`${card.pk.S}-group`) };
      const request = (condition: string, more = {}, names = {}) => ({
        TableName: 'cards',
        IndexName: 'by-group',
        KeyConditionExpression: `#g = :g${condition}`,
        ExpressionAttributeNames: { '#g': 'group', ...names },
        ExpressionAttributeValues: { ...group, ...more },
      });
      expect(sortKeys(await card.send('Query', request('')))).toEqual([...KEYS].reverse());
      expect(sortKeys(await card.send('Query', request(' AND #r > :four', { ':four': number(4) }, { '#r': 'rank' })))).toEqual([
        'banana',
        'apple',
      ]);
      const found = await pages((start) => card.send('Query', { ...request(''), Limit: 4, ...start }));
      expect(found.map(sortKeys)).toEqual([
        ['date', 'cherry', 'bandit', 'band'],
        ['banana', 'apple'],
      ]);
      expect(found[0]?.LastEvaluatedKey).toEqual({ pk: card.pk, sk: text('band'), group: group[':g'], rank: number(4) });
      await card.update('date', { UpdateExpression: 'REMOVE #g', ExpressionAttributeNames: { '#g': 'group' } });
      await card.update('cherry', {
        UpdateExpression: 'SET #r = :n',
        ExpressionAttributeNames: { '#r': 'rank' },
        ExpressionAttributeValues: { ':n': number(99) },
      });
      expect(sortKeys(await card.send('Query', request('')))).toEqual(['bandit', 'band', 'banana', 'apple', 'cherry']);
    },
  },
  {
    id: 'DDB-57',
    title: 'gives what an index projects, and reaches the table through a local one',
    run: async (card) => {
      await fill(card);
      const query = queryOf(card);
      const { Items } = await query(
        '#r < :two',
        { ':two': number(2) },
        { IndexName: 'by-rank', ExpressionAttributeNames: { '#r': 'rank' } },
      );
      expect(Items).toEqual([{ pk: card.pk, sk: text('date'), rank: number(1) }]);
      const whole = await query(
        '#r < :two',
        { ':two': number(2) },
        {
          IndexName: 'by-rank',
          Select: 'ALL_ATTRIBUTES',
          ExpressionAttributeNames: { '#r': 'rank' },
        },
      );
      expect((whole.Items as { note: object }[])[0]?.note).toEqual(text('note 5'));
      const included = (await card.send('Query', {
        TableName: 'cards',
        IndexName: 'group-only',
        KeyConditionExpression: '#g = :g',
        ExpressionAttributeNames: { '#g': 'group' },
        ExpressionAttributeValues: { ':g': text(`${card.pk.S}-group`) },
      })) as { Items?: { sk: { S: string }; note: object }[] };
      expect(included.Items?.find((item) => item.sk.S === 'apple')).toEqual({
        pk: card.pk,
        sk: text('apple'),
        group: text(`${card.pk.S}-group`),
        note: text('note 0'),
      });
    },
  },
  {
    id: 'DDB-58',
    title: 'refuses queries that are no range of a key',
    run: async ({ pk, fails }) => {
      const attempt = (KeyConditionExpression: string, values: object = {}, more: object = {}) =>
        fails('Query', { KeyConditionExpression, ExpressionAttributeValues: { ':pk': pk, ...values }, ...more });
      const a = { ':a': text('a') };
      expectInvalid(await attempt('sk = :pk'), 'Query condition missed key schema element: pk');
      expectInvalid(await attempt('pk = :pk AND nope = :a', a), 'Query condition missed key schema element: sk');
      expectInvalid(await attempt('pk > :pk'), 'Query key condition not supported');
      expectInvalid(await attempt('pk = :pk OR sk = :a', a), 'Invalid operator used in KeyConditionExpression: OR');
      expectInvalid(await attempt('pk = :pk AND sk <> :a', a), 'Invalid operator used in KeyConditionExpression: <>');
      expectInvalid(await attempt('pk = :pk AND contains(sk, :a)', a), 'Invalid operator used in KeyConditionExpression: contains');
      expectInvalid(
        await attempt('pk = :pk AND sk > :a AND sk < :pk', a),
        'KeyConditionExpressions must only contain one condition per key',
      );
      expectInvalid(
        await attempt('pk = :pk AND sk = :a', { ':a': number(1) }),
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      );
      expectInvalid(
        await attempt('pk = :pk', {}, { FilterExpression: 'sk = :pk' }),
        'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
      );
      expectInvalid(await attempt('pk = :pk', {}, { IndexName: 'nowhere' }), 'The table does not have the specified index: nowhere');
      expectInvalid(
        await attempt('#g = :pk', {}, { IndexName: 'by-group', ExpressionAttributeNames: { '#g': 'group' }, ConsistentRead: true }),
        'Consistent reads are not supported on global secondary indexes',
      );
      expectInvalid(
        await attempt('#g = :pk', {}, { IndexName: 'group-only', ExpressionAttributeNames: { '#g': 'group' }, Select: 'ALL_ATTRIBUTES' }),
        'One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index group-only because its projection type is not ALL',
      );
      expectInvalid(
        await attempt('pk = :pk', {}, { ExclusiveStartKey: { pk: text('elsewhere'), sk: text('a') } }),
        'The provided starting key is outside query boundaries based on provided conditions',
      );
    },
  },
  {
    id: 'DDB-59',
    title: 'ends a page at 1 MB',
    run: async ({ put, send, pk }) => {
      for (let index = 0; index < 7; index++) await put({ sk: text(`${index}`), filler: text('x'.repeat(200_000)) });
      const found = await pages((start) =>
        send('Query', { TableName: 'cards', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk }, ...start }),
      );
      expect(found.map(sortKeys)).toEqual([['0', '1', '2', '3', '4', '5'], ['6']]);
    },
  },
  {
    id: 'DDB-60',
    title: 'scans a table in pages, each item once',
    run: async ({ send, pk }) => {
      const ids = Array.from({ length: 23 }, (_, index) => `${pk.S}-${index}`);
      for (const id of ids) await send('PutItem', { TableName: 'single', Item: { id: text(id) } });
      const request = { TableName: 'single', FilterExpression: 'begins_with(id, :pk)', ExpressionAttributeValues: { ':pk': pk } };
      const found = await pages((start) => send('Scan', { ...request, Limit: 5, ...start }));
      const seen = found.flatMap((page) => (page.Items as { id: { S: string } }[]).map((item) => item.id.S));
      expect(seen.sort()).toEqual([...ids].sort());
      const segments = await Promise.all([0, 1, 2].map((Segment) => send('Scan', { ...request, Segment, TotalSegments: 3 })));
      const parts = segments.flatMap((page) => (page.Items as { id: { S: string } }[]).map((item) => item.id.S));
      expect(parts.sort()).toEqual([...ids].sort());
    },
  },
  {
    id: 'DDB-61',
    title: 'goes on behind a key whose item was deleted meanwhile',
    run: async (card) => {
      await fill(card);
      const query = queryOf(card);
      const first = await query('', {}, { Limit: 2 });
      await card.send('DeleteItem', { TableName: 'cards', Key: { pk: card.pk, sk: text('banana') } });
      const second = await query('', {}, { Limit: 2, ExclusiveStartKey: first.LastEvaluatedKey });
      expect(sortKeys(second)).toEqual(['band', 'bandit']);
    },
  },
];

function chunks<Member>(members: readonly Member[], size: number): Member[][] {
  const found: Member[][] = [];
  for (let at = 0; at < members.length; at += size) found.push(members.slice(at, at + size));
  return found;
}
