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
const isOurKey = (reference: string): boolean => templates.named(reference).type === 'AWS::KMS::Key';

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

  test('but the audit table streams nothing; the audit table streams new images to the archive', () => {
    const streaming = all().filter((table) => table.at('StreamSpecification') !== undefined);
    expect(streaming.map((table) => [table.text('TableName'), table.at('StreamSpecification.StreamViewType')])).toEqual([
      ['ballast-dev-audit', 'NEW_IMAGE'],
    ]);
    const [mapping, ...others] = templates.all('AWS::Lambda::EventSourceMapping');
    expect(others).toEqual([]);
    expect(mapping!.text('EventSourceArn')).toBe(`${streaming[0]!.name}.StreamArn`);
    expect(templates.named(mapping!.text('FunctionName')).text('FunctionName')).toBe('ballast-dev-audit-archive-audit');
    expect(templates.named(mapping!.text('DestinationConfig.OnFailure.Destination')).type).toBe('AWS::SQS::Queue');
  });
});

describe('every bucket', () => {
  const all = (): Resource[] => templates.all('AWS::S3::Bucket');

  test('is one of three', () => {
    expect(all()).toHaveLength(3);
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

test('the key rotates every year', () => {
  expect(templates.all('AWS::KMS::Key').map((key) => key.at('EnableKeyRotation'))).toEqual([true]);
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

test('there are two secrets', () => {
  expect(templates.all('AWS::SecretsManager::Secret')).toHaveLength(2);
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
