import { beforeAll, describe, expect, test } from 'vitest';
import { tables } from '../../shared/contracts/names/index.ts';
import { devAssembly } from './support/assembly.ts';
import { type Statement, statementsOf } from './support/statements.ts';
import type { Resource, Templates } from './support/templates.ts';

let templates: Templates;
let statements: Statement[];

beforeAll(async () => {
  ({ templates } = await devAssembly());
  statements = statementsOf(templates);
});

const failing = (resources: readonly Resource[], broken: (resource: Resource) => boolean): string[] =>
  resources.filter(broken).map(({ name }) => name);
const isOurKey = (reference: string): boolean => templates.named(reference).name === keyCalled('data').name;
const keyCalled = (name: string): Resource =>
  templates.named(
    templates
      .all('AWS::KMS::Alias')
      .find((alias) => alias.text('AliasName') === `alias/ballast-dev-${name}`)!
      .text('TargetKeyId'),
  );

describe('every table', () => {
  const all = (): Resource[] => templates.all('AWS::DynamoDB::Table');

  test('that code has a name for is there', () => {
    expect(
      all()
        .map((table) => table.text('TableName'))
        .sort(),
    ).toEqual(tables.map((role) => `ballast-dev-${role}`).sort());
  });

  test('can be restored to any second of the last 35 days', () => {
    expect(failing(all(), (table) => table.at('PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled') !== true)).toEqual([]);
  });

  test('is encrypted under our own key', () => {
    expect(
      failing(
        all(),
        (table) => table.at('SSESpecification.SSEEnabled') !== true || !isOurKey(table.text('SSESpecification.KMSMasterKeyId')),
      ),
    ).toEqual([]);
  });

  test('is paid by request and has the keys pk and sk', () => {
    expect(failing(all(), (table) => table.at('BillingMode') !== 'PAY_PER_REQUEST')).toEqual([]);
    const keys = [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ];
    for (const table of all()) expect(table.at('KeySchema'), table.name).toEqual(keys);
  });

  test('streams nothing, but for audit records to their archive, policies to what tells of them, and control items to what enforces stops', () => {
    const streaming = all().filter((table) => table.at('StreamSpecification') !== undefined);
    expect(streaming.map((table) => [table.text('TableName'), table.at('StreamSpecification.StreamViewType')]).sort()).toEqual([
      ['ballast-dev-audit', 'NEW_IMAGE'],
      ['ballast-dev-policy', 'NEW_IMAGE'],
    ]);
    const mappings = templates.all('AWS::Lambda::EventSourceMapping');
    const followed = mappings.map((mapping) => [
      templates.named(mapping.text('EventSourceArn')).text('TableName'),
      templates.named(mapping.text('FunctionName')).text('FunctionName'),
      mapping.at('FilterCriteria.Filters') ?? 'everything',
    ]);
    expect(followed.sort()).toEqual([
      ['ballast-dev-audit', 'ballast-dev-audit-archive-audit', 'everything'],
      ['ballast-dev-policy', 'ballast-dev-orders-enforce-stop', [{ Pattern: '{"dynamodb":{"Keys":{"pk":{"S":["control"]}}}}' }]],
      ['ballast-dev-policy', 'ballast-dev-policy-publish-changes', 'everything'],
    ]);
    // DynamoDB throttles a stream that more than two read.
    const readersOf = Map.groupBy(followed, ([table]) => table);
    for (const [table, readers] of readersOf) expect(readers.length, String(table)).toBeLessThanOrEqual(2);
    for (const mapping of mappings) {
      expect(mapping.text('EventSourceArn')).toMatch(/\.StreamArn$/);
      expect(templates.named(mapping.text('DestinationConfig.OnFailure.Destination')).type).toBe('AWS::SQS::Queue');
    }
  });
});

