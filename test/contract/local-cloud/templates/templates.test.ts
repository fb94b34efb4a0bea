/** Contract cards of the template loader: what a synthesized assembly brings up, in which order, and what it refuses. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App, Aws, Stack } from 'aws-cdk-lib';
import { AttributeType, type ITable, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { afterAll, expect, test } from 'vitest';
import { operator } from '../../../../apps/local-cloud/cloud.ts';
import { bootScratch, type Resources, removeScratch, scratchDirectory, scratchTable, writeAssembly } from '../gateway/scratch-assembly.ts';

afterAll(removeScratch);

/** Two stacks as CDK itself writes them: imports across stacks, generated names, grants, a machine from a file, a stream. */
function synthesize(): string {
  const sources = scratchDirectory();
  writeFileSync(
    join(sources, 'index.mjs'),
    "export const handler = async () => ({ table: globalThis[Symbol.for('ballast.runtime-host')].getStore().env.TABLE });",
  );
  const machineFile = join(scratchDirectory(), 'machine.asl.json');
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: '${fn}' },
    Output: '{% $states.result.Payload %}',
    End: true,
  };
  writeFileSync(machineFile, JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Ask', States: { Ask: task } }));

  const app = new App({ outdir: join(scratchDirectory(), 'cdk.out'), analyticsReporting: false });
  const env = { account: '000000000000', region: 'us-east-1' };
  const data = new Stack(app, 'scratch-data', { env });
  const key = new Key(data, 'Key');
  const table = new TableV2(data, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    dynamoStream: StreamViewType.NEW_IMAGE,
  });
  const bucket = new Bucket(data, 'Lake', { encryption: BucketEncryption.KMS, encryptionKey: key, enforceSSL: true, versioned: true });

  const trading = new Stack(app, 'scratch-trading', { env });
  const dead = new Queue(trading, 'Dead', { enforceSSL: true });
  const fn = new LambdaFunction(trading, 'Fn', {
    runtime: Runtime.NODEJS_24_X,
    code: Code.fromAsset(sources),
    handler: 'index.handler',
    environment: { TABLE: table.tableName, BUCKET: bucket.bucketName, ACCOUNT: Aws.ACCOUNT_ID },
    deadLetterQueue: dead,
  });
  table.grantReadWriteData(fn);
  bucket.grantRead(fn);
  fn.addEventSource(
    new DynamoEventSource(table as ITable, { startingPosition: StartingPosition.LATEST, onFailure: new SqsDlq(dead), retryAttempts: 1 }),
  );
  const machine = new StateMachine(trading, 'Machine', {
    stateMachineName: 'ask',
    definitionBody: DefinitionBody.fromFile(machineFile),
    definitionSubstitutions: { fn: fn.functionArn },
  });
  fn.grantInvoke(machine);
  return app.synth().directory;
}

test('TPL-01 brings up what CDK synthesizes, across stacks, to a machine that runs', async () => {
  const { cloud } = await bootScratch({}, { assemblyDirectory: synthesize() });
  const { executionArn } = (await cloud.call(operator, 'states', 'StartExecution', {
    stateMachineArn: cloud.stateMachineArn('ask'),
    input: '{}',
  })) as { executionArn: string };
  await cloud.settle();
  const { status, output } = (await cloud.call(operator, 'states', 'DescribeExecution', { executionArn })) as {
    status: string;
    output: string;
  };
  expect({ status, output: JSON.parse(output) }).toEqual({
    status: 'SUCCEEDED',
    output: { table: expect.stringMatching(/^scratch-data-Table/) },
  });
  expect(cloud.iam.statements().map(({ id }) => id)).toContain('scratch-trading/FnServiceRoleDefaultPolicyC6A839BF/0');
});

test('TPL-02 gives the same names at every boot, so that data is found again', async () => {
  const assemblyDirectory = synthesize();
  const names = async (): Promise<unknown> => {
    const { cloud } = await bootScratch({}, { assemblyDirectory });
    return [cloud.functionNames(), await cloud.call(operator, 'dynamodb', 'ListTables', {})];
  };
  expect(await names()).toEqual(await names());
});

