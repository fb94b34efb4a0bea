/** Cards SFN-26 and 27: integrations other than Lambda, and nested executions. */
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { createFakeCloud, machineOf, STARTS_AT } from './fake-cloud.ts';
import { run } from './run-machine.ts';

describe('SFN-26 other optimized integrations', () => {
  const task = (resource: string, argument: unknown) => ({
    Call: { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Arguments: argument, End: true },
  });

  // connect-eventbridge.html: the execution's and the machine's ARN are appended to Resources; a failed entry fails the state.
  test('events:putEvents turns Detail into text and adds where it comes from', async () => {
    const { cloud, executionArn } = await run(
      task('events:putEvents', { Entries: [{ Source: 'fund', DetailType: 'CycleEnded', Detail: { a: 1 }, EventBusName: 'bus' }] }),
      {
        services: { 'events:PutEvents': () => ({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }) },
      },
    );
    expect(cloud.calls[0]!.input).toEqual({
      Entries: [
        {
          Source: 'fund',
          DetailType: 'CycleEnded',
          Detail: '{"a":1}',
          EventBusName: 'bus',
          Resources: [executionArn, 'arn:aws:states:us-east-1:111111111111:stateMachine:machine'],
        },
      ],
    });
  });

  test('events:putEvents fails with EventBridge.FailedEntry when an entry failed', async () => {
    const { error, cause } = await run(task('events:putEvents', { Entries: [{}] }), {
      services: { 'events:PutEvents': () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'X' }] }) },
    });
    expect(error).toBe('EventBridge.FailedEntry');
    expect(JSON.parse(cause!)).toEqual({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'X' }] });
  });

  test('sqs:sendMessage and sns:publish send JSON members as text', async () => {
    const services = { 'sqs:SendMessage': () => ({ MessageId: '1' }), 'sns:Publish': () => ({ MessageId: '2' }) };
    expect((await run(task('sqs:sendMessage', { QueueUrl: 'q', MessageBody: { a: 1 } }), { services })).cloud.calls[0]!.input).toEqual({
      QueueUrl: 'q',
      MessageBody: '{"a":1}',
    });
    expect((await run(task('sns:publish', { TopicArn: 't', Message: 'plain' }), { services })).cloud.calls[0]!.input).toEqual({
      TopicArn: 't',
      Message: 'plain',
    });
  });

  test('dynamodb errors carry the DynamoDB prefix', async () => {
    const refuse = () => {
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
    };
    const { error } = await run(task('dynamodb:updateItem', { TableName: 'policy', Key: { pk: { S: 'control' } } }), {
      services: { 'dynamodb:UpdateItem': refuse },
    });
    expect(error).toBe('DynamoDB.ConditionalCheckFailedException');
  });

  test('dynamodb:getItem gives the item as the service has it', async () => {
    const { output } = await run(task('dynamodb:getItem', { TableName: 'policy', Key: { pk: { S: 'control' } } }), {
      services: { 'dynamodb:GetItem': () => ({ Item: { state: { S: 'RUNNING' } } }) },
    });
    expect(output).toMatchObject({ Item: { state: { S: 'RUNNING' } } });
  });

  // supported-services-awssdk.html: error names end in Exception, members of the result are in PascalCase.
  test('aws-sdk calls any operation of an emulated service', async () => {
    const refuse = () => {
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
    };
    expect((await run(task('aws-sdk:s3:headObject', { Bucket: 'lake', Key: 'k' }), { services: { 's3:HeadObject': refuse } })).error).toBe(
      'S3.NoSuchKeyException',
    );
    const { output } = await run(task('aws-sdk:secretsmanager:getSecretValue', { SecretId: 's' }), {
      services: {
        'secretsmanager:GetSecretValue': () => ({
          Name: 's',
          CreatedDate: new Date(0),
          SecretBinary: new Uint8Array([97]),
          VersionId: undefined,
        }),
      },
    });
    expect(output).toEqual({ Name: 's', CreatedDate: '1970-01-01T00:00:00.000Z', SecretBinary: 'a' });
  });
});

describe('SFN-27 nested executions', () => {
  async function nested(child: Record<string, object>, resource: string, rest: object = {}) {
    const cloud = createFakeCloud();
    const childArn = await cloud.declare('child', machineOf(child));
    const parent = {
      Start: {
        Type: 'Task',
        Resource: `arn:aws:states:::states:startExecution${resource}`,
        Arguments: { StateMachineArn: childArn, Name: 'nested', Input: { x: '{% $states.input.x %}' } },
        End: true,
        ...rest,
      },
    };
    const arn = await cloud.declare('parent', machineOf(parent));
    return { cloud, ...(await cloud.run(arn, { x: 2 })) };
  }
  const double = { Double: { Type: 'Pass', Output: { y: '{% $states.input.x * 2 %}' }, End: true } };

  test('startExecution returns at once with ARN and date', async () => {
    const { output, cloud } = await nested({ Wait: { Type: 'Wait', Seconds: 60, End: true } }, '');
    expect(output).toEqual({
      ExecutionArn: 'arn:aws:states:us-east-1:111111111111:execution:child:nested',
      StartDate: '2019-06-14T19:45:00.000Z',
    });
    expect(cloud.clock.now() - STARTS_AT).toBe(60_000);
  });

  test('.sync:2 waits for the end and gives parsed input and output, .sync their text', async () => {
    expect((await nested(double, '.sync:2')).output).toMatchObject({
      Status: 'SUCCEEDED',
      Input: { x: 2 },
      Output: { y: 4 },
      Name: 'nested',
    });
    expect((await nested(double, '.sync')).output).toMatchObject({ Output: '{"y":4}' });
  });

  test('.sync:2 fails with States.TaskFailed when the child does', async () => {
    const { error, cause } = await nested({ Stop: { Type: 'Fail', Error: 'Inner', Cause: 'why' } }, '.sync:2');
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause!)).toMatchObject({ Status: 'FAILED', Error: 'Inner', Cause: 'why' });
  });

  test('a child whose task timed out is stopped', async () => {
    const { cloud, error } = await nested({ Wait: { Type: 'Wait', Seconds: 3600, End: true } }, '.sync:2', { TimeoutSeconds: 10 });
    expect(error).toBe('States.Timeout');
    const child = await cloud.send('DescribeExecution', { executionArn: 'arn:aws:states:us-east-1:111111111111:execution:child:nested' });
    expect(child).toMatchObject({ status: 'ABORTED' });
    expect(cloud.clock.now() - STARTS_AT).toBe(10_000);
  });
});
