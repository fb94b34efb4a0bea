/**
 * SNS: standard topics that fan out to queues and functions. Mail and web subscribers are recorded, not reached. The
 * last thousand messages of every topic are kept, so that alerts can be read back by tests and the operator.
 */
import { join } from 'node:path';
import type { PublishBatchInput, PublishInput, SubscribeInput } from '@aws-sdk/client-sns';
import { canonicalJson } from '../../../shared/kernel/canonical-json.ts';
import { backgroundOf } from '../events/detached.ts';
import { KeptMap } from '../events/kept-map.ts';
import {
  AwsError,
  type AwsService,
  type CallContext,
  type CloudHost,
  type DeclaredResource,
  notEmulated,
  operationNamed,
  type ResourceHandle,
} from '../service.ts';
import { deliverMessage, recordMessage } from './fan-out.ts';
import { type PublishedMessage, toPublished } from './notification.ts';
import { PublishedLog } from './published-log.ts';
import { checkAttributes, compileFilter, deliveryKind, type Filter, type Subscription } from './subscription.ts';
import { type Topic, topicAttributes, topicFrom } from './topic.ts';
import { snsWire } from './wire.ts';

export interface Sns extends AwsService {
  /** Policy documents by topic ARN, as JSON text. */
  resourcePolicies(): ReadonlyMap<string, string>;
  /** What was published to a topic, oldest first. */
  messagesOf(topicArn: string): readonly PublishedMessage[];
}

export function createSns(host: CloudHost): Sns {
  return new LocalSns(host);
}

type Operation = (input: never, context: CallContext) => unknown;

const BATCH_MAX = 10;
class LocalSns implements Sns {
  readonly name = 'sns';
  readonly wire = snsWire;
  readonly resourceTypes = ['AWS::SNS::Topic', 'AWS::SNS::Subscription', 'AWS::SNS::TopicPolicy'];
  readonly #host: CloudHost;
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions: KeptMap<Subscription>;
  readonly #filters = new Map<string, Filter>();
  readonly #declared = new Set<string>();
  readonly #published: PublishedLog;
  readonly #policies = new Map<string, string>();
  readonly #background: (work: () => Promise<unknown>) => void;
  readonly #closing = new AbortController();

