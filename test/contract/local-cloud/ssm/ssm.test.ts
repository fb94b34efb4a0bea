import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AwsService } from '../../../../apps/local-cloud/service.ts';
import { createSsm } from '../../../../apps/local-cloud/ssm/index.ts';
import { clientDefaults, sdkOverWire, TestCaller, testHost } from '../sdk-over-wire.ts';

let directory: string;
let ssm: AwsService;
let caller: TestCaller;
let client: SSMClient;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ssm-'));
  open();
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(): void {
  ssm = createSsm(testHost({ directory }));
  caller = new TestCaller();
  client = new SSMClient({ ...clientDefaults, requestHandler: sdkOverWire(ssm, caller) });
}

const declare = (properties: Record<string, unknown>) =>
  ssm.declare({ stack: 'data', logicalId: 'Universe', type: 'AWS::SSM::Parameter', properties, metadata: {} });

const get = async (Name: string, more: object = {}) => (await client.send(new GetParameterCommand({ Name, ...more }))).Parameter;
const put = (Name: string, Value: string, more: object = {}) =>
  client.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));

test('SSM-01 gives a declared parameter, with Ref its name and its value as an attribute', async () => {
  expect(await declare({ Name: '/ballast/universe', Type: 'StringList', Value: 'TRUE,ON,NA' })).toEqual({
    ref: '/ballast/universe',
    attributes: { Type: 'StringList', Value: 'TRUE,ON,NA' },
  });
  expect(await get('/ballast/universe')).toMatchObject({
    Name: '/ballast/universe',
    Type: 'StringList',
    Value: 'TRUE,ON,NA',
    Version: 1,
    ARN: 'arn:aws:ssm:us-east-1:111122223333:parameter/ballast/universe',
    LastModifiedDate: new Date('2026-01-05T15:45:00Z'),
  });
});

test('SSM-02 counts versions, overwrites only when told to, and reads an old version by its number', async () => {
  await put('limit', '1');
  await expect(put('limit', '2')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  expect((await put('limit', '2', { Overwrite: true })).Version).toBe(2);
  expect(await get('limit')).toMatchObject({ Value: '2', Version: 2 });
  expect(await get('limit:1')).toMatchObject({ Value: '1', Version: 1, Selector: ':1' });
  await expect(get('limit:7')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  expect(await get('arn:aws:ssm:us-east-1:111122223333:parameter/limit')).toMatchObject({ Value: '2' });
});

test('SSM-03 lists by path: one level, or all below, in pages', async () => {
  for (const name of ['/a/1', '/a/2', '/a/b/3', '/ab']) await put(name, name);
  const list = async (more: object) =>
    (await client.send(new GetParametersByPathCommand({ Path: '/a', ...more }))).Parameters!.map(({ Name }) => Name);
  expect(await list({})).toEqual(['/a/1', '/a/2']);
  expect(await list({ Recursive: true })).toEqual(['/a/1', '/a/2', '/a/b/3']);
  const page = await client.send(new GetParametersByPathCommand({ Path: '/a', Recursive: true, MaxResults: 2 }));
  expect(await list({ Recursive: true, MaxResults: 2, NextToken: page.NextToken })).toEqual(['/a/b/3']);
});

test('SSM-04 gets several at once and names those that are not there', async () => {
  await put('one', '1');
  const { Parameters, InvalidParameters } = await client.send(new GetParametersCommand({ Names: ['one', 'two'] }));
  expect(Parameters!.map(({ Value }) => Value)).toEqual(['1']);
  expect(InvalidParameters).toEqual(['two']);
});

test('SSM-05 shows a SecureString only with decryption, and asks for its key', async () => {
  await put('token', 'open-sesame', { Type: 'SecureString', KeyId: 'alias/fund' });
  expect((await get('token'))!.Value).not.toContain('sesame');
  expect((await get('token', { WithDecryption: true }))!.Value).toBe('open-sesame');
  expect(caller.takeAsked()).toEqual([
    'ssm:PutParameter arn:aws:ssm:us-east-1:111122223333:parameter/token',
    'kms:Encrypt arn:aws:kms:us-east-1:111122223333:alias/fund',
    'ssm:GetParameter arn:aws:ssm:us-east-1:111122223333:parameter/token',
    'ssm:GetParameter arn:aws:ssm:us-east-1:111122223333:parameter/token',
    'kms:Decrypt arn:aws:kms:us-east-1:111122223333:alias/fund',
  ]);
  for (const name of readdirSync(join(directory, 'ssm')))
    expect(readFileSync(join(directory, 'ssm', name), 'latin1')).not.toContain('sesame');
});

test('SSM-06 deletes, and says ParameterNotFound for what is gone', async () => {
  await put('one', '1');
  await client.send(new DeleteParameterCommand({ Name: 'one' }));
  await expect(get('one')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  await expect(client.send(new DeleteParameterCommand({ Name: 'one' }))).rejects.toMatchObject({ name: 'ParameterNotFound' });
});

test('SSM-07 keeps parameters across boots, and a put value over the declared one until the template changes', async () => {
  await declare({ Name: 'limit', Type: 'String', Value: '1' });
  await put('limit', '2', { Overwrite: true });
  open();
  await declare({ Name: 'limit', Type: 'String', Value: '1' });
  expect(await get('limit')).toMatchObject({ Value: '2', Version: 2 });
  await declare({ Name: 'limit', Type: 'String', Value: '3' });
  expect(await get('limit')).toMatchObject({ Value: '3', Version: 3 });
});

test('SSM-08 refuses values beyond the tier, names that AWS keeps, and by name what it does not emulate', async () => {
  await expect(put('big', 'x'.repeat(4097))).rejects.toMatchObject({ name: 'ValidationException' });
  await put('big', 'x'.repeat(4097), { Tier: 'Advanced' });
  await expect(put('/aws/x', '1')).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(put('even', 'odd', { AllowedPattern: '^\\d+$' })).rejects.toMatchObject({ name: 'ParameterPatternMismatchException' });
  await expect(client.send(new DescribeParametersCommand({}))).rejects.toMatchObject({ name: 'NotEmulated' });
  caller.denies = () => true;
  await expect(get('big')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