describe('every bucket', () => {
  const all = (): Resource[] => templates.all('AWS::S3::Bucket');

  test('is one of five: the lake, the audit archive, what research works on, access logs, and answers to auditors', () => {
    expect(all()).toHaveLength(5);
  });

  test('is closed to the public', () => {
    const closed = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
    for (const bucket of all()) expect(bucket.at('PublicAccessBlockConfiguration'), bucket.name).toEqual(closed);
  });

  test('denies everything that comes without TLS', () => {
    for (const { name } of all()) {
      const denial = statements.find(({ holder, effect }) => holder === name && effect === 'Deny');
      expect(denial, name).toMatchObject({
        actions: ['s3:*'],
        principals: ['*'],
        resources: [`${name}.Arn`, `${name}.Arn/*`],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
  });

  test('keeps old versions', () => {
    expect(failing(all(), (bucket) => bucket.at('VersioningConfiguration.Status') !== 'Enabled')).toEqual([]);
  });

  test('that holds data is encrypted under our own key and logs its access', () => {
    const data = all().filter((bucket) => bucket.text('BucketName') !== '');
    expect(data.map((bucket) => bucket.text('BucketName')).sort()).toEqual([
      'ballast-dev-audit-archive-<AWS::AccountId>-<AWS::Region>',
      'ballast-dev-lake-<AWS::AccountId>-<AWS::Region>',
      'ballast-dev-research-<AWS::AccountId>-<AWS::Region>',
    ]);
    for (const bucket of data) {
      const [rule] = bucket.list('BucketEncryption.ServerSideEncryptionConfiguration');
      expect(rule, bucket.name).toMatchObject({ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' }, BucketKeyEnabled: true });
      expect(
        isOurKey(
          bucket.resolve(
            (rule as { ServerSideEncryptionByDefault: { KMSMasterKeyID: string } }).ServerSideEncryptionByDefault.KMSMasterKeyID,
          ),
        ),
      ).toBe(true);
      expect(templates.named(bucket.text('LoggingConfiguration.DestinationBucketName')).type).toBe('AWS::S3::Bucket');
    }
  });
});

test('there are three keys: one for data, which rotates every year, and two that can only sign and verify: permits, and checkpoints', () => {
  expect(templates.all('AWS::KMS::Key')).toHaveLength(3);
  expect(keyCalled('data').at('EnableKeyRotation')).toBe(true);
  expect(keyCalled('data').at('KeyUsage')).toBeUndefined();
  // AWS rotates no asymmetric key. Nothing is encrypted under it, so an old signature is all that it could protect.
  for (const name of ['permits', 'checkpoints']) {
    expect(keyCalled(name).at('KeyUsage'), name).toBe('SIGN_VERIFY');
    expect(keyCalled(name).at('KeySpec'), name).toBe('ECC_NIST_P256');
  }
});

test('the broker secret is born without keys that open anything, under our own key', () => {
  expect(bornWith('ballast-dev-broker')).toEqual({
    keyId: 'not-set',
    baseUrl: 'https://paper-api.alpaca.markets',
    dataUrl: 'https://data.alpaca.markets',
  });
});

test("the news model's secret is born leading nowhere, under our own key", () => {
  expect(bornWith('ballast-dev-news-model')).toEqual({ baseUrl: 'not-set', model: 'not-set', enforcesSchema: false });
});

test("the chats' secret is born with no chat in it, under our own key", () => {
  expect(bornWith('ballast-dev-alert-channels')).toEqual({});
});

test('there are three secrets', () => {
  expect(templates.all('AWS::SecretsManager::Secret')).toHaveLength(3);
});

/** What a secret holds at first, besides a random value. */
function bornWith(name: string): unknown {
  const secret = templates.all('AWS::SecretsManager::Secret').find((one) => one.at('Name') === name)!;
  expect(secret.at('SecretString')).toBeUndefined();
  expect(isOurKey(secret.text('KmsKeyId'))).toBe(true);
  return JSON.parse(secret.text('GenerateSecretString.SecretStringTemplate'));
}

test('queues and topics take nothing that comes without TLS', () => {
  for (const { name } of templates.all('AWS::SQS::Queue', 'AWS::SNS::Topic')) {
    const denial = statements.find(({ holder, effect }) => holder === name && effect === 'Deny');
    expect(denial, name).toMatchObject({ principals: ['*'], conditions: { Bool: { 'aws:SecureTransport': 'false' } } });
  }
});
