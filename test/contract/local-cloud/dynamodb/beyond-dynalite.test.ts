/** Single-item and query cards that dynalite does not know or gets otherwise than the DynamoDB Developer Guide says. */
import { beforeEach, expect, test } from 'vitest';
import { AwsError, type AwsService } from '../../../../apps/local-cloud/service.ts';
import { number, sortKeys, text } from './cards.ts';
import { CARDS_TABLE, callOurs, openOurs } from './support.ts';

let service: AwsService;
beforeEach(() => {
  service = openOurs([CARDS_TABLE]);
});

const Key = { pk: text('p'), sk: text('a') };
const put = (item: object, more: object = {}) => callOurs(service, 'PutItem', { TableName: 'cards', Item: { ...Key, ...item }, ...more });
const update = (UpdateExpression: string, values?: object, more: object = {}) =>
  callOurs(service, 'UpdateItem', { TableName: 'cards', Key, UpdateExpression, ExpressionAttributeValues: values, ...more });
const get = () => callOurs(service, 'GetItem', { TableName: 'cards', Key }).Item;
const grouped = { IndexName: 'group-only', KeyConditionExpression: '#g = :g', ExpressionAttributeNames: { '#g': 'group' } };
const query = (request: object) => callOurs(service, 'Query', { TableName: 'cards', ...request });

test('DDB-122 shows the item that a condition met, when asked', () => {
  put({ n: number(1) });
  const once = { ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
  try {
    put({ n: number(2) }, once);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(AwsError);
    expect((error as AwsError).members).toEqual({ Item: { ...Key, n: number(1) } });
  }
});

test('DDB-123 removes several list elements by the indexes they had before', () => {
  put({ l: { L: ['a', 'b', 'c', 'd'].map(text) } });
  update('REMOVE l[0], l[2] SET l[3] = :x', { ':x': text('D') });
  expect(get()).toEqual({ ...Key, l: { L: ['b', 'D'].map(text) } });
});

test('DDB-124 reads every right-hand side from the item as it was', () => {
  put({ a: number(1), b: number(2) });
  update('SET a = b, b = a, c = a + b');
  expect(get()).toEqual({ ...Key, a: number(2), b: number(1), c: number(3) });
});

test('DDB-125 refuses sums that do not fit 38 digits', () => {
  put({ n: number('9'.repeat(38)) });
  expect(() => update('SET n = n + :d', { ':d': number('0.1') })).toThrow(
    'Attempting to store more than 38 significant digits in a Number',
  );
  expect(() => update('ADD n :d', { ':d': number('9.9e125') })).toThrow('Attempting to store more than 38 significant digits');
});

test('DDB-126 orders text by UTF-8 bytes, also where UTF-16 differs', () => {
  const keys = ['z', '\uffee', '😀', '\ue000', 'é'];
  for (const sk of keys) callOurs(service, 'PutItem', { TableName: 'cards', Item: { pk: text('p'), sk: text(sk) } });
  const byBytes = [...keys].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  expect(sortKeys(query({ KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': text('p') } }))).toEqual(byBytes);
});

test('DDB-127 refuses to read through a global index what it does not hold', () => {
  const request = { ...grouped, ExpressionAttributeValues: { ':g': text('g') }, ProjectionExpression: 'note, elsewhere' };
  expect(() => query(request)).toThrow('Global secondary index group-only does not project [elsewhere]');
});

test('DDB-128 refuses selections that contradict the request', () => {
  const byKey = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': text('p') } };
  expect(() => query({ ...byKey, Select: 'ALL_PROJECTED_ATTRIBUTES' })).toThrow(
    'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
  );
  expect(() => query({ ...byKey, Select: 'COUNT', ProjectionExpression: 'a' })).toThrow('Cannot specify the ProjectionExpression');
  expect(() => query({ ...byKey, Select: 'EVERYTHING' })).toThrow('Member must satisfy enum value set');
});

test('DDB-129 charges an index for what it writes and reads', () => {
  const indexes = { ReturnConsumedCapacity: 'INDEXES' };
  expect(put({ group: text('g'), note: text('n') }, indexes).ConsumedCapacity).toEqual({
    TableName: 'cards',
    CapacityUnits: 2,
    Table: { CapacityUnits: 1 },
    GlobalSecondaryIndexes: { 'group-only': { CapacityUnits: 1 } },
  });
  const unprojected = update('SET x = :x', { ':x': number(1) }, indexes);
  expect(unprojected.ConsumedCapacity).toEqual({ TableName: 'cards', CapacityUnits: 1, Table: { CapacityUnits: 1 } });
  const moved = update('SET #g = :g', { ':g': text('h') }, { ...indexes, ExpressionAttributeNames: { '#g': 'group' } });
  expect(moved.ConsumedCapacity).toMatchObject({ CapacityUnits: 3, GlobalSecondaryIndexes: { 'group-only': { CapacityUnits: 2 } } });
  const read = query({ ...grouped, ExpressionAttributeValues: { ':g': text('h') }, ...indexes });
  expect(read.ConsumedCapacity).toMatchObject({ CapacityUnits: 0.5, GlobalSecondaryIndexes: { 'group-only': { CapacityUnits: 0.5 } } });
});

test('DDB-143 refuses operators on types that have no order', () => {
  expect(() => put({}, { ConditionExpression: 'a < :b', ExpressionAttributeValues: { ':b': { BOOL: true } } })).toThrow(
    'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL',
  );
});

test('DDB-144 takes attribute names that objects have by themselves', () => {
  const item = JSON.parse('{"__proto__":{"S":"x"},"toString":{"M":{"__proto__":{"N":"1"}}}}') as object;
  const Item = Object.assign(Object.create(null) as object, JSON.parse('{}'));
  for (const [name, value] of [...Object.entries(Key), ...Object.entries(item)]) {
    Object.defineProperty(Item, name, { value, enumerable: true });
  }
  callOurs(service, 'PutItem', { TableName: 'cards', Item });
  const stored = get() as object;
  expect(Object.keys(stored).sort()).toEqual(['__proto__', 'pk', 'sk', 'toString']);
  const names = { ExpressionAttributeNames: { '#p': '__proto__', '#v': 'valueOf' } };
  update('SET #p = :y', { ':y': text('y') }, { ...names, ConditionExpression: 'attribute_exists(#p) AND attribute_not_exists(#v)' });
  expect(JSON.stringify(get())).toContain('"__proto__":{"S":"y"}');
});

test('DDB-145 refuses an update that would leave an index key empty or of another type', () => {
  put({ other: number(1) });
  const names = { ExpressionAttributeNames: { '#g': 'group', '#o': 'other' } };
  expect(() => update('SET #g = #o', undefined, names)).toThrow('attempted to update the secondary index key to unsupported type');
  expect(() => update('SET #g = :e', { ':e': text('') }, { ExpressionAttributeNames: { '#g': 'group' } })).toThrow(
    'cannot contain an empty string value',
  );
});

test('DDB-146 takes a table by its ARN', () => {
  put({});
  const TableName = 'arn:aws:dynamodb:us-east-1:000000000000:table/cards';
  expect(callOurs(service, 'GetItem', { TableName, Key }).Item).toEqual(Key);
});
