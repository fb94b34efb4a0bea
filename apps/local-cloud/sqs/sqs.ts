/**
 * SQS: queues declared by templates, with visibility, delay, long polling, retention and redrive by the cloud's clock.
 * Messages survive the process; queues are declared anew at each boot.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type {
  BatchResultErrorEntry,
  ChangeMessageVisibilityRequest,
  DeleteMessageBatchRequest,
  DeleteMessageRequest,
  GetQueueAttributesRequest,
  ListQueuesRequest,
  ReceiveMessageRequest,
  SendMessageBatchRequest,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { KeptMap } from '../events/kept-map.ts';
import {
  AwsError,
  type AwsService,
  type CallContext,
  type CloudHost,
  type DeclaredResource,
  operationNamed,
  type ResourceHandle,
} from '../service.ts';
import { jsonProtocol } from '../wire/json.ts';
import { attributesDigest, bodyDigest, messageBytes } from './message-digest.ts';
import { Queue } from './queue.ts';
import { queueArn, queueNameFromUrl, queueUrl } from './queue-address.ts';
import { queueSettings, shownAttributes } from './queue-attributes.ts';
import { shownMessage, toStored } from './shown-message.ts';
import type { StoredMessage } from './stored-message.ts';

export interface Sqs extends AwsService {
  /** Policy documents by queue ARN, as JSON text. */
  resourcePolicies(): ReadonlyMap<string, string>;
}

export function createSqs(host: CloudHost): Sqs {
  return new LocalSqs(host);
}

type Operation = (input: never, context: CallContext) => unknown;

const BATCH_MAX = 10;
const BATCH_BYTES_MAX = 1_048_576;

class LocalSqs implements Sqs {
  readonly name = 'sqs';
  readonly wire = jsonProtocol({ version: '1.0', targetPrefix: 'AmazonSQS', blobs: ['BinaryValue'] });
  readonly resourceTypes = ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'];
  readonly #host: CloudHost;
  readonly #queues = new Map<string, Queue>();
  readonly #messages: KeptMap<StoredMessage>;
  readonly #policies = new Map<string, string>();
  #sequence = 0;

  constructor(host: CloudHost) {
    this.#host = host;
    const directory = host.storage('sqs');
    this.#messages = new KeptMap(directory === undefined ? undefined : join(directory, 'messages.journal'));
  }

  declare(resource: DeclaredResource): ResourceHandle {
    const { region, accountId, clock } = this.#host;
    if (resource.type === 'AWS::SQS::QueuePolicy') {
      const { Queues, PolicyDocument } = resource.properties as { Queues: string[]; PolicyDocument: object | string };
      const document = typeof PolicyDocument === 'string' ? PolicyDocument : JSON.stringify(PolicyDocument);
      for (const url of Queues) this.#policies.set(queueArn(region, accountId, queueNameFromUrl(url)), document);
      return { ref: `${resource.stack}-${resource.logicalId}`, attributes: { Id: `${resource.stack}-${resource.logicalId}` } };
    }
    const settings = queueSettings(resource, {
      region,
      accountId,
      createdAt: clock.now(),
      arnOf: (name) => queueArn(region, accountId, name),
      urlOf: (name) => queueUrl(accountId, name),
    });
    this.#queues.set(settings.name, new Queue(settings, this.#messages));
    return { ref: settings.url, attributes: { Arn: settings.arn, QueueName: settings.name, QueueUrl: settings.url } };
  }

