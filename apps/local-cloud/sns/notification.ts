/**
 * A published message, and the forms it reaches subscribers in. Notifications carry a signature field as AWS's do, but
 * nothing is signed here, so that nobody mistakes the local cloud for AWS.
 */
import { Buffer } from 'node:buffer';
import type { MessageAttributeValue, PublishInput } from '@aws-sdk/client-sns';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError } from '../service.ts';

export interface PublishedMessage {
  readonly id: string;
  readonly topicArn: string;
  readonly publishedAt: EpochMs;
  readonly subject?: string;
  /** By protocol where the publisher gave a structure; `default` otherwise. */
  readonly bodies: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, PublishedAttribute>>;
}

export interface PublishedAttribute {
  readonly Type: string;
  /** Base64 for binary attributes, as in a notification. */
  readonly Value: string;
}

const BYTES_MAX = 262_144;

/** @throws AwsError InvalidParameter for an empty or oversized message, or a structure without a default. */
export function toPublished(input: PublishInput, identity: Pick<PublishedMessage, 'id' | 'topicArn' | 'publishedAt'>): PublishedMessage {
  const { Message = '', Subject, MessageStructure, MessageAttributes = {} } = input;
  if (Message === '') throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
  if (Buffer.byteLength(Message) > BYTES_MAX) throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
  if (Subject !== undefined && (Subject === '' || Subject.length > 100))
    throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
  return {
    ...identity,
    ...(Subject === undefined ? {} : { subject: Subject }),
    bodies: MessageStructure === 'json' ? structuredBodies(Message) : { default: Message },
    attributes: Object.fromEntries(Object.entries(MessageAttributes).map(([name, value]) => [name, publishedAttribute(value)])),
  };
}

export const bodyFor = ({ bodies }: PublishedMessage, protocol: string): string => bodies[protocol] ?? bodies.default!;

/** The JSON that a queue gets without raw delivery. */
export function notificationFor(message: PublishedMessage, subscriptionArn: string, protocol: string): Record<string, unknown> {
  return {
    Type: 'Notification',
    MessageId: message.id,
    TopicArn: message.topicArn,
    ...(message.subject === undefined ? {} : { Subject: message.subject }),
    Message: bodyFor(message, protocol),
    Timestamp: new Date(message.publishedAt).toISOString(),
    SignatureVersion: '1',
    Signature: 'not-signed-by-the-local-cloud',
    SigningCertURL: 'http://127.0.0.1/no-certificate',
    UnsubscribeURL: `http://127.0.0.1/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
    ...(Object.keys(message.attributes).length > 0 ? { MessageAttributes: message.attributes } : {}),
  };
}

/** What a function is invoked with; its members differ from a queue's in three names and in never being absent. */
export function lambdaEventFor(message: PublishedMessage, subscriptionArn: string): object {
  const { SigningCertURL, UnsubscribeURL, ...rest } = notificationFor(message, subscriptionArn, 'lambda');
  const Sns = { Subject: null, MessageAttributes: {}, ...rest, SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL };
  return { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns }] };
}

/** As SQS message attributes, for raw delivery. */
export function rawAttributes({ attributes }: PublishedMessage): Record<string, object> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { Type, Value }]) => [
      name,
      Type.startsWith('Binary')
        ? { DataType: Type, BinaryValue: new Uint8Array(Buffer.from(Value, 'base64')) }
        : { DataType: Type === 'String.Array' ? 'String' : Type, StringValue: Value },
    ]),
  );
}

function structuredBodies(text: string): Record<string, string> {
  let bodies: unknown;
  try {
    bodies = JSON.parse(text);
  } catch {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Message Structure - JSON message body failed to parse');
  }
  if (typeof bodies !== 'object' || bodies === null || typeof (bodies as Record<string, unknown>).default !== 'string') {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Message Structure - No default entry in JSON message body');
  }
  return Object.fromEntries(Object.entries(bodies).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function publishedAttribute({ DataType, StringValue, BinaryValue }: MessageAttributeValue): PublishedAttribute {
  if (!DataType) throw new AwsError('ParameterValueInvalid', 'A message attribute has a DataType.');
  return { Type: DataType, Value: BinaryValue ? Buffer.from(BinaryValue).toString('base64') : (StringValue ?? '') };
}
