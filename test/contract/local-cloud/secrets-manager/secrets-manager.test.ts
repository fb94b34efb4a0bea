import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSecretsManager, type SecretsManagerService } from '../../../../apps/local-cloud/secrets-manager/index.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { clientDefaults, sdkOverWire, TestCaller, type TestHost, testHost } from '../sdk-over-wire.ts';

const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/5b1e3a52-0d3c-4c8e-9a9d-2f3c5c7a1b00';
const MS_PER_DAY = 86_400_000;

let directory: string;
let host: TestHost;
let secrets: SecretsManagerService;
let caller: TestCaller;
let client: SecretsManagerClient;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
  open();
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(): void {
  host = testHost({ directory });
  secrets = createSecretsManager(host);
  caller = new TestCaller();
  client = new SecretsManagerClient({ ...clientDefaults, requestHandler: sdkOverWire(secrets, caller) });
}

const declare = async (properties: Record<string, unknown>) =>
  (await secrets.declare({ stack: 'trading', logicalId: 'Broker', type: 'AWS::SecretsManager::Secret', properties, metadata: {} })).ref;

const textOf = async (SecretId: string, more: object = {}) =>
  (await client.send(new GetSecretValueCommand({ SecretId, ...more }))).SecretString;

test('SM-01 gives a declared secret by ARN, by ARN without its suffix, and by name', async () => {
  const arn = await declare({ Name: 'ballast/broker', SecretString: '{"key":"k"}' });
  expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:111122223333:secret:ballast\/broker-[0-9a-z]{6}$/);
  for (const id of [arn, arn.slice(0, -7), 'ballast/broker']) expect(await textOf(id)).toBe('{"key":"k"}');
  await expect(textOf('ballast/other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('SM-02 generates a password once, by the rules of the template, and keeps it across boots', async () => {
  const GenerateSecretString = {
    SecretStringTemplate: '{"user":"fund"}',
    GenerateStringKey: 'password',
    PasswordLength: 40,
    ExcludePunctuation: true,
    ExcludeCharacters: 'abc',
  };
  const arn = await declare({ GenerateSecretString });
  const first = await textOf(arn);
  const { user, password } = JSON.parse(first!) as Record<string, string>;
  expect(user).toBe('fund');
  expect(password).toMatch(/^[d-zA-Z0-9]{40}$/);
  expect(password).toMatch(/[a-z].*|[A-Z].*|\d/);
  open();
  expect(await declare({ GenerateSecretString })).toBe(arn);
  expect(await textOf(arn)).toBe(first);
});

test('SM-03 keeps what was put over what was declared, until the template itself changes', async () => {
  const arn = await declare({ Name: 's', SecretString: 'declared' });
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'put' }));
  open();
  await declare({ Name: 's', SecretString: 'declared' });
  expect(await textOf('s')).toBe('put');
  await declare({ Name: 's', SecretString: 'declared anew' });
  expect(await textOf('s')).toBe('declared anew');
});