test('TPL-03 declares stacks and resources after those they refer to, and passes exports on', async () => {
  const uses: Resources = {
    Copy: scratchTable('unused', { TableName: { 'Fn::Join': ['-', [{ 'Fn::ImportValue': 'data:Name' }, 'copy']] } }),
  };
  const { cloud } = await bootScratch({
    trading: { resources: uses, dependsOn: ['data'] },
    data: {
      resources: { Policy: scratchTable('policy') },
      more: { Outputs: { Name: { Value: { Ref: 'Policy' }, Export: { Name: 'data:Name' } } } },
    },
  });
  const client = new DynamoDBClient(cloud.clientConfig());
  expect((await client.send(new DescribeTableCommand({ TableName: 'policy-copy' }))).Table?.TableStatus).toBe('ACTIVE');
});

test('TPL-04 leaves out a resource whose condition does not hold', async () => {
  const { cloud } = await bootScratch({
    app: {
      resources: { Always: scratchTable('always'), Never: { ...scratchTable('never'), Condition: 'IsLive' } as Resources[string] },
      more: {
        Parameters: { Stage: { Type: 'String', Default: 'dev' } },
        Conditions: { IsLive: { 'Fn::Equals': [{ Ref: 'Stage' }, 'live'] } },
      },
    },
  });
  expect(await cloud.call(operator, 'dynamodb', 'ListTables', {})).toEqual({ TableNames: ['always'] });
});

test('TPL-05 passes alarms, log groups and workgroups over, with names others may refer to', async () => {
  const partOf = (arn: object, part: number) => ({ 'Fn::Select': [part, { 'Fn::Split': [':', arn] }] });
  const { cloud } = await bootScratch({
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'cycle-logs', RetentionInDays: { 'Fn::GetAZs': '' } } },
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } },
    Questions: { Type: 'AWS::Athena::WorkGroup', Properties: { Name: { Ref: 'AWS::AccountId' } } },
    Metadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'v2:deflate64:x' } },
    FromLogs: scratchTable('t', { TableName: partOf({ 'Fn::GetAtt': ['Logs', 'Arn'] }, 6) }),
    FromAlarm: scratchTable('t', { TableName: partOf({ 'Fn::GetAtt': ['Alarm', 'Arn'] }, 6) }),
  });
  expect(await cloud.call(operator, 'dynamodb', 'ListTables', {})).toEqual({ TableNames: ['app-Alarm', 'cycle-logs'] });
});

test.each<[string, Resources, string]>([
  ['a type without an emulator', { Db: { Type: 'AWS::RDS::DBInstance' } }, 'resource type AWS::RDS::DBInstance (app/Db)'],
  ['a custom resource', { C: { Type: 'Custom::S3AutoDeleteObjects' } }, 'resource type Custom::S3AutoDeleteObjects (app/C)'],
  ['an unknown intrinsic', { T: scratchTable('t', { TableName: { 'Fn::Cidr': [] } }) }, 'intrinsic Fn::Cidr (app/T)'],
])('TPL-06 refuses by name, with stack and logical id, %s', async (_what, resources, message) => {
  await expect(bootScratch(resources)).rejects.toThrow(`does not emulate CloudFormation ${message}`);
});

test('TPL-07 says in one line what to do when there is no assembly, a damaged one, or one for another account', async () => {
  const empty = scratchDirectory();
  await expect(bootScratch({}, { assemblyDirectory: empty })).rejects.toThrow(
    `${empty} holds no synthesized templates (no manifest.json): run "cdk synth" first`,
  );
  const damaged = writeAssembly({ app: { resources: {} } });
  rmSync(join(damaged, 'app.template.json'));
  await expect(bootScratch({}, { assemblyDirectory: damaged })).rejects.toThrow(
    'app.template.json cannot be read as JSON: synthesize again',
  );
  await expect(bootScratch({ app: { resources: {}, environment: 'aws://111122223333/eu-west-1' } })).rejects.toThrow(
    'stack app is for aws://111122223333/eu-west-1, and the local cloud is aws://000000000000/us-east-1: synthesize for that',
  );
});
