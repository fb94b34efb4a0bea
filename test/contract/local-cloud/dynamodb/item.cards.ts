/** Cards about writing and reading single items: values, keys, conditions and returned values. */
import { expect } from 'vitest';
import { type Card, expectInvalid, number, text } from './cards.ts';
import { plain } from './support.ts';

export const itemCards: readonly Card[] = [
  {
    id: 'DDB-01',
    title: 'gives back every type of value as it was put',
    run: async ({ put, get, pk }) => {
      const item = {
        sk: text('all'),
        s: text('päö€😀'),
        empty: text(''),
        n: number('-12.5'),
        b: { B: new Uint8Array([0, 255, 7]) },
        yes: { BOOL: true },
        no: { BOOL: false },
        nothing: { NULL: true },
        ss: { SS: ['b', 'a'] },
        ns: { NS: ['1', '2.5'] },
        bs: { BS: [new Uint8Array([1]), new Uint8Array([2, 3])] },
        l: { L: [text('x'), number(1), { L: [] }] },
        m: { M: { deep: { M: { er: { L: [{ BOOL: true }] } } }, none: { M: {} } } },
        constructor: text('a fair name'),
      };
      await put(item);
      expect(await get('all')).toEqual(plain({ pk, ...item }));
    },
  },
  {
    id: 'DDB-02',
    title: 'answers without an item when there is none',
    run: async ({ send, pk }) => {
      expect(await send('GetItem', { TableName: 'cards', Key: { pk, sk: text('none') } })).toEqual({});
    },
  },
  {
    id: 'DDB-03',
    title: 'replaces the whole item on put and returns the old one when asked',
    run: async ({ put, get, pk }) => {
      expect(await put({ sk: text('a'), x: number(1) }, { ReturnValues: 'ALL_OLD' })).toEqual({});
      const { Attributes } = await put({ sk: text('a'), y: number(2) }, { ReturnValues: 'ALL_OLD' });
      expect(plain(Attributes)).toEqual({ pk, sk: text('a'), x: number(1) });
      expect(await get('a')).toEqual({ pk, sk: text('a'), y: number(2) });
    },
  },
  {
    id: 'DDB-04',
    title: 'deletes an item, returns it when asked, and does not mind when there is none',
    run: async ({ put, get, send, pk }) => {
      await put({ sk: text('a'), x: number(1) });
      const { Attributes } = await send('DeleteItem', { TableName: 'cards', Key: { pk, sk: text('a') }, ReturnValues: 'ALL_OLD' });
      expect(Attributes).toEqual({ pk, sk: text('a'), x: number(1) });
      expect(await get('a')).toBeUndefined();
      expect(await send('DeleteItem', { TableName: 'cards', Key: { pk, sk: text('a') }, ReturnValues: 'ALL_OLD' })).toEqual({});
    },
  },
  {
    id: 'DDB-05',
    title: 'writes every number in one way: plain notation, no superfluous zeros',
    run: async ({ put, get }) => {
      const given = [
        '1.50',
        '-0',
        '00012',
        '1e3',
        '1.5E-3',
        '.5',
        '12300000000000000000000000000000000000',
        '0.000',
        '9.9e125',
        '1e-130',
        '-7.00e2',
      ];
      await put({ sk: text('n'), list: { L: given.map(number) } });
      const { list } = (await get('n')) as { list: { L: { N: string }[] } };
      expect(list.L.map(({ N }) => N)).toEqual([
        '1.5',
        '0',
        '12',
        '1000',
        '0.0015',
        '0.5',
        '12300000000000000000000000000000000000',
        '0',
        `99${'0'.repeat(124)}`,
        `0.${'0'.repeat(129)}1`,
        '-700',
      ]);
    },
  },
  {
    id: 'DDB-06',
    title: 'refuses numbers that are none, too long, too great or too small',
    run: async ({ pk, fails }) => {
      const attempt = (value: string) => fails('PutItem', { Item: { pk, sk: text('n'), n: number(value) } });
      expectInvalid(await attempt('12a'), 'The parameter cannot be converted to a numeric value: 12a');
      expectInvalid(await attempt(''), 'The parameter cannot be converted to a numeric value');
      expectInvalid(await attempt('1'.repeat(39)), 'Attempting to store more than 38 significant digits in a Number');
      expectInvalid(await attempt('1e126'), 'Number overflow. Attempting to store a number with magnitude larger than supported range');
      expectInvalid(await attempt('1e-131'), 'Number underflow. Attempting to store a number with magnitude smaller than supported range');
    },
  },
  {
    id: 'DDB-07',
    title: 'refuses values that are no values',
    run: async ({ pk, fails }) => {
      const attempt = (value: object) => fails('PutItem', { Item: { pk, sk: text('v'), v: value } });
      expectInvalid(await attempt({ SS: [] }), 'One or more parameter values were invalid: An string set  may not be empty');
      expectInvalid(await attempt({ NS: [] }), 'One or more parameter values were invalid: An number set  may not be empty');
      expectInvalid(await attempt({ BS: [] }), 'One or more parameter values were invalid: Binary sets should not be empty');
      expectInvalid(
        await attempt({ SS: ['a', 'a'] }),
        'One or more parameter values were invalid: Input collection [a, a] contains duplicates.',
      );
      expectInvalid(await attempt({ NS: ['1', '1.0'] }), 'Input collection contains duplicates');
    },
  },
  {
    id: 'DDB-08',
    title: 'refuses keys that do not fit the schema',
    run: async ({ pk, fails }) => {
      const noMatch = 'The provided key element does not match the schema';
      expectInvalid(await fails('GetItem', { Key: { pk } }), noMatch);
      expectInvalid(await fails('GetItem', { Key: { pk, sk: number(1) } }), noMatch);
      expectInvalid(await fails('GetItem', { Key: { pk, sk: text('a'), more: text('b') } }), noMatch);
      expectInvalid(await fails('DeleteItem', { Key: { pk, other: text('a') } }), noMatch);
      expectInvalid(await fails('PutItem', { Item: { pk } }), 'One or more parameter values were invalid: Missing the key sk in the item');
      expectInvalid(
        await fails('PutItem', { Item: { pk, sk: number(1) } }),
        'One or more parameter values were invalid: Type mismatch for key sk expected: S actual: N',
      );
      expectInvalid(
        await fails('PutItem', { Item: { pk, sk: text('a'), rank: text('high') } }),
        /^One or more parameter values were invalid: Type mismatch for Index Key rank Expected: N Actual: S IndexName: by-/,
      );
    },
  },
  {
    id: 'DDB-09',
    title: 'refuses empty and over-long keys',
    run: async ({ pk, fails }) => {
      expectInvalid(
        await fails('PutItem', { Item: { pk, sk: text('') } }),
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: sk',
      );
      expectInvalid(await fails('GetItem', { Key: { pk, sk: text('') } }), /cannot contain an empty string value. Key: sk$/);
      expectInvalid(
        await fails('PutItem', { Item: { pk, sk: text('x'.repeat(1025)) } }),
        'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
      );
      expectInvalid(
        await fails('PutItem', { Item: { pk: text('x'.repeat(2049)), sk: text('a') } }),
        'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
      );
    },
  },
  {
    id: 'DDB-10',
    title: 'holds items of up to 400 KB and refuses greater ones',
    run: async ({ put, pk, fails, update }) => {
      // 409,600 bytes less the names and values of the two keys and the name of the filler.
      const room = 409_600 - 2 - 6 - 2 - 3 - 1;
      await put({ sk: text('big'), f: text('x'.repeat(room)) });
      expectInvalid(
        await fails('PutItem', { Item: { pk, sk: text('big'), f: text('x'.repeat(room + 1)) } }),
        'Item size has exceeded the maximum allowed size',
      );
      const grown = update('big', { UpdateExpression: 'SET g = :g', ExpressionAttributeValues: { ':g': text('more') } });
      await expect(grown).rejects.toThrow('Item size to update has exceeded the maximum allowed size');
    },
  },
  {
    id: 'DDB-11',
    title: 'puts under a condition: once only',
    run: async ({ put, pk, fails, get }) => {
      const once = { ConditionExpression: 'attribute_not_exists(pk)' };
      await put({ sk: text('lock'), owner: text('first') }, once);
      const refused = await fails('PutItem', { Item: { pk, sk: text('lock'), owner: text('second') }, ...once });
      expect(refused).toEqual({ name: 'ConditionalCheckFailedException', message: 'The conditional request failed' });
      expect(await get('lock')).toEqual({ pk, sk: text('lock'), owner: text('first') });
    },
  },
  {
    id: 'DDB-12',
    title: 'deletes under a condition',
    run: async ({ put, send, pk, fails, get }) => {
      await put({ sk: text('a'), version: number(3) });
      const under = (version: number) => ({
        Key: { pk, sk: text('a') },
        ConditionExpression: 'version = :v',
        ExpressionAttributeValues: { ':v': number(version) },
      });
      expect((await fails('DeleteItem', under(2))).name).toBe('ConditionalCheckFailedException');
      expect(await get('a')).toBeDefined();
      await send('DeleteItem', { TableName: 'cards', ...under(3) });
      expect(await get('a')).toBeUndefined();
    },
  },
  {
    id: 'DDB-13',
    title: 'projects paths out of documents and keeps their place',
    run: async ({ put, get }) => {
      await put({
        sk: text('doc'),
        a: { M: { b: { M: { c: number(1), d: number(2) } }, e: number(3) } },
        l: { L: [text('zero'), { M: { x: number(1), y: number(2) } }, text('two')] },
        name: text('reserved'),
      });
      const projected = await get('doc', {
        ProjectionExpression: 'a.b.c, l[2], l[1].y, #n, absent, a.nothing',
        ExpressionAttributeNames: { '#n': 'name' },
      });
      expect(projected).toEqual({
        a: { M: { b: { M: { c: number(1) } } } },
        l: { L: [{ M: { y: number(2) } }, text('two')] },
        name: text('reserved'),
      });
    },
  },
  {
    id: 'DDB-14',
    title: 'refuses projections that overlap, are reserved, or name nothing',
    run: async ({ pk, fails }) => {
      const attempt = (ProjectionExpression: string, more = {}) =>
        fails('GetItem', { Key: { pk, sk: text('a') }, ProjectionExpression, ...more });
      expectInvalid(
        await attempt('a.b, a'),
        'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]',
      );
      expectInvalid(
        await attempt('a.b, a[1]'),
        'Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]',
      );
      expectInvalid(
        await attempt('x, state'),
        'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: state',
      );
      expectInvalid(
        await attempt('#n'),
        'Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; attribute name: #n',
      );
      expectInvalid(
        await attempt('a', { ExpressionAttributeNames: { '#n': 'b' } }),
        'Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}',
      );
      expectInvalid(await attempt(''), 'Invalid ProjectionExpression: The expression can not be empty;');
      expectInvalid(await attempt('a,'), /^Invalid ProjectionExpression: Syntax error; /);
      expectInvalid(await attempt('pk.x'), /^Key attributes must be scalars; .*Key: pk$/);
    },
  },
  {
    id: 'DDB-15',
    title: 'tells the capacity a call consumed',
    run: async ({ put, send, pk }) => {
      const units = (output: { ConsumedCapacity?: unknown }) => (output.ConsumedCapacity as { CapacityUnits: number }).CapacityUnits;
      await send('PutItem', { TableName: 'single', Item: { id: pk, filler: text('x'.repeat(4500)) } });
      const key = { TableName: 'single', Key: { id: pk }, ReturnConsumedCapacity: 'TOTAL' };
      expect(units(await send('GetItem', key))).toBe(1);
      expect(units(await send('GetItem', { ...key, ConsistentRead: true }))).toBe(2);
      expect(units(await send('GetItem', { ...key, Key: { id: text('nobody') } }))).toBe(0.5);
      expect(units(await send('DeleteItem', key))).toBe(5);
      expect(units(await put({ sk: text('a') }, { ReturnConsumedCapacity: 'TOTAL' }))).toBe(1);
    },
  },
  {
    id: 'DDB-16',
    title: 'reads and writes batches, unordered and without conditions',
    run: async ({ send, pk, fails }) => {
      const put = (sk: string) => ({ PutRequest: { Item: { pk, sk: text(sk), x: number(1) } } });
      const written = await send('BatchWriteItem', { RequestItems: { cards: [put('a'), put('b'), put('c')] } });
      expect(written).toEqual({ UnprocessedItems: {} });
      await send('BatchWriteItem', { RequestItems: { cards: [{ DeleteRequest: { Key: { pk, sk: text('b') } } }] } });
      const Keys = ['a', 'b', 'c'].map((sk) => ({ pk, sk: text(sk) }));
      const read = await send('BatchGetItem', { RequestItems: { cards: { Keys, ProjectionExpression: 'sk' } } });
      const { cards } = read.Responses as { cards: { sk: { S: string } }[] };
      expect(cards.map((item) => item.sk.S).sort()).toEqual(['a', 'c']);
      expect(read.UnprocessedKeys).toEqual({});
      const twice = await fails('BatchWriteItem', { TableName: undefined, RequestItems: { cards: [put('a'), put('a')] } });
      expectInvalid(twice, 'Provided list of item keys contains duplicates');
      const readTwice = await fails('BatchGetItem', { TableName: undefined, RequestItems: { cards: { Keys: [Keys[0], Keys[0]] } } });
      expectInvalid(readTwice, 'Provided list of item keys contains duplicates');
      const tooMany = Array.from({ length: 26 }, (_, index) => put(String(index)));
      expect((await fails('BatchWriteItem', { TableName: undefined, RequestItems: { cards: tooMany } })).name).toBe('ValidationException');
    },
  },
  {
    id: 'DDB-17',
    title: 'knows no table that was not created',
    run: async ({ fails, pk }) => {
      const missing = { name: 'ResourceNotFoundException', message: 'Requested resource not found' };
      expect(await fails('GetItem', { TableName: 'nowhere', Key: { pk } })).toEqual(missing);
      expect(await fails('PutItem', { TableName: 'nowhere', Item: { pk } })).toEqual(missing);
      expect(await fails('DescribeTable', { TableName: 'nowhere' })).toEqual({
        name: 'ResourceNotFoundException',
        message: 'Requested resource not found: Table: nowhere not found',
      });
    },
  },
  {
    id: 'DDB-18',
    title: 'keeps binary keys and finds them again',
    run: async ({ send }) => {
      const key = { pk: number('42.0'), b: { B: new Uint8Array([200, 1]) } };
      await send('PutItem', { TableName: 'bytes', Item: { ...key, x: text('y') } });
      const { Item } = await send('GetItem', { TableName: 'bytes', Key: { pk: number('4.2e1'), b: key.b } });
      expect(plain(Item)).toEqual({ pk: number(42), b: { B: 'bytes c801' }, x: text('y') });
    },
  },
];
