/** One message to one subscriber: to a queue or function with AWS's retries, to anyone else as a line for the operator. */
import { Buffer } from 'node:buffer';
import { type Delivery, type DeliveryFailure, deliver } from '../events/delivery.ts';
import type { Caller, CloudHost } from '../service.ts';
import { queueUrlFromArn } from '../sqs/queue-address.ts';
import { bodyFor, lambdaEventFor, notificationFor, type PublishedMessage, rawAttributes } from './notification.ts';
import type { Subscription } from './subscription.ts';

/** AWS's own for queues and functions: three at once, two a second apart, ten backing off to 20 s, then every 20 s for 23 days. */
const retry = { attemptsMax: 100_015, ageMsMax: 23 * 86_400_000 };
const backoffMs = (retryNumber: number): number =>
  retryNumber <= 3 ? 0 : retryNumber <= 5 ? 1000 : Math.min(20_000, 1000 * 2 ** Math.min(retryNumber - 5, 5));

export function deliverMessage(
  host: CloudHost,
  subscription: Subscription,
  message: PublishedMessage,
  closing: AbortSignal,
): Promise<void> {
  const caller: Caller = { kind: 'service', service: 'sns.amazonaws.com', sourceArn: subscription.topicArn };
  const delivery: Delivery = {
    service: 'sns',
    subject: { topic: message.topicArn, subscriber: subscription.endpoint, message: message.id },
    retry,
    backoffMs,
    attempt: () => (subscription.protocol === 'sqs' ? toQueue : toFunction)(host, caller, subscription, message),
  };
  const redrive = subscription.attributes.RedrivePolicy;
  if (redrive === undefined) return deliver(host, delivery, closing);
  const deadLetter = {
    queueArn: (JSON.parse(redrive) as { deadLetterTargetArn: string }).deadLetterTargetArn,
    caller,
    body: JSON.stringify(notificationFor(message, subscription.arn, subscription.protocol)),
    attributesOf: (failure: DeliveryFailure) => ({ ERROR_CODE: failure.targetCode, ERROR_MESSAGE: failure.message }),
  };
  return deliver(host, { ...delivery, deadLetter }, closing);
}

export function recordMessage(host: CloudHost, { protocol, endpoint }: Subscription, message: PublishedMessage): void {
  const { id, topicArn, subject } = message;
  const details = {
    topic: topicArn,
    protocol,
    endpoint,
    message: id,
    ...(subject === undefined ? {} : { subject }),
    body: bodyFor(message, protocol),
  };
  host.observe({ at: host.clock.now(), service: 'sns', event: 'NotificationRecorded', details });
}

function toQueue(
  host: CloudHost,
  caller: Caller,
  { arn, endpoint, attributes }: Subscription,
  message: PublishedMessage,
): Promise<unknown> {
  const raw = attributes.RawMessageDelivery === 'true';
  return host.call(caller, 'sqs', 'SendMessage', {
    QueueUrl: queueUrlFromArn(endpoint),
    MessageBody: raw ? bodyFor(message, 'sqs') : JSON.stringify(notificationFor(message, arn, 'sqs')),
    ...(raw && Object.keys(message.attributes).length > 0 ? { MessageAttributes: rawAttributes(message) } : {}),
  });
}

function toFunction(host: CloudHost, caller: Caller, { arn, endpoint }: Subscription, message: PublishedMessage): Promise<unknown> {
  const Payload = new Uint8Array(Buffer.from(JSON.stringify(lambdaEventFor(message, arn))));
  return host.call(caller, 'lambda', 'Invoke', { FunctionName: endpoint, InvocationType: 'Event', Payload });
}
