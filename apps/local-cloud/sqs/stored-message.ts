/** A message as a queue keeps it, plain enough for its journal. */
import type { EpochMs } from '../../../shared/kernel/units.ts';

export interface StoredMessage {
  readonly id: string;
  readonly queue: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, StoredAttribute>>;
  readonly traceHeader?: string;
  readonly senderId: string;
  readonly sentAt: EpochMs;
  readonly visibleAt: EpochMs;
  /** Over all queues it was in. */
  readonly receives: number;
  /** Of `receives`, those before it came to this queue. */
  readonly receivesElsewhere?: number;
  readonly firstReceivedAt?: EpochMs;
  /** Of the last receive; earlier ones are void. */
  readonly receipt?: string;
  readonly group?: string;
  readonly deduplicationId?: string;
  readonly sequence?: string;
  /** The queue it was moved from, when it is a dead letter. */
  readonly deadLetterSource?: string;
}

/** An attribute whose bytes, if any, are written as base64. */
export interface StoredAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly base64?: string;
}
