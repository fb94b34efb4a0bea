/** What a handler pays per DynamoDB call in the local cloud, and what a boot costs: real SDK client, in process, IAM on, in memory. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { VirtualClock } from '../../apps/local-cloud/clock.ts';
import { LocalCloud } from '../../apps/local-cloud/cloud.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import { keyedByPkAndSk } from '../support/keyed-table.ts';
import { type Bench, median } from './bench.ts';

const TABLES = 6;
const FUNCTIONS = 12;
const OPERATIONS = 3000;
const BOOTS = 9;

export const benches: Bench[] = [
  {
    name: 'dynamodb through the SDK in process',
    unit: 'operations/s',
    goal: { atLeast: 1500 },
    run: () => withAssembly(operationsPerSecond),
  },
  { name: 'boot of the local cloud', unit: 'ms', goal: { atMost: 300 }, run: () => withAssembly(bootMs) },
];

async function operationsPerSecond(assemblyDirectory: string): Promise<number> {
  const cloud = await boot(assemblyDirectory);
  const client = new DynamoDBClient(cloud.clientConfig(cloud.roleCaller('bench-0')));
  const key = (index: number) => ({ pk: { S: `symbol#${index % 100}` }, sk: { S: 'state' } });
  const run = async (operations: number): Promise<void> => {
    for (let index = 0; index < operations; index += 2) {
      await client.send(
        new PutItemCommand({ TableName: 'table-0', Item: { ...key(index), price: { N: '101.25' }, note: { S: 'a short text' } } }),
      );
      await client.send(new GetItemCommand({ TableName: 'table-0', Key: key(index) }));
    }
  };
  await run(OPERATIONS / 5);
  const startedAt = performance.now();
  await run(OPERATIONS);
  const seconds = (performance.now() - startedAt) / 1000;
  await cloud.close();
  return OPERATIONS / seconds;
}

async function bootMs(assemblyDirectory: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < BOOTS; round++) {
    const startedAt = performance.now();
    const cloud = await boot(assemblyDirectory);
    times.push(performance.now() - startedAt);
    await cloud.close();
  }
  return median(times);
}

const boot = (assemblyDirectory: string): Promise<LocalCloud> =>
  LocalCloud.boot({ assemblyDirectory, clock: new VirtualClock(0 as EpochMs), seed: 1 });

async function withAssembly(measure: (assemblyDirectory: string) => Promise<number>): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  try {
    writeAssembly(directory);
    return await measure(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function writeAssembly(directory: string): void {
  mkdirSync(join(directory, 'asset.f'));
  writeFileSync(join(directory, 'asset.f', 'index.mjs'), 'export const handler = async (event) => event;');
  const Resources: Record<string, object> = {};
  for (let index = 0; index < TABLES; index++) Resources[`Table${index}`] = table(`table-${index}`);
  for (let index = 0; index < FUNCTIONS; index++) Object.assign(Resources, functionWithRole(index));
  writeFileSync(join(directory, 'bench.template.json'), JSON.stringify({ Resources }));
  const artifacts = { bench: { type: 'aws:cloudformation:stack', properties: { templateFile: 'bench.template.json' } } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
}

function functionWithRole(index: number): Record<string, object> {
  const name = `bench-${index}`;
  const trust = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }] };
  const grant = {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    Resource: { 'Fn::GetAtt': ['Table0', 'Arn'] },
  };
  return {
    [`Role${index}`]: { Type: 'AWS::IAM::Role', Properties: { RoleName: name, AssumeRolePolicyDocument: trust } },
    [`Policy${index}`]: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: name, Roles: [{ Ref: `Role${index}` }], PolicyDocument: { Statement: [grant] } },
    },
    [`Function${index}`]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': [`Role${index}`, 'Arn'] },
        Code: { S3Key: 'f.zip' },
      },
    },
  };
}

const table = (TableName: string): object => ({
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    TableName,
    ...keyedByPkAndSk,
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: 'us-east-1' }],
  },
});
