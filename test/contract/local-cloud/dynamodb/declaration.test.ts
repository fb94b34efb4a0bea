/** Cards about what templates declare, who may call, and what is refused by name. */
import { describe, expect, test } from 'vitest';
import { createDynamoDb } from '../../../../apps/local-cloud/dynamodb/index.ts';
import { number, text } from './cards.ts';
import { CARDS_TABLE, callOurs, openOurs, recordingContext, resource, SINGLE_TABLE, testHost } from './support.ts';

const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table';
const KEY_ARN = 'arn:aws:kms:us-east-1:000000000000:key/k';

const globalTable = (more: object = {}, replica: object = {}) =>
  resource(
    {
      KeySchema: SINGLE_TABLE.KeySchema,
      AttributeDefinitions: SINGLE_TABLE.AttributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
      Replicas: [
        {
          Region: 'us-east-1',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: true,
          SSESpecification: { KMSMasterKeyId: KEY_ARN },
          Tags: [],
          ...replica,
        },
      ],
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      ...more,
    },
    'AWS::DynamoDB::GlobalTable',
  );

describe('declare', () => {
  test('DDB-110 brings a global table up under a derived name, with a stream ARN that stays', () => {
    const handles = [createDynamoDb(testHost()), createDynamoDb(testHost())].map((service) => service.declare(globalTable()));
    expect(handles[0]).toEqual({
      ref: 'test-Table',
      attributes: { Arn: `${ARN}/test-Table`, StreamArn: `${ARN}/test-Table/stream/2026-01-01T00:00:00.000` },
    });
    expect(handles[1]).toEqual(handles[0]);
  });

  test('DDB-111 is idempotent, and takes a new index over items that are there', () => {
    const service = openOurs([{ ...SINGLE_TABLE }]);
    callOurs(service, 'PutItem', { TableName: 'single', Item: { id: text('a'), owner: text('me') } });
    void service.declare(resource(SINGLE_TABLE));
    void service.declare(
      resource({
        ...SINGLE_TABLE,
        AttributeDefinitions: [...SINGLE_TABLE.AttributeDefinitions, { AttributeName: 'owner', AttributeType: 'S' }],
        GlobalSecondaryIndexes: [
          { IndexName: 'by-owner', KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
        ],
      }),
    );
    const query = {
      TableName: 'single',
      IndexName: 'by-owner',
      KeyConditionExpression: '#o = :me',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':me': text('me') },
    };
    expect(callOurs(service, 'Query', query).Items).toEqual([{ id: text('a'), owner: text('me') }]);
  });

  test.each([
    ['ImportSourceSpecification', resource({ ...SINGLE_TABLE, ImportSourceSpecification: {} })],
    ['KinesisStreamSpecification', globalTable({}, { KinesisStreamSpecification: {} })],
    ['ResourcePolicy', globalTable({}, { ResourcePolicy: {} })],
    ['GlobalTableWitnesses', globalTable({ GlobalTableWitnesses: [] })],
    ['us-west-2', globalTable({}, { Region: 'us-west-2' })],
    ['2 replicas', globalTable({ Replicas: [{ Region: 'us-east-1' }, { Region: 'us-west-2' }] })],
  ] as const)('DDB-112 refuses %s by name', (name, declared) => {
    expect(() => createDynamoDb(testHost()).declare(declared)).toThrow(new RegExp(`does not emulate DynamoDB .*${name}`));
  });

  test('DDB-113 describes what was declared', () => {
    const service = openOurs([CARDS_TABLE, SINGLE_TABLE]);
    const { Table } = callOurs(service, 'DescribeTable', { TableName: 'cards' }) as { Table: Record<string, unknown> };
    expect(Table).toMatchObject({ TableName: 'cards', TableStatus: 'ACTIVE', KeySchema: CARDS_TABLE.KeySchema, ItemCount: 0 });
    expect((Table.GlobalSecondaryIndexes as { IndexName: string }[]).map((index) => index.IndexName)).toEqual(['by-group', 'group-only']);
    expect((Table.LocalSecondaryIndexes as { Projection: object }[])[0]?.Projection).toEqual({ ProjectionType: 'KEYS_ONLY' });
    expect(callOurs(service, 'ListTables', { Limit: 1 })).toEqual({ TableNames: ['cards'], LastEvaluatedTableName: 'cards' });
    expect(callOurs(service, 'ListTables', { ExclusiveStartTableName: 'cards' })).toEqual({ TableNames: ['single'] });
    expect(callOurs(service, 'DescribeTimeToLive', { TableName: 'cards' })).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
    });
  });
});