  execute(operation: string, input: never, context: CallContext): unknown {
    return operationNamed('sqs', this.#operations, operation)(input, context);
  }

  close(): void {
    this.#messages.close();
  }

  resourcePolicies(): ReadonlyMap<string, string> {
    return this.#policies;
  }

  readonly #operations: Readonly<Record<string, Operation>> = {
    SendMessage: (input: SendMessageRequest, context) => {
      const queue = this.#queue(input.QueueUrl);
      this.#authorizeSend(queue, context);
      return this.#send(queue, input, context);
    },
    SendMessageBatch: ({ QueueUrl, Entries = [] }: SendMessageBatchRequest, context) => {
      const queue = this.#queue(QueueUrl);
      this.#authorizeSend(queue, context);
      checkBatch(Entries);
      if (Entries.reduce((sum, entry) => sum + messageBytes(entry.MessageBody ?? '', entry.MessageAttributes), 0) > BATCH_BYTES_MAX) {
        throw new AwsError('BatchRequestTooLong', 'Batch requests cannot be longer than 1048576 bytes.');
      }
      return batch(Entries, (entry) => this.#send(queue, { QueueUrl, ...entry }, context));
    },
    ReceiveMessage: (input: ReceiveMessageRequest, context) => this.#receive(input, context),
    DeleteMessage: ({ QueueUrl, ReceiptHandle = '' }: DeleteMessageRequest, context) => {
      this.#authorized('sqs:DeleteMessage', QueueUrl, context).delete(ReceiptHandle);
      return {};
    },
    DeleteMessageBatch: ({ QueueUrl, Entries = [] }: DeleteMessageBatchRequest, context) => {
      const queue = this.#authorized('sqs:DeleteMessage', QueueUrl, context);
      checkBatch(Entries);
      return batch(Entries, ({ ReceiptHandle = '' }) => {
        queue.delete(ReceiptHandle);
        return {};
      });
    },
    ChangeMessageVisibility: ({ QueueUrl, ReceiptHandle = '', VisibilityTimeout = 0 }: ChangeMessageVisibilityRequest, context) => {
      const queue = this.#authorized('sqs:ChangeMessageVisibility', QueueUrl, context);
      queue.changeVisibility(ReceiptHandle, this.#host.clock.now(), inRange('VisibilityTimeout', VisibilityTimeout, 43_200) * 1000);
      return {};
    },
    GetQueueAttributes: ({ QueueUrl, AttributeNames = [] }: GetQueueAttributesRequest, context) => {
      const queue = this.#authorized('sqs:GetQueueAttributes', QueueUrl, context);
      const all = shownAttributes(queue.settings, queue.counts(this.#host.clock.now()), this.#policies.get(queue.settings.arn));
      const wanted = new Set<string>(AttributeNames);
      return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has('All') || wanted.has(name))) };
    },
    GetQueueUrl: ({ QueueName = '' }: { QueueName?: string }, context) => ({
      QueueUrl: this.#authorized('sqs:GetQueueUrl', QueueName, context).settings.url,
    }),
    ListQueues: ({ QueueNamePrefix = '' }: ListQueuesRequest, context) => {
      context.authorize({ action: 'sqs:ListQueues', resource: queueArn(this.#host.region, this.#host.accountId, '*') });
      const names = [...this.#queues.keys()].filter((name) => name.startsWith(QueueNamePrefix)).sort();
      return { QueueUrls: names.map((name) => this.#queues.get(name)!.settings.url) };
    },
    PurgeQueue: ({ QueueUrl }: { QueueUrl?: string }, context) => {
      this.#authorized('sqs:PurgeQueue', QueueUrl, context).purge();
      return {};
    },
  };

  /** @throws AwsError QueueDoesNotExist */
  #queue(url: string | undefined): Queue {
    const queue = this.#queues.get(queueNameFromUrl(url ?? ''));
    if (!queue) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  /** A queue that is not there is authorised like one that is, so that a missing grant shows first. */
  #authorized(action: string, url: string | undefined, context: CallContext): Queue {
    this.#authorize(action, queueArn(this.#host.region, this.#host.accountId, queueNameFromUrl(url ?? '')), context);
    return this.#queue(url);
  }

  #authorize(action: string, resource: string, context: CallContext): void {
    const { caller } = context;
    context.authorize({ action, resource, ...(caller.kind === 'service' ? { conditions: { 'aws:SourceArn': caller.sourceArn } } : {}) });
  }

  #authorizeSend({ settings: { arn, kmsKeyArn } }: Queue, context: CallContext): void {
    this.#authorize('sqs:SendMessage', arn, context);
    if (kmsKeyArn === undefined) return;
    this.#authorize('kms:GenerateDataKey', kmsKeyArn, context);
    this.#authorize('kms:Decrypt', kmsKeyArn, context);
  }

  #send(queue: Queue, input: SendMessageRequest, context: CallContext): SendMessageResult {
    const { settings } = queue;
    const body = input.MessageBody ?? '';
    checkBody(body, messageBytes(body, input.MessageAttributes), settings.messageBytesMax);
    const now = this.#host.clock.now();
    const delayMs = input.DelaySeconds === undefined ? settings.delayMs : inRange('DelaySeconds', input.DelaySeconds, 900) * 1000;
    const fifo = settings.fifo ? fifoMembers(input, body, settings.contentBasedDeduplication, this.#nextSequence(now)) : {};
    const traceHeader = input.MessageSystemAttributes?.AWSTraceHeader?.StringValue;
    const stored = queue.send({
      id: this.#host.newId(),
      queue: settings.name,
      body,
      senderId: senderOf(context),
      sentAt: now,
      visibleAt: (now + delayMs) as EpochMs,
      receives: 0,
      ...(input.MessageAttributes ? { attributes: toStored(input.MessageAttributes) } : {}),
      ...(traceHeader === undefined ? {} : { traceHeader }),
      ...fifo,
    });
    const attributesMd5 = attributesDigest(input.MessageAttributes);
    return {
      MessageId: stored.id,
      MD5OfMessageBody: bodyDigest(body),
      ...(attributesMd5 === undefined ? {} : { MD5OfMessageAttributes: attributesMd5 }),
      ...(stored.sequence === undefined ? {} : { SequenceNumber: stored.sequence }),
    };
  }

  /** Grows within a queue and over restarts, twenty digits long. */
  #nextSequence(now: EpochMs): string {
    this.#sequence = Math.max(this.#sequence + 1, now * 1000);
    return String(this.#sequence).padStart(20, '0');
  }

  async #receive(input: ReceiveMessageRequest, context: CallContext) {
    const queue = this.#authorized('sqs:ReceiveMessage', input.QueueUrl, context);
    const { settings } = queue;
    if (settings.kmsKeyArn !== undefined) this.#authorize('kms:Decrypt', settings.kmsKeyArn, context);
    const countMax = inRange('MaxNumberOfMessages', input.MaxNumberOfMessages ?? 1, BATCH_MAX, 1);
    const visibilityMs =
      input.VisibilityTimeout === undefined ? settings.visibilityMs : inRange('VisibilityTimeout', input.VisibilityTimeout, 43_200) * 1000;
    const waitMs =
      input.WaitTimeSeconds === undefined ? settings.receiveWaitMs : inRange('WaitTimeSeconds', input.WaitTimeSeconds, 20) * 1000;
    const { clock } = this.#host;
    const deadline = clock.now() + waitMs;
    for (;;) {
      const now = clock.now();
      const { arrival } = queue;
      const messages = queue.receive({
        now,
        countMax,
        visibilityMs,
        newReceipt: () => this.#host.newId(),
        moveToDeadLetters: (message) => this.#moveToDeadLetters(queue, message),
      });
      if (messages.length > 0) return { Messages: messages.map((message) => shownMessage(message, input)) };
      if (now >= deadline) return {};
      await sleptOrWoken(clock.sleep(Math.min(deadline, queue.nextVisibleAt(now) ?? deadline) - now, arrival), arrival);
    }
  }

  /** Keeps the time it was first sent, as standard queues do. A missing queue takes nothing: the message stays. */
  #moveToDeadLetters({ settings }: Queue, message: StoredMessage): boolean {
    const name = settings.redrive!.deadLetterArn.split(':').at(-1)!;
    const target = this.#queues.get(name);
    target?.send({ ...message, queue: name, receivesElsewhere: message.receives, deadLetterSource: settings.arn });
    const event = target ? 'DeadLettered' : 'DeadLetterFailed';
    this.#host.observe({
      at: this.#host.clock.now(),
      service: 'sqs',
      event,
      details: { queue: settings.name, message: message.id, to: name },
    });
    return target !== undefined;
  }
}