  constructor(host: CloudHost) {
    this.#host = host;
    const directory = host.storage('sns');
    const file = (name: string): string | undefined => (directory === undefined ? undefined : join(directory, name));
    this.#subscriptions = new KeptMap(file('subscriptions.journal'));
    for (const { arn, attributes } of this.#subscriptions.values()) this.#filters.set(arn, compileFilter(attributes));
    this.#published = new PublishedLog(file('messages.journal'));
    this.#background = backgroundOf(host);
  }

  declare(resource: DeclaredResource): ResourceHandle {
    switch (resource.type) {
      case 'AWS::SNS::Topic':
        return this.#declareTopic(resource);
      case 'AWS::SNS::Subscription':
        return this.#declareSubscription(resource);
      default: {
        const { Topics, PolicyDocument } = resource.properties as { Topics: string[]; PolicyDocument: object | string };
        const document = typeof PolicyDocument === 'string' ? PolicyDocument : JSON.stringify(PolicyDocument);
        for (const arn of Topics) this.#policies.set(arn, document);
        return { ref: `${resource.stack}-${resource.logicalId}`, attributes: { Id: `${resource.stack}-${resource.logicalId}` } };
      }
    }
  }

  /** Subscriptions whose declaration went away with a template are gone, as after a deploy. */
  start(): void {
    for (const { arn, declared } of [...this.#subscriptions.values()])
      if (declared && !this.#declared.has(arn)) this.#subscriptions.delete(arn);
  }

  execute(operation: string, input: never, context: CallContext): unknown {
    return operationNamed('sns', this.#operations, operation)(input, context);
  }

  close(): void {
    this.#closing.abort();
    this.#subscriptions.close();
    this.#published.close();
  }

  resourcePolicies(): ReadonlyMap<string, string> {
    return this.#policies;
  }

  messagesOf(topicArn: string): readonly PublishedMessage[] {
    return this.#published.of(topicArn);
  }

  readonly #operations: Readonly<Record<string, Operation>> = {
    Publish: (input: PublishInput, context) => {
      if (input.PhoneNumber !== undefined) throw notEmulated('sns', 'Publish to a phone number');
      const topic = this.#authorizedToPublish(input.TopicArn ?? input.TargetArn, context);
      return { MessageId: this.#publish(topic, input) };
    },
    PublishBatch: ({ TopicArn, PublishBatchRequestEntries = [] }: PublishBatchInput, context) => {
      const topic = this.#authorizedToPublish(TopicArn, context);
      return this.#publishBatch(topic, PublishBatchRequestEntries);
    },
    ListTopics: (_input, context) => {
      context.authorize({ action: 'sns:ListTopics', resource: '*' });
      return { Topics: [...this.#topics.keys()].map((TopicArn) => ({ TopicArn })) };
    },
    GetTopicAttributes: ({ TopicArn }: { TopicArn?: string }, context) => {
      context.authorize({ action: 'sns:GetTopicAttributes', resource: TopicArn ?? '*' });
      const topic = this.#topic(TopicArn);
      const attributes = topicAttributes(topic, this.#host.accountId, this.#subscriptionsOf(topic).length, this.#policies.get(topic.arn));
      return { Attributes: attributes };
    },
    ListSubscriptions: (_input, context) => {
      context.authorize({ action: 'sns:ListSubscriptions', resource: '*' });
      return { Subscriptions: [...this.#subscriptions.values()].map((subscription) => this.#shown(subscription)) };
    },
    ListSubscriptionsByTopic: ({ TopicArn }: { TopicArn?: string }, context) => {
      context.authorize({ action: 'sns:ListSubscriptionsByTopic', resource: TopicArn ?? '*' });
      return { Subscriptions: this.#subscriptionsOf(this.#topic(TopicArn)).map((subscription) => this.#shown(subscription)) };
    },
    Subscribe: ({ TopicArn, Protocol = '', Endpoint = '', Attributes = {} }: SubscribeInput, context) => {
      context.authorize({
        action: 'sns:Subscribe',
        resource: TopicArn ?? '*',
        conditions: { 'sns:Protocol': Protocol, 'sns:Endpoint': Endpoint },
      });
      const topic = this.#topic(TopicArn);
      const existing = this.#subscriptionsOf(topic).find(({ protocol, endpoint }) => protocol === Protocol && endpoint === Endpoint);
      if (existing) return { SubscriptionArn: existing.arn };
      const arn = `${topic.arn}:${this.#host.newId()}`;
      this.#subscribe({ arn, topicArn: topic.arn, protocol: Protocol, endpoint: Endpoint, attributes: Attributes, declared: false });
      return { SubscriptionArn: arn };
    },
    Unsubscribe: ({ SubscriptionArn = '' }: { SubscriptionArn?: string }, context) => {
      context.authorize({ action: 'sns:Unsubscribe', resource: SubscriptionArn.split(':').slice(0, 6).join(':') });
      this.#subscriptions.delete(SubscriptionArn);
      this.#filters.delete(SubscriptionArn);
      return {};
    },
  };

  #declareTopic(resource: DeclaredResource): ResourceHandle {
    const { topic, inline } = topicFrom(resource, this.#host);
    const { arn, name } = topic;
    this.#topics.set(arn, topic);
    for (const [index, { Endpoint, Protocol }] of inline.entries()) {
      this.#subscribe({
        arn: `${arn}:inline-${index}`,
        topicArn: arn,
        protocol: Protocol,
        endpoint: Endpoint,
        attributes: {},
        declared: true,
      });
    }
    return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
  }

  #declareSubscription({ logicalId, properties }: DeclaredResource): ResourceHandle {
    const {
      TopicArn,
      Protocol,
      Endpoint = '',
      Region,
      ...attributes
    } = properties as { TopicArn: string; Protocol: string; Endpoint?: string; Region?: string };
    if (Region !== undefined && Region !== this.#host.region) throw notEmulated('sns', `subscriptions across regions (${logicalId})`);
    const texts = Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
    const arn = `${TopicArn}:${logicalId}`;
    this.#subscribe({
      arn,
      topicArn: TopicArn,
      protocol: Protocol,
      endpoint: Endpoint,
      attributes: Object.fromEntries(texts),
      declared: true,
    });
    return { ref: arn, attributes: { Arn: arn } };
  }

  #subscribe(subscription: Subscription): void {
    deliveryKind(subscription.protocol);
    checkAttributes(subscription.attributes);
    this.#filters.set(subscription.arn, compileFilter(subscription.attributes));
    this.#declared.add(subscription.arn);
    const existing = this.#subscriptions.get(subscription.arn);
    if (existing && canonicalJson(existing) === canonicalJson(subscription)) return;
    this.#subscriptions.set(subscription.arn, subscription);
  }

  #topic(arn: string | undefined): Topic {
    const topic = this.#topics.get(arn ?? '');
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  /** A topic that is not there is authorised like one that is, so that a missing grant shows first. */
  #authorizedToPublish(arn: string | undefined, context: CallContext): Topic {
    const { caller } = context;
    if (!arn) throw new AwsError('InvalidParameter', 'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter');
    const conditions = caller.kind === 'service' ? { conditions: { 'aws:SourceArn': caller.sourceArn } } : {};
    context.authorize({ action: 'sns:Publish', resource: arn, ...conditions });
    const kmsKeyArn = this.#topics.get(arn)?.kmsKeyArn;
    if (kmsKeyArn !== undefined) {
      context.authorize({ action: 'kms:GenerateDataKey', resource: kmsKeyArn, ...conditions });
      context.authorize({ action: 'kms:Decrypt', resource: kmsKeyArn, ...conditions });
    }
    return this.#topic(arn);
  }

  #publish(topic: Topic, input: PublishInput): string {
    const message = toPublished(input, { id: this.#host.newId(), topicArn: topic.arn, publishedAt: this.#host.clock.now() });
    this.#published.add(message);
    for (const subscription of this.#subscriptionsOf(topic)) {
      if (!this.#filters.get(subscription.arn)!.lets(message, subscription.protocol)) continue;
      if (deliveryKind(subscription.protocol) === 'delivered')
        this.#background(() => deliverMessage(this.#host, subscription, message, this.#closing.signal));
      else recordMessage(this.#host, subscription, message);
    }
    return message.id;
  }

  #publishBatch(topic: Topic, entries: NonNullable<PublishBatchInput['PublishBatchRequestEntries']>) {
    if (entries.length === 0) throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
    if (entries.length > BATCH_MAX)
      throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
    if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
      throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
    }
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const { Id, ...entry } of entries) {
      try {
        Successful.push({ Id, MessageId: this.#publish(topic, entry) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
      }
    }
    return { Successful, Failed };
  }

  #subscriptionsOf({ arn }: Topic): Subscription[] {
    return [...this.#subscriptions.values()].filter(({ topicArn }) => topicArn === arn);
  }

  #shown({ arn, topicArn, protocol, endpoint }: Subscription) {
    return { SubscriptionArn: arn, Owner: this.#host.accountId, Protocol: protocol, Endpoint: endpoint, TopicArn: topicArn };
  }
}
