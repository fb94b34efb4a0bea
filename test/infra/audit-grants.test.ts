/**
 * The proof that the audit trail can be trusted as far as roles go: one writer, one signer, and nobody who takes anything away. From every
 * statement of every stack, also one with a wildcard or a resource's own policy; each rule is also tried on a policy that breaks it.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { devAssembly } from './support/assembly.ts';
import { allowing, covers, holders, leak, roleOfFunction, type Statement, statementsOf } from './support/statements.ts';
import type { Templates } from './support/templates.ts';

let templates: Templates;
let statements: Statement[];

beforeAll(async () => {
  ({ templates } = await devAssembly());
  statements = statementsOf(templates);
});

const roleOf = (functionName: string): string => roleOfFunction(templates, functionName);
const named = (type: string, property: string, value: string): string =>
  templates.all(type).find((resource) => resource.text(property).startsWith(value))!.name;
const table = (): string => `${named('AWS::DynamoDB::Table', 'TableName', 'ballast-dev-audit')}.Arn`;
const archive = (): string => `${named('AWS::S3::Bucket', 'BucketName', 'ballast-dev-audit-archive-')}.Arn`;
const checkpointKey = (): string =>
  templates
    .all('AWS::KMS::Alias')
    .find((alias) => alias.text('AliasName').endsWith('-checkpoints'))!
    .text('TargetKeyId');

/** Identities that may do this to that resource, or to something that may be it. */
const able = (found: readonly Statement[], action: string, resource: string): string[] => {
  const service = `:${action.split(':')[0]}:`;
  const meant = ({ resources, inverted }: Statement): boolean =>
    inverted.length > 0 ||
    resources.some(
      (written) => covers(written, resource) || written.startsWith(resource) || (written.startsWith('arn:') && written.includes(service)),
    );
  return holders(allowing(found, action).filter((statement) => statement.kind === 'identity' && meant(statement)));
};

const changes = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete', 'ImportTable'];

describe('the audit table', () => {
  test('is written by the one writer, under a role of its own, and by nobody else', () => {
    const writer = roleOf('audit-write-audit');
    expect(able(statements, 'dynamodb:PutItem', table())).toEqual([writer]);
    for (const action of changes.slice(1)) expect(able(statements, `dynamodb:${action}`, table()), action).toEqual([]);
    const functions = templates.all('AWS::Lambda::Function').filter((fn) => templates.named(fn.text('Role')).name === writer);
    expect(functions.map((fn) => fn.text('FunctionName'))).toEqual(['ballast-dev-audit-write-audit']);
  });

  test.each<readonly [what: string, Partial<Statement>]>([
    ['every table', { actions: ['dynamodb:PutItem'] }],
    ['tables by a pattern', { actions: ['dynamodb:P*'], resources: ['arn:<AWS::Partition>:dynamodb:*:*:table/ballast-*'] }],
    ['all but one action', { inverted: ['NotAction'] }],
  ])('would be seen to be open, if %s were written', (_what, over) => {
    expect(able([...statements, leak(over)], 'dynamodb:PutItem', table())).toContain('aside/Role');
  });
});

describe('the checkpoint key', () => {
  test('signs for one function, which writes no record', () => {
    const signer = roleOf('audit-sign-checkpoint');
    expect(able(statements, 'kms:Sign', checkpointKey())).toEqual([signer]);
    expect(able(statements, 'dynamodb:PutItem', table())).not.toContain(signer);
  });

  test.each(['CreateGrant', 'PutKeyPolicy', 'ReplicateKey', 'ImportKeyMaterial', 'ScheduleKeyDeletion', 'DisableKey'])(
    'lets no role kms:%s it',
    (action) => expect(able(statements, `kms:${action}`, checkpointKey())).toEqual([]),
  );

  test('would be seen to sign for another', () => {
    for (const resources of [['*'], [checkpointKey()], ['arn:<AWS::Partition>:kms:*:*:key/*']])
      expect(able([...statements, leak({ actions: ['kms:Sign'], resources })], 'kms:Sign', checkpointKey())).toContain('aside/Role');
  });
});

describe('the audit archive', () => {
  const takesAway = [
    'DeleteObject',
    'DeleteObjectVersion',
    'BypassGovernanceRetention',
    'PutObjectRetention',
    'PutObjectLegalHold',
    'PutBucketObjectLockConfiguration',
    'PutLifecycleConfiguration',
    'PutReplicationConfiguration',
    'PutBucketVersioning',
    'PutBucketPolicy',
    'DeleteBucketPolicy',
    'DeleteBucket',
  ];

  test.each(takesAway)('lets no role s3:%s, and a statement that did would be seen', (action) => {
    expect(able(statements, `s3:${action}`, archive())).toEqual([]);
    expect(able([...statements, leak({ actions: ['s3:*'], resources: [`${archive()}/*`] })], `s3:${action}`, archive())).toEqual([
      'aside/Role',
    ]);
  });

  test('takes checkpoints from who signs them', () => {
    const writers = allowing(statements, 's3:PutObject').filter(({ resources }) =>
      resources.some((resource) => covers(resource, `${archive()}/checkpoints/000000000001.json`)),
    );
    expect(holders(writers)).toEqual([roleOf('audit-sign-checkpoint')]);
  });
});
