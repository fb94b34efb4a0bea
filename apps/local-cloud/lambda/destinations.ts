/** Where Lambda sends what became of an asynchronous event: a queue, a topic, a bus or another function, as the function's own role. */
import { type Caller, type CloudHost, notEmulated } from '../service.ts';
import { queueUrlFromArn } from '../sqs/queue-address.ts';

export interface Outcome {
  /** JSON text. */
  readonly body: string;
  /** On a queue or topic message. */
  readonly attributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
  /** On a bus: what it is called there. */
  readonly detailType: string;
  readonly functionArn: string;
}

/** @throws AwsError NotEmulated for a destination that cannot be sent to, when it is declared. */
export function assertDestination(arn: string | undefined, place: string): void {
  if (arn === undefined || arn === '') return;
  const service = arn.split(':')[2];
  if (!['sqs', 'sns', 'events', 'lambda'].includes(service ?? '')) throw notEmulated('Lambda', `destination ${arn} (${place})`);
}

export async function sendOutcome(
  host: CloudHost,
  caller: Caller,
  arn: string,
  { body, attributes = {}, detailType, functionArn }: Outcome,
): Promise<void> {
  switch (arn.split(':')[2]) {
    case 'sqs':
      await host.call(caller, 'sqs', 'SendMessage', { QueueUrl: queueUrlFromArn(arn), MessageBody: body, MessageAttributes: attributes });
      return;
    case 'sns':
      await host.call(caller, 'sns', 'Publish', { TopicArn: arn, Message: body, MessageAttributes: attributes });
      return;
    case 'events':
      await host.call(caller, 'events', 'PutEvents', {
        Entries: [{ Source: 'lambda', DetailType: detailType, Detail: body, EventBusName: arn, Resources: [functionArn] }],
      });
      return;
    default:
      await host.call(caller, 'lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload: body });
  }
}