async function sleptOrWoken(sleep: Promise<void>, arrival: AbortSignal): Promise<void> {
  try {
    await sleep;
  } catch (error) {
    if (!arrival.aborted) throw error;
  }
}

function fifoMembers(input: SendMessageRequest, body: string, contentBased: boolean, sequence: string) {
  if (!input.MessageGroupId) throw new AwsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  const deduplicationId = input.MessageDeduplicationId ?? (contentBased ? createHash('sha256').update(body).digest('hex') : undefined);
  if (deduplicationId === undefined) {
    throw new AwsError(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return { group: input.MessageGroupId, deduplicationId, sequence };
}

/** Characters that XML 1.0 leaves out are no message text. */
const OUTSIDE_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

function checkBody(body: string, bytes: number, bytesMax: number): void {
  if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (OUTSIDE_XML.test(body)) throw new AwsError('InvalidMessageContents', 'Invalid characters found in the message body.');
  if (bytes > bytesMax) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${bytesMax} bytes.`,
    );
  }
}

function inRange(name: string, value: number, high: number, low = 0): number {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${low} and ${high}, if provided.`,
    );
  }
  return value;
}

function checkBatch(entries: readonly { Id: string | undefined }[]): void {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > BATCH_MAX)
    throw new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${BATCH_MAX}.`);
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
}

/** One entry's refusal is its own; the others go through. */
function batch<Entry extends { Id: string | undefined }>(entries: readonly Entry[], run: (entry: Entry) => object) {
  const Successful: object[] = [];
  const Failed: BatchResultErrorEntry[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, ...(Failed.length > 0 ? { Failed } : {}) };
}

const senderOf = ({ caller }: CallContext): string =>
  caller.kind === 'role' ? `${caller.roleArn}:${caller.session}` : caller.kind === 'service' ? caller.service : 'operator';
