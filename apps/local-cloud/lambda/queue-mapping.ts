/**
 * Feeds a queue to a function. AWS polls without end; here the queue is read when something was sent to it and when
 * messages that failed become visible again, so that virtual time is not driven forward by polling.
 */
import type { Message } from '@aws-sdk/client-sqs';
import { queueUrlFromArn } from '../sqs/queue-address.ts';
import { callerOf, type MappingDefinition, type MappingOptions, passesFilters, runBatch } from './mapping.ts';

const RECEIVE_MAX = 10;

/** What the function's role must be allowed on the queue before Lambda reads it. */
export const queueActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;

export class QueueMapping {
  readonly #definition: MappingDefinition;
  readonly #options: MappingOptions;
  readonly #queueUrl: string;
  /** Called when messages are visible again after a failure: by then some may lie in another queue, with its own mapping. */
  readonly #afterRedelivery: () => void;
  #draining = false;
  #sentMeanwhile = false;

  constructor(definition: MappingDefinition, options: MappingOptions, afterRedelivery: () => void) {
    this.#definition = definition;
    this.#options = options;
    this.#queueUrl = queueUrlFromArn(definition.sourceArn);
    this.#afterRedelivery = afterRedelivery;
  }

  get queueUrl(): string {
    return this.#queueUrl;
  }

  /** Messages may be there now, or `delayMs` from now. */
  wake(delayMs = 0): void {
    if (delayMs > 0) {
      this.#background(async () => {
        await this.#options.host.clock.sleep(delayMs, this.#options.closing);
        this.wake();
      });
      return;
    }
    this.#sentMeanwhile = true;
    if (this.#draining) return;
    this.#draining = true;
    this.#background(async () => {
      try {
        while (this.#sentMeanwhile && !this.#options.closing.aborted) {
          this.#sentMeanwhile = false;
          await this.#drain();
        }
      } finally {
        this.#draining = false;
      }
    });
  }

  #background(work: () => Promise<void>): void {
    const { background, closing } = this.#options;
    background(async () => {
      try {
        await work();
      } catch (error) {
        if (!closing.aborted) throw error;
      }
    });
  }

  async #drain(): Promise<void> {
    for (;;) {
      const messages = await this.#receive();
      if (messages.length === 0) return;
      const wanted = messages.filter((message) => passesFilters(this.#definition, filterable(message)));
      // What no filter wants is deleted unseen, as on AWS.
      await this.#delete(messages.filter((message) => !wanted.includes(message)));
      if (wanted.length > 0) await this.#deliver(wanted);
    }
  }

  async #deliver(messages: readonly Message[]): Promise<void> {
    const { host, function: target } = this.#options;
    const outcome = await runBatch(
      this.#options,
      this.#definition,
      messages.map((message) => eventRecord(message, this.#definition.sourceArn, host.region)),
    );
    if (outcome.kind === 'done') return this.#delete(messages);
    const failed = outcome.kind === 'failed' ? messages : messages.filter(({ MessageId }) => outcome.itemIds.includes(MessageId!));
    await this.#delete(messages.filter((message) => !failed.includes(message)));
    host.observe({
      at: host.clock.now(),
      service: 'lambda',
      event: 'QueueBatchFailed',
      details: { functionName: target.name, messages: failed.length },
    });
    const visibleAgainMs = await this.#visibilityTimeoutMs();
    this.#background(async () => {
      await host.clock.sleep(visibleAgainMs, this.#options.closing);
      this.wake();
      this.#afterRedelivery();
    });
  }

  async #receive(): Promise<Message[]> {
    const messages: Message[] = [];
    while (messages.length < this.#definition.batchSize) {
      const wanted = Math.min(RECEIVE_MAX, this.#definition.batchSize - messages.length);
      const input = {
        MaxNumberOfMessages: wanted,
        WaitTimeSeconds: 0,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      };
      const { Messages = [] } = (await this.#call('ReceiveMessage', input)) as { Messages?: Message[] };
      messages.push(...Messages);
      if (Messages.length === 0) break;
    }
    return messages;
  }

  async #delete(messages: readonly Message[]): Promise<void> {
    for (let start = 0; start < messages.length; start += RECEIVE_MAX) {
      const Entries = messages.slice(start, start + RECEIVE_MAX).map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await this.#call('DeleteMessageBatch', { Entries });
    }
  }

  async #visibilityTimeoutMs(): Promise<number> {
    const { Attributes } = (await this.#call('GetQueueAttributes', { AttributeNames: ['VisibilityTimeout'] })) as {
      Attributes?: Record<string, string>;
    };
    return Number(Attributes?.VisibilityTimeout ?? 30) * 1000;
  }

  #call(operation: string, input: object): Promise<unknown> {
    const { host, function: target } = this.#options;
    return host.call(callerOf(target), 'sqs', operation, { QueueUrl: this.#queueUrl, ...input });
  }
}

function eventRecord(message: Message, eventSourceARN: string, awsRegion: string): object {
  const messageAttributes = Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue, BinaryValue, DataType }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes,
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion,
  };
}

/** Filters look into a body that is JSON, and at the text of one that is not. */
function filterable({ Body = '' }: Message): object {
  try {
    return { body: JSON.parse(Body) as unknown };
  } catch {
    return { body: Body };
  }
}
