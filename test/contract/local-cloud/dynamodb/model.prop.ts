/** Whatever is done to a few keys, the service and a naive model of the table agree: answers, items, index and stream. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { number, text } from './cards.ts';
import { callOurs, openOurs } from './support.ts';

type Item = Record<string, { S: string } | { N: string }>;

type Step =
  | { readonly kind: 'put'; readonly key: string; readonly n: number; readonly group: string | undefined; readonly once: boolean }
  | { readonly kind: 'add'; readonly key: string; readonly n: number; readonly atLeast: number | undefined }
  | { readonly kind: 'regroup'; readonly key: string; readonly group: string | undefined }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'transact'; readonly from: string; readonly to: string; readonly n: number };

const TABLE = {
  TableName: 'model',
  AttributeDefinitions: ['pk', 'sk', 'grp'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    { IndexName: 'by-group', KeySchema: [{ AttributeName: 'grp', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
};
const STREAM = 'arn:aws:dynamodb:us-east-1:000000000000:table/model/stream/2026-01-01T00:00:00.000';

const key = fc.constantFrom('a', 'b', 'c', 'd');
const amount = fc.integer({ min: -5, max: 5 });
const group = fc.option(fc.constantFrom('g', 'h'), { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, n: amount, group, once: fc.boolean() }),
  fc.record({ kind: fc.constant('add' as const), key, n: amount, atLeast: fc.option(amount, { nil: undefined }) }),
  fc.record({ kind: fc.constant('regroup' as const), key, group }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('transact' as const), from: key, to: key, n: amount }),
);

const keyOf = (sk: string): Item => ({ pk: text('p'), sk: text(sk) });
const numberOf = (item: Item | undefined): number => Number((item?.n as { N: string } | undefined)?.N ?? Number.NaN);

/** What the step should do: the new items, or the code of the refusal. */
function expected(items: ReadonlyMap<string, Item>, done: Step): ReadonlyMap<string, Item> | string {
  const next = new Map(items);
  switch (done.kind) {
    case 'put':
      if (done.once && items.has(done.key)) return 'ConditionalCheckFailedException';
      return next.set(done.key, { ...keyOf(done.key), n: number(done.n), ...(done.group && { grp: text(done.group) }) });
    case 'add': {
      const present = items.get(done.key);
      if (done.atLeast !== undefined && !(numberOf(present) >= done.atLeast)) return 'ConditionalCheckFailedException';
      const sum = (Number.isNaN(numberOf(present)) ? 0 : numberOf(present)) + done.n;
      return next.set(done.key, { ...(present ?? keyOf(done.key)), n: number(sum) });
    }
    case 'regroup': {
      const { grp: _, ...rest } = items.get(done.key) ?? keyOf(done.key);
      return next.set(done.key, { ...rest, ...(done.group && { grp: text(done.group) }) });
    }
    case 'delete':
      next.delete(done.key);
      return next;
    case 'transact': {
      if (done.from === done.to) return 'ValidationException';
      if (!(numberOf(items.get(done.from)) >= done.n)) return 'TransactionCanceledException';
      next.set(done.from, { ...items.get(done.from)!, n: number(numberOf(items.get(done.from)) - done.n) });
      return next.set(done.to, { ...keyOf(done.to), n: number(done.n) });
    }
  }
}

function send(service: ReturnType<typeof openOurs>, done: Step): string | undefined {
  const at = (sk: string) => ({ TableName: 'model', Key: keyOf(sk) });
  try {
    if (done.kind === 'put') {
      const Item = { ...keyOf(done.key), n: number(done.n), ...(done.group && { grp: text(done.group) }) };
      callOurs(service, 'PutItem', { TableName: 'model', Item, ...(done.once && { ConditionExpression: 'attribute_not_exists(pk)' }) });
    } else if (done.kind === 'add') {
      const guard = done.atLeast === undefined ? {} : { ConditionExpression: 'n >= :least' };
      const least = done.atLeast === undefined ? {} : { ':least': number(done.atLeast) };
      const values = { ExpressionAttributeValues: { ':n': number(done.n), ...least } };
      callOurs(service, 'UpdateItem', { ...at(done.key), UpdateExpression: 'ADD n :n', ...guard, ...values });
    } else if (done.kind === 'regroup') {
      const change = done.group
        ? { UpdateExpression: 'SET grp = :g', ExpressionAttributeValues: { ':g': text(done.group) } }
        : { UpdateExpression: 'REMOVE grp' };
      callOurs(service, 'UpdateItem', { ...at(done.key), ...change });
    } else if (done.kind === 'delete') callOurs(service, 'DeleteItem', at(done.key));
    else {
      const values = { ExpressionAttributeValues: { ':n': number(done.n) } };
      const Update = { ...at(done.from), UpdateExpression: 'SET n = n - :n', ConditionExpression: 'n >= :n', ...values };
      const Put = { TableName: 'model', Item: { ...keyOf(done.to), n: number(done.n) } };
      callOurs(service, 'TransactWriteItems', { TransactItems: [{ Update }, { Put }] });
    }
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error.code;
    throw error;
  }
}

/** The items that the stream's images add up to. */
function replayed(service: ReturnType<typeof openOurs>): Map<string, unknown> {
  const items = new Map<string, unknown>();
  for (const { dynamodb } of service.readStream(STREAM, undefined, 10_000)) {
    const { sk } = dynamodb.Keys as { sk: { S: string } };
    expect(dynamodb.OldImage).toEqual(items.get(sk.S));
    if (dynamodb.NewImage) items.set(sk.S, dynamodb.NewImage);
    else items.delete(sk.S);
  }
  return items;
}

test('agrees with a naive model after any sequence of operations', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const service = openOurs([TABLE]);
      let items: ReadonlyMap<string, Item> = new Map();
      for (const done of steps) {
        const next = expected(items, done);
        expect(send(service, done)).toBe(typeof next === 'string' ? next : undefined);
        if (typeof next !== 'string') items = next;
      }
      const inOrder = [...items.keys()].sort().map((sk) => items.get(sk));
      const all = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': text('p') } };
      expect(callOurs(service, 'Query', { TableName: 'model', ...all }).Items).toEqual(inOrder);
      const grouped = { IndexName: 'by-group', KeyConditionExpression: 'grp = :g', ExpressionAttributeValues: { ':g': text('g') } };
      const inGroup = inOrder.filter((item) => (item?.grp as { S: string } | undefined)?.S === 'g');
      expect(callOurs(service, 'Query', { TableName: 'model', ...grouped }).Items).toEqual(inGroup);
      expect(replayed(service)).toEqual(new Map(items));
    }),
    { numRuns: 300 },
  );
});