test('SM-04 moves AWSCURRENT and AWSPREVIOUS with each new value, and finds versions by id and stage', async () => {
  await declare({ Name: 's', SecretString: 'one' });
  const two = await client.send(new PutSecretValueCommand({ SecretId: 's', SecretString: 'two' }));
  expect(await textOf('s')).toBe('two');
  expect(await textOf('s', { VersionStage: 'AWSPREVIOUS' })).toBe('one');
  expect(await textOf('s', { VersionId: two.VersionId })).toBe('two');
  await client.send(new PutSecretValueCommand({ SecretId: 's', SecretBinary: Buffer.from([1, 2]), VersionStages: ['PENDING'] }));
  expect(await textOf('s')).toBe('two');
  expect((await client.send(new GetSecretValueCommand({ SecretId: 's', VersionStage: 'PENDING' }))).SecretBinary).toEqual(
    new Uint8Array([1, 2]),
  );
  await expect(textOf('s', { VersionStage: 'NONE' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('SM-05 answers a repeated token like the first time and refuses it for another value', async () => {
  await declare({ Name: 's', SecretString: 'one' });
  const put = (SecretString: string) =>
    client.send(new PutSecretValueCommand({ SecretId: 's', SecretString, ClientRequestToken: 'a'.repeat(32) }));
  await put('two');
  expect((await put('two')).VersionId).toBe('a'.repeat(32));
  await expect(put('three')).rejects.toMatchObject({ name: 'ResourceExistsException' });
});

test('SM-06 creates, updates, describes and lists secrets', async () => {
  await client.send(new CreateSecretCommand({ Name: 'made/here', SecretString: 'a', Description: 'by a call' }));
  await expect(client.send(new CreateSecretCommand({ Name: 'made/here', SecretString: 'b' }))).rejects.toMatchObject({
    name: 'ResourceExistsException',
  });
  await client.send(new UpdateSecretCommand({ SecretId: 'made/here', SecretString: 'b', Description: 'changed' }));
  expect(await textOf('made/here')).toBe('b');
  const described = await client.send(new DescribeSecretCommand({ SecretId: 'made/here' }));
  expect(described).toMatchObject({ Name: 'made/here', Description: 'changed', CreatedDate: new Date('2026-01-05T15:45:00Z') });
  expect(Object.values(described.VersionIdsToStages!).flat().sort()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  const { SecretList } = await client.send(new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['made'] }] }));
  expect(SecretList!.map(({ Name }) => Name)).toEqual(['made/here']);
});

test('SM-07 hides a deleted secret, gives it back on restore, and forgets it when its window has passed', async () => {
  await declare({ Name: 's', SecretString: 'one' });
  const remove = (more: object) => client.send(new DeleteSecretCommand({ SecretId: 's', ...more }));
  expect((await remove({ RecoveryWindowInDays: 7 })).DeletionDate).toEqual(new Date('2026-01-12T15:45:00Z'));
  await expect(textOf('s')).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await client.send(new RestoreSecretCommand({ SecretId: 's' }));
  expect(await textOf('s')).toBe('one');
  await remove({});
  host.clock.travelTo((host.clock.now() + 30 * MS_PER_DAY) as EpochMs);
  await expect(textOf('s')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('SM-08 asks IAM for the secret by ARN, and KMS for its key', async () => {
  const arn = await declare({ Name: 's', SecretString: 'one', KmsKeyId: KEY_ARN });
  await textOf('s');
  expect(caller.takeAsked()).toEqual([`secretsmanager:GetSecretValue ${arn}`, `kms:Decrypt ${KEY_ARN}`]);
  caller.denies = ({ action }) => action === 'kms:Decrypt';
  await expect(textOf('s')).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining(KEY_ARN) });
});

test('SM-09 shows resource policies to the evaluator and refuses rotation by name', async () => {
  const arn = await declare({ Name: 's', SecretString: 'one' });
  const ResourcePolicy = { Statement: [] };
  await secrets.declare({
    stack: 'trading',
    logicalId: 'P',
    type: 'AWS::SecretsManager::ResourcePolicy',
    properties: { SecretId: arn, ResourcePolicy },
    metadata: {},
  });
  expect(secrets.resourcePolicies()).toEqual(new Map([[arn, ResourcePolicy]]));
  await expect(client.send(new RotateSecretCommand({ SecretId: 's' }))).rejects.toMatchObject({ name: 'NotEmulated' });
});

test('SM-10 leaves no secret readable on disk, and refuses to open without its key file', async () => {
  await declare({ Name: 's', SecretString: 'find-me-if-you-can' });
  const folder = join(directory, 'secretsmanager');
  for (const name of readdirSync(folder)) {
    const content = readFileSync(join(folder, name), 'latin1');
    expect(content).not.toContain('find-me');
    expect(content).not.toContain(Buffer.from('find-me-if-you-can').toString('base64').slice(0, 16));
  }
  expect(statSync(join(folder, 'secrets.key')).mode & 0o777).toBe(0o600);
  rmSync(join(folder, 'secrets.key'));
  expect(open).toThrow(expect.objectContaining({ name: 'DamagedState', message: expect.stringContaining('secrets.key is missing') }));
});
