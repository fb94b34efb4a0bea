/** A queue's settings from its template, and its attributes as the API shows them. */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError, type DeclaredResource, notEmulated } from '../service.ts';

export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly createdAt: EpochMs;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly delayMs: number;
  readonly retentionMs: number;
  readonly visibilityMs: number;
  readonly receiveWaitMs: number;
  readonly messageBytesMax: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly receivesMax: number };
  readonly redriveAllowPolicy?: string;
  /** A customer key; AWS-owned encryption needs no permission and is not told apart from none. */
  readonly kmsKeyArn?: string;
}

interface QueueProperties {
  readonly QueueName?: string;
  readonly FifoQueue?: boolean | string;
  readonly ContentBasedDeduplication?: boolean | string;
  readonly DelaySeconds?: number;
  readonly MessageRetentionPeriod?: number;
  readonly VisibilityTimeout?: number;
  readonly ReceiveMessageWaitTimeSeconds?: number;
  readonly MaximumMessageSize?: number;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number } | string;
  readonly RedriveAllowPolicy?: object | string;
  readonly KmsMasterKeyId?: string;
}

const honoured = new Set([
  'QueueName',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DelaySeconds',
  'MessageRetentionPeriod',
  'VisibilityTimeout',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
  'Tags',
]);

const seconds = (value: number | undefined, unset: number): number => Number(value ?? unset) * 1000;
const isTrue = (value: boolean | string | undefined): boolean => value === true || value === 'true';

export interface QueuePlace {
  readonly region: string;
  readonly accountId: string;
  readonly createdAt: EpochMs;
  readonly arnOf: (name: string) => string;
  readonly urlOf: (name: string) => string;
}

/** @throws AwsError NotEmulated for a property we do not honour. */
export function queueSettings({ stack, logicalId, properties }: DeclaredResource, place: QueuePlace): QueueSettings {
  for (const name of Object.keys(properties)) if (!honoured.has(name)) throw notEmulated('sqs', `queue property ${name} (${logicalId})`);
  const given: QueueProperties = properties;
  const fifo = isTrue(given.FifoQueue);
  const name = given.QueueName ?? `${stack}-${logicalId}`.slice(0, 75) + (fifo ? '.fifo' : '');
  if (fifo !== name.endsWith('.fifo')) throw new AwsError('InvalidParameterValue', `The name of a FIFO queue ends in .fifo: ${name}`);
  const redrive = typeof given.RedrivePolicy === 'string' ? JSON.parse(given.RedrivePolicy) : given.RedrivePolicy;
  const kmsKeyArn = customerKeyArn(given.KmsMasterKeyId, place);
  return {
    name,
    arn: place.arnOf(name),
    url: place.urlOf(name),
    createdAt: place.createdAt,
    fifo,
    contentBasedDeduplication: isTrue(given.ContentBasedDeduplication),
    delayMs: seconds(given.DelaySeconds, 0),
    retentionMs: seconds(given.MessageRetentionPeriod, 345_600),
    visibilityMs: seconds(given.VisibilityTimeout, 30),
    receiveWaitMs: seconds(given.ReceiveMessageWaitTimeSeconds, 0),
    messageBytesMax: Number(given.MaximumMessageSize ?? 1_048_576),
    ...(redrive ? { redrive: { deadLetterArn: redrive.deadLetterTargetArn, receivesMax: Number(redrive.maxReceiveCount) } } : {}),
    ...(given.RedriveAllowPolicy === undefined ? {} : { redriveAllowPolicy: textOf(given.RedriveAllowPolicy) }),
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
  };
}

/** Keys are named by ARN, id or alias; an alias of AWS's own is no customer key. */
export function customerKeyArn(
  keyId: string | undefined,
  { region, accountId }: { region: string; accountId: string },
): string | undefined {
  if (keyId === undefined || keyId === '' || keyId.includes('alias/aws/')) return undefined;
  if (keyId.startsWith('arn:')) return keyId;
  return `arn:aws:kms:${region}:${accountId}:${keyId.startsWith('alias/') ? keyId : `key/${keyId}`}`;
}

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export function shownAttributes(settings: QueueSettings, counts: QueueCounts, policy: string | undefined): Record<string, string> {
  const created = String(Math.floor(settings.createdAt / 1000));
  return {
    QueueArn: settings.arn,
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    CreatedTimestamp: created,
    LastModifiedTimestamp: created,
    VisibilityTimeout: String(settings.visibilityMs / 1000),
    MaximumMessageSize: String(settings.messageBytesMax),
    MessageRetentionPeriod: String(settings.retentionMs / 1000),
    DelaySeconds: String(settings.delayMs / 1000),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitMs / 1000),
    ...(policy === undefined ? {} : { Policy: policy }),
    ...(settings.redrive
      ? {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: settings.redrive.deadLetterArn,
            maxReceiveCount: settings.redrive.receivesMax,
          }),
        }
      : {}),
    ...(settings.redriveAllowPolicy === undefined ? {} : { RedriveAllowPolicy: settings.redriveAllowPolicy }),
    ...(settings.kmsKeyArn === undefined ? { SqsManagedSseEnabled: 'true' } : { KmsMasterKeyId: settings.kmsKeyArn }),
    ...(settings.fifo ? { FifoQueue: 'true', ContentBasedDeduplication: String(settings.contentBasedDeduplication) } : {}),
  };
}

const textOf = (value: object | string): string => (typeof value === 'string' ? value : JSON.stringify(value));
