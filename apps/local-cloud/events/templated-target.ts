/** The calls that rules and schedules make alike: to a function, a state machine, a queue, a topic or an event bus. */
import { Buffer } from 'node:buffer';
import { AwsError } from '../service.ts';
import { queueUrlFromArn } from '../sqs/queue-address.ts';

export type ServiceCall = (service: string, operation: string, request: object) => Promise<unknown>;

export interface TemplatedTarget {
  readonly Arn?: string | undefined;
  readonly SqsParameters?: object | undefined;
}

/** False for a kind of target that each caller has its own way with. */
export async function callTemplatedTarget(call: ServiceCall, target: TemplatedTarget, input: string): Promise<boolean> {
  const arn = target.Arn!;
  switch (serviceOf(arn)) {
    case 'lambda':
      await call('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload: new Uint8Array(Buffer.from(input)) });
      return true;
    case 'states':
      await call('states', 'StartExecution', { stateMachineArn: arn, input });
      return true;
    case 'sqs':
      await call('sqs', 'SendMessage', { QueueUrl: queueUrlFromArn(arn), MessageBody: input, ...target.SqsParameters });
      return true;
    case 'sns':
      await call('sns', 'Publish', { TopicArn: arn, Message: input });
      return true;
    default:
      return false;
  }
}

/** @throws AwsError when the bus refuses the entry. */
export async function putOnBus(call: ServiceCall, entry: object): Promise<void> {
  const answer = (await call('events', 'PutEvents', { Entries: [entry] })) as { Entries?: { ErrorCode?: string; ErrorMessage?: string }[] };
  const failed = answer.Entries?.find(({ ErrorCode }) => ErrorCode);
  if (failed) throw new AwsError(failed.ErrorCode!, failed.ErrorMessage ?? 'The event was not put on the bus.');
}

export const serviceOf = (arn: string): string => arn.split(':')[2] ?? '';
