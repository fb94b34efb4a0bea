/**
 * What waits in the fund's dead-letter queue, read without taking it away: a message is hidden for a while and shown again after.
 * A letter says who sent it by its attributes:
 *
 *   a rule of the bus   RULE_ARN, TARGET_ARN, ERROR_CODE; the body is the event     (EventBridge user guide, "Using dead-letter queues")
 *   a schedule          SCHEDULE_ARN, TARGET_ARN, ERROR_CODE; the body is the input (Scheduler user guide, "Dead-letter queue")
 *   a function          RequestID, ErrorCode, ErrorMessage; the body is what it was called with, and the function is not named
 *                                                                                    (Lambda developer guide, "Dead-letter queues")
 *   a table's stream    no attributes; the body names the function and the sequence numbers, and holds no record
 */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { physicalName, type StageName } from '../../shared/contracts/names/index.ts';
import type { AwsClientConfig } from '../../shared/runtime/host.ts';
import type { BusEnvelope } from './event-bus.ts';

export type LetterOrigin =
  | { readonly kind: 'rule'; readonly ruleArn: string; readonly targetArn: string }
  | { readonly kind: 'schedule'; readonly scheduleArn: string; readonly targetArn: string }
  | { readonly kind: 'call'; readonly requestId: string }
  | { readonly kind: 'stream'; readonly functionArn: string; readonly sequences: string }
  | { readonly kind: 'unknown' };

export interface DeadLetter {
  readonly id: string;
  readonly sentAt: string;
  readonly origin: LetterOrigin;
  readonly error: { readonly code: string; readonly message: string };
  /** Undefined for what was no event of the bus. */
  readonly event: BusEnvelope | undefined;
  readonly body: string;
  readonly receipt: string;
}

const batch = 10;

export class DeadLetterQueue {
  readonly #client: SQSClient;
  readonly #queueName: string;
  readonly #deleted = new Set<string>();

  constructor(stage: StageName, client: AwsClientConfig) {
    // The local cloud's queue addresses name no host that is there.
    this.#client = new SQSClient({ ...client, useQueueUrlAsEndpoint: false });
    this.#queueName = physicalName(stage, 'dead-letters');
  }

  /** Oldest first. Nobody else sees them until `work` has ended, or that many seconds have passed. */
  async holding<T>(seconds: number, work: (letters: readonly DeadLetter[]) => Promise<T>): Promise<T> {
    const letters = await this.#receive(seconds);
    try {
      return await work(letters);
    } finally {
      await this.#show(letters);
    }
  }

  async delete({ receipt }: DeadLetter): Promise<void> {
    await this.#client.send(new DeleteMessageCommand({ QueueUrl: await this.#url(), ReceiptHandle: receipt }));
    this.#deleted.add(receipt);
  }

  /** Waits a second for more: without waiting, SQS asks only some of its servers. */
  async #receive(seconds: number): Promise<DeadLetter[]> {
    const QueueUrl = await this.#url();
    const letters: DeadLetter[] = [];
    for (;;) {
      const { Messages = [] } = await this.#client.send(
        new ReceiveMessageCommand({
          ...{ QueueUrl, MaxNumberOfMessages: batch, VisibilityTimeout: seconds, WaitTimeSeconds: 1 },
          ...{ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['SentTimestamp'] },
        }),
      );
      if (Messages.length === 0) break;
      letters.push(...Messages.map(letterOf));
    }
    return letters.sort((a, b) => (a.sentAt < b.sentAt ? -1 : 1));
  }

  async #show(letters: readonly DeadLetter[]): Promise<void> {
    const QueueUrl = await this.#url();
    for (const { receipt } of letters.filter((letter) => !this.#deleted.has(letter.receipt)))
      await this.#client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 }));
  }

  async #url(): Promise<string> {
    const { QueueUrl = '' } = await this.#client.send(new GetQueueUrlCommand({ QueueName: this.#queueName }));
    return QueueUrl;
  }
}

const Envelope = z.looseObject({ source: z.string(), 'detail-type': z.string(), detail: z.record(z.string(), z.unknown()) });
const StreamFailure = z.object({
  requestContext: z.object({ functionArn: z.string(), condition: z.string() }),
  DDBStreamBatchInfo: z.object({ startSequenceNumber: z.string(), endSequenceNumber: z.string() }),
});

export function letterOf({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} }: Message): DeadLetter {
  const said = (name: string): string | undefined => MessageAttributes[name]?.StringValue;
  const json = parsed(Body);
  const stream = StreamFailure.safeParse(json);
  const message = said('ERROR_MESSAGE') ?? said('ErrorMessage') ?? '';
  return {
    id: MessageId,
    sentAt: new Date(Number(Attributes.SentTimestamp ?? 0)).toISOString(),
    origin: originOf(said, stream.data),
    error: { code: said('ERROR_CODE') ?? said('ErrorCode') ?? stream.data?.requestContext.condition ?? 'UNKNOWN', message },
    event: Envelope.safeParse(json).data,
    body: Body,
    receipt: ReceiptHandle,
  };
}

function originOf(said: (name: string) => string | undefined, stream: z.infer<typeof StreamFailure> | undefined): LetterOrigin {
  const [ruleArn, scheduleArn, targetArn = '', requestId] = ['RULE_ARN', 'SCHEDULE_ARN', 'TARGET_ARN', 'RequestID'].map(said);
  if (ruleArn !== undefined) return { kind: 'rule', ruleArn, targetArn };
  if (scheduleArn !== undefined) return { kind: 'schedule', scheduleArn, targetArn };
  if (requestId !== undefined) return { kind: 'call', requestId };
  if (stream === undefined) return { kind: 'unknown' };
  const { startSequenceNumber, endSequenceNumber } = stream.DDBStreamBatchInfo;
  return { kind: 'stream', functionArn: stream.requestContext.functionArn, sequences: `${startSequenceNumber}–${endSequenceNumber}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
