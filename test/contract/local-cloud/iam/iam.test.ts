/** Contract cards of IAM as the local cloud enforces it, through real SDK clients. */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test } from 'vitest';
import { bootScratch, type Resources, removeScratch, scratchFunction, scratchRole, scratchTable } from '../gateway/scratch-assembly.ts';

afterAll(removeScratch);

const TABLE_ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/policy';
const read = { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: { 'Fn::GetAtt': ['Policy', 'Arn'] } };
const write = { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: { 'Fn::GetAtt': ['Policy', 'Arn'] } };

const resources: Resources = {
  Policy: scratchTable('policy'),
  ...scratchRole('reader', 'lambda.amazonaws.com', [read]),
  ...scratchRole('writer', 'lambda.amazonaws.com', [read, write]),
};

const getControl = new GetItemCommand({ TableName: 'policy', Key: { pk: { S: 'control' }, sk: { S: 'trading' } } });
const putControl = new PutItemCommand({ TableName: 'policy', Item: { pk: { S: 'control' }, sk: { S: 'trading' } } });

test('IAM-01 a role does what its policy grants, and the operator does anything', async () => {
  const { cloud } = await bootScratch(resources);
  await new DynamoDBClient(cloud.clientConfig(cloud.roleCaller('writer'))).send(putControl);
  await new DynamoDBClient(cloud.clientConfig()).send(putControl);
  expect((await new DynamoDBClient(cloud.clientConfig(cloud.roleCaller('reader'))).send(getControl)).Item).toBeDefined();
});

test('IAM-02 what no policy grants is refused before any effect, naming principal, action and resource', async () => {
  const { cloud } = await bootScratch(resources);
  const refused = new DynamoDBClient(cloud.clientConfig(cloud.roleCaller('reader', 'preflight'))).send(putControl);
  await expect(refused).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: arn:aws:sts::000000000000:assumed-role/reader/preflight is not authorized to perform: dynamodb:PutItem on resource: ${TABLE_ARN} because no identity-based policy allows the dynamodb:PutItem action`,
    $metadata: { httpStatusCode: 400 },
  });
  expect((await new DynamoDBClient(cloud.clientConfig()).send(getControl)).Item).toBeUndefined();
});

test('IAM-03 every statement is listed with its place, role, actions and resources', async () => {
  const { cloud } = await bootScratch(resources);
  expect(cloud.iam.statements()).toEqual([
    {
      id: 'app/readerPolicy/0',
      roleName: 'reader',
      effect: 'Allow',
      actions: ['dynamodb:GetItem', 'dynamodb:Query'],
      resources: [TABLE_ARN],
    },
    {
      id: 'app/writerPolicy/0',
      roleName: 'writer',
      effect: 'Allow',
      actions: ['dynamodb:GetItem', 'dynamodb:Query'],
      resources: [TABLE_ARN],
    },
    { id: 'app/writerPolicy/1', roleName: 'writer', effect: 'Allow', actions: ['dynamodb:PutItem'], resources: [TABLE_ARN] },
  ]);
});

test('IAM-04 a boot without a statement refuses exactly what it granted', async () => {
  const { cloud } = await bootScratch(resources, { withoutStatements: ['app/writerPolicy/1'] });
  const client = new DynamoDBClient(cloud.clientConfig(cloud.roleCaller('writer')));
  await client.send(getControl);
  await expect(client.send(putControl)).rejects.toThrow('dynamodb:PutItem');
});

test('IAM-05 S3 refuses in its own words', async () => {
  const { cloud } = await bootScratch({ ...resources, Lake: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'lake' } } });
  const client = new S3Client(cloud.clientConfig(cloud.roleCaller('reader', 's')));
  await expect(client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'a' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::lake/a"'),
    $metadata: { httpStatusCode: 403 },
  });
});

describe('policies on resources', () => {
  const queue: Resources = {
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    DeadPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Dead' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Deny',
              Action: 'sqs:*',
              Principal: { AWS: '*' },
              Resource: '*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
            {
              Effect: 'Allow',
              Action: 'sqs:SendMessage',
              Principal: { Service: 'events.amazonaws.com' },
              Resource: { 'Fn::GetAtt': ['Dead', 'Arn'] },
              Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:000000000000:rule/bus/r' } },
            },
            { Effect: 'Deny', Action: 'sqs:SendMessage', Principal: { AWS: { 'Fn::GetAtt': ['banned', 'Arn'] } }, Resource: '*' },
          ],
        },
      },
    },
    ...scratchRole('banned', 'lambda.amazonaws.com', [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }]),
  };
  const send = { QueueUrl: 'http://127.0.0.1/000000000000/dead', MessageBody: 'x' };

  test('IAM-06 let a service in for the source they name, and no other', async () => {
    const { cloud } = await bootScratch(queue);
    const rule = (name: string) =>
      ({ kind: 'service', service: 'events.amazonaws.com', sourceArn: `arn:aws:events:us-east-1:000000000000:rule/bus/${name}` }) as const;
    await cloud.call(rule('r'), 'sqs', 'SendMessage', send);
    await expect(cloud.call(rule('other'), 'sqs', 'SendMessage', send)).rejects.toThrow(
      'User: events.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:000000000000:dead because no resource-based policy allows the sqs:SendMessage action',
    );
  });

  test('IAM-07 refuse a role that its own policy lets in', async () => {
    const { cloud } = await bootScratch(queue);
    const refused = new SQSClient({ ...cloud.clientConfig(cloud.roleCaller('banned')), useQueueUrlAsEndpoint: false }).send(
      new SendMessageCommand(send),
    );
    await expect(refused).rejects.toThrow('with an explicit deny in a resource-based policy');
  });
});

test('IAM-08 a role that does not trust the service that is to use it stops the boot', async () => {
  const wrong = {
    ...scratchFunction('f', 'export const handler = async () => 1;'),
    ...scratchRole('fRole', 'ecs-tasks.amazonaws.com', []),
  };
  await expect(bootScratch(wrong)).rejects.toThrow(
    'The role arn:aws:iam::000000000000:role/fRole cannot be assumed by lambda.amazonaws.com (for arn:aws:lambda:us-east-1:000000000000:function:f)',
  );
});

test('IAM-09 a shared managed policy and policies inside a role count, under ids of their own', async () => {
  const role = scratchRole('mixed', 'lambda.amazonaws.com', []).mixed!;
  const { cloud } = await bootScratch({
    Policy: scratchTable('policy'),
    Shared: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: 'shared', PolicyDocument: { Statement: [read] } } },
    mixed: {
      ...role,
      Properties: {
        ...role.Properties,
        ManagedPolicyArns: [{ Ref: 'Shared' }],
        Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: write } }],
      },
    },
  });
  expect(cloud.iam.statements().map(({ id }) => id)).toEqual(['app/mixed/own/0', 'app/Shared/0']);
  const client = new DynamoDBClient(cloud.clientConfig(cloud.roleCaller('mixed')));
  await client.send(putControl);
  await client.send(getControl);
});

test.each([
  [
    'a managed policy of AWS',
    { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
    'managed policy arn:aws:iam::aws:policy/AdministratorAccess',
  ],
  ['a permissions boundary', { PermissionsBoundary: 'arn:x' }, 'AWS::IAM::Role property PermissionsBoundary'],
])('IAM-10 refuses by name %s', async (_what, properties, message) => {
  const role = scratchRole('r', 'lambda.amazonaws.com', []).r!;
  await expect(bootScratch({ r: { ...role, Properties: { ...role.Properties, ...properties } } })).rejects.toThrow(`${message} (app/r)`);
});
