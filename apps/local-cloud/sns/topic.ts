/** A topic from its template, and its attributes as the API shows them. */
import { type DeclaredResource, notEmulated } from '../service.ts';
import { customerKeyArn } from '../sqs/queue-attributes.ts';

export interface Topic {
  readonly name: string;
  readonly arn: string;
  readonly displayName?: string;
  readonly kmsKeyArn?: string;
}

interface TopicProperties {
  readonly TopicName?: string;
  readonly DisplayName?: string;
  readonly KmsMasterKeyId?: string;
  readonly Subscription?: readonly InlineSubscription[];
  readonly FifoTopic?: boolean | string;
}

export interface InlineSubscription {
  readonly Endpoint: string;
  readonly Protocol: string;
}

const honoured = ['TopicName', 'DisplayName', 'KmsMasterKeyId', 'Subscription', 'Tags', 'TracingConfig', 'FifoTopic', 'SignatureVersion'];

/** @throws AwsError NotEmulated for a property we do not honour, FIFO among them. */
export function topicFrom(
  { stack, logicalId, properties }: DeclaredResource,
  place: { readonly region: string; readonly accountId: string },
): { topic: Topic; inline: readonly InlineSubscription[] } {
  for (const property of Object.keys(properties)) {
    if (!honoured.includes(property)) throw notEmulated('sns', `topic property ${property} (${logicalId})`);
  }
  const given: TopicProperties = properties;
  if (given.FifoTopic === true || given.FifoTopic === 'true') throw notEmulated('sns', `FIFO topics (${logicalId})`);
  const name = given.TopicName ?? `${stack}-${logicalId}`;
  const kmsKeyArn = customerKeyArn(given.KmsMasterKeyId, place);
  const topic = {
    name,
    arn: `arn:aws:sns:${place.region}:${place.accountId}:${name}`,
    ...(given.DisplayName === undefined ? {} : { displayName: given.DisplayName }),
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
  };
  return { topic, inline: given.Subscription ?? [] };
}

export function topicAttributes(topic: Topic, owner: string, subscriptions: number, policy: string | undefined): Record<string, string> {
  return {
    TopicArn: topic.arn,
    Owner: owner,
    SubscriptionsConfirmed: String(subscriptions),
    SubscriptionsPending: '0',
    SubscriptionsDeleted: '0',
    ...(topic.displayName === undefined ? {} : { DisplayName: topic.displayName }),
    ...(topic.kmsKeyArn === undefined ? {} : { KmsMasterKeyId: topic.kmsKeyArn }),
    ...(policy === undefined ? {} : { Policy: policy }),
  };
}