describe('authorisation', () => {
  const run = (operation: string, input: object) => {
    const context = recordingContext();
    const service = openOurs([CARDS_TABLE]);
    service.execute(operation, { TableName: 'cards', ...input } as never, context);
    return context.asked;
  };
  const leading = { 'dynamodb:LeadingKeys': ['p'] };
  const Key = { pk: text('p'), sk: text('s') };

  test('DDB-114 asks for the operation on the table, with the leading keys', () => {
    expect(run('GetItem', { Key })).toEqual([{ action: 'dynamodb:GetItem', resource: `${ARN}/cards`, conditions: leading }]);
    expect(run('PutItem', { Item: Key })).toEqual([{ action: 'dynamodb:PutItem', resource: `${ARN}/cards`, conditions: leading }]);
    expect(run('Scan', {})).toEqual([{ action: 'dynamodb:Scan', resource: `${ARN}/cards` }]);
    expect(run('ListTables', { TableName: undefined })).toEqual([{ action: 'dynamodb:ListTables', resource: '*' }]);
    const RequestItems = { cards: { Keys: [Key, { pk: text('q'), sk: text('s') }] } };
    expect(run('BatchGetItem', { RequestItems })[0]).toMatchObject({
      action: 'dynamodb:BatchGetItem',
      conditions: { 'dynamodb:LeadingKeys': ['p', 'q'] },
    });
  });

  test('DDB-115 asks for a query on the index it uses', () => {
    const query = {
      IndexName: 'by-group',
      KeyConditionExpression: '#g = :g',
      ExpressionAttributeNames: { '#g': 'group' },
      ExpressionAttributeValues: { ':g': text('p') },
    };
    expect(run('Query', query)).toEqual([{ action: 'dynamodb:Query', resource: `${ARN}/cards/index/by-group`, conditions: leading }]);
  });

  test('DDB-116 asks for kms:Decrypt too when the table has a key of the customer', () => {
    const service = createDynamoDb(testHost());
    void service.declare(globalTable());
    const allowed = recordingContext();
    service.execute('GetItem', { TableName: 'test-Table', Key: { id: text('a') } } as never, allowed);
    expect(allowed.asked.map(({ action, resource: on }) => [action, on])).toEqual([
      ['dynamodb:GetItem', `${ARN}/test-Table`],
      ['kms:Decrypt', KEY_ARN],
    ]);
    const denied = recordingContext(({ action }) => action === 'kms:Decrypt');
    expect(() => service.execute('PutItem', { TableName: 'test-Table', Item: { id: text('a') } } as never, denied)).toThrow('kms:Decrypt');
    expect(callOurs(service, 'Scan', { TableName: 'test-Table' }).Count).toBe(0);
  });

  test('DDB-117 asks before it says whether the table is there', () => {
    const service = openOurs([]);
    const denied = recordingContext(() => true);
    expect(() => service.execute('GetItem', { TableName: 'nowhere', Key } as never, denied)).toThrow(`dynamodb:GetItem on ${ARN}/nowhere`);
  });
});

describe('the edges', () => {
  test.each(['ExecuteStatement', 'CreateTable', 'CreateBackup', 'UpdateTimeToLive', 'ExportTableToPointInTime', 'constructor'])(
    'DDB-118 refuses %s by name',
    (operation) => {
      expect(() => callOurs(openOurs([]), operation, {})).toThrow(`does not emulate DynamoDB ${operation}`);
    },
  );

  test('DDB-119 refuses legacy parameters by name', () => {
    const service = openOurs([SINGLE_TABLE]);
    const attempt = () => callOurs(service, 'GetItem', { TableName: 'single', Key: { id: text('a') }, AttributesToGet: ['id'] });
    expect(attempt).toThrow('AttributesToGet');
  });

  test('DDB-120 keeps its items apart from what callers hold', () => {
    const service = openOurs([SINGLE_TABLE]);
    const bytes = new Uint8Array([1, 2]);
    const Item = { id: text('a'), m: { M: { l: { L: [number(1)] } } }, b: { B: bytes } };
    callOurs(service, 'PutItem', { TableName: 'single', Item });
    const read = () => callOurs(service, 'GetItem', { TableName: 'single', Key: { id: text('a') } }).Item as typeof Item;
    const before = structuredClone(Item);
    bytes[0] = 9;
    Item.m.M.l.L.push(number(2));
    const given = read();
    given.m.M.l.L.push(number(3));
    given.b.B[1] = 9;
    expect(read()).toEqual(before);
  });

  test('DDB-121 speaks JSON 1.0 with base64 bytes', () => {
    const service = openOurs([SINGLE_TABLE]);
    const call = (target: string, body: object) => {
      const request = {
        method: 'POST',
        path: '/',
        query: new URLSearchParams(),
        headers: { 'x-amz-target': `DynamoDB_20120810.${target}` },
        body: Buffer.from(JSON.stringify(body)),
      };
      const { operation, input } = service.wire.decode(request);
      return JSON.parse(String(service.wire.encode(operation, callOurs(service, operation, input), 'r').body)) as object;
    };
    const Item = { id: text('a'), b: { B: 'AQI=' }, bs: { BS: ['AQ==', 'Ag=='] }, l: { L: [{ B: '/w==' }] }, B: { S: 'B' } };
    call('PutItem', { TableName: 'single', Item });
    expect(call('GetItem', { TableName: 'single', Key: { id: text('a') } })).toEqual({ Item });
  });
});
