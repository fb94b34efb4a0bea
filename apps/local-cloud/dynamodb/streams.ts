/**
 * Table streams: what changed, in order, as a Lambda event shows it. The Lambda service's event source mapping reads
 * them in process. Records are derived from the table's journal, so they outlive a restart; they are kept for
 * 24 hours of the cloud's clock; of a table with more than 100,000 within that time, at least the newest 100,000.
 */
import { createHash } from 'node:crypto';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { toWire } from '../wire/json.ts';
import type { Attributes } from './items/attribute-value.ts';
import { sameAttributes, sizeOfAttributes } from './items/measure.ts';
import type { StreamViewType } from './table-definition.ts';

/** One record of the event a stream hands to a function; bytes are base64 text there. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: object;
    readonly NewImage?: object;
    readonly OldImage?: object;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: StreamViewType;
  };
  readonly eventSourceARN: string;
  /** Present on deletions by Time to Live only. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
}

/** How the Lambda service reads streams. */
export interface DynamoStreams {
  /** Oldest first, after that sequence number or from the oldest record kept. @throws AwsError ResourceNotFoundException */
  readStream(streamArn: string, afterSequenceNumber: string | undefined, limit: number): StreamRecord[];
  /** The newest record's sequence number, for a mapping that starts at LATEST. */
  latestSequenceNumber(streamArn: string): string | undefined;
  /** Calls the listener after each commit that wrote records; the answer unsubscribes. */
  onStreamRecords(streamArn: string, listener: () => void): () => void;
}

/** A change as it is kept; images are shared with the table. */
export interface Change {
  readonly sequence: number;
  readonly at: EpochMs;
  readonly keys: Attributes;
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
  readonly expired: boolean;
}

const STREAM_RETENTION_MS = 24 * 3_600_000;
const STREAM_RECORDS_KEPT = 100_000;

export class TableStream {
  readonly arn: string;
  readonly #region: string;
  readonly #viewType: StreamViewType;
  readonly #listeners = new Set<() => void>();
  #changes: Change[] = [];
  /** Where the changes still kept begin; those before go when they are the greater part. */
  #first = 0;
  #fresh = false;

  constructor(arn: string, region: string, viewType: StreamViewType) {
    this.arn = arn;
    this.#region = region;
    this.#viewType = viewType;
  }

  get size(): number {
    return this.#changes.length - this.#first;
  }

  /** What is kept, oldest first. */
  get changes(): readonly Change[] {
    return this.#changes.slice(this.#first);
  }

  /** Keeps a change; one that changes nothing leaves no record, as on AWS. */
  add(change: Change): void {
    if (change.before === undefined && change.after === undefined) return;
    if (change.before && change.after && sameAttributes(change.before, change.after)) return;
    this.#changes.push(change);
    this.#fresh = true;
    if (this.size >= 2 * STREAM_RECORDS_KEPT) this.#first += STREAM_RECORDS_KEPT;
    this.#forget();
  }

  /** Drops what is past its retention. */
  trim(now: EpochMs): void {
    const oldestAt = now - STREAM_RETENTION_MS;
    while (this.size > 0 && this.#changes[this.#first]!.at < oldestAt) this.#first++;
    this.#forget();
  }

  read(after: string | undefined, limit: number): StreamRecord[] {
    const from = after === undefined ? this.#first : this.#indexAfter(after);
    return this.#changes.slice(from, from + limit).map((change) => this.#recordOf(change));
  }

  latestSequenceNumber(): string | undefined {
    const last = this.size > 0 ? this.#changes.at(-1) : undefined;
    return last && sequenceNumberText(last.sequence);
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells listeners once a commit is over, if it left records. */
  announce(): void {
    if (!this.#fresh) return;
    this.#fresh = false;
    for (const listener of this.#listeners) listener();
  }

  #forget(): void {
    if (this.#first <= this.#changes.length / 2) return;
    this.#changes = this.#changes.slice(this.#first);
    this.#first = 0;
  }

  /** Sequence numbers only grow: a binary search finds the place. */
  #indexAfter(after: string): number {
    let low = this.#first;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sequenceNumberText(this.#changes[middle]!.sequence) > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #recordOf({ sequence, at, keys, before, after, expired }: Change): StreamRecord {
    const showsNew = this.#viewType === 'NEW_IMAGE' || this.#viewType === 'NEW_AND_OLD_IMAGES';
    const showsOld = this.#viewType === 'OLD_IMAGE' || this.#viewType === 'NEW_AND_OLD_IMAGES';
    const newImage = showsNew ? after : undefined;
    const oldImage = showsOld ? before : undefined;
    const SequenceNumber = sequenceNumberText(sequence);
    return {
      eventID: createHash('md5').update(`${this.arn}/${SequenceNumber}`).digest('hex'),
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#region,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(at / 1000),
        Keys: toWire(keys) as object,
        ...(newImage && { NewImage: toWire(newImage) as object }),
        ...(oldImage && { OldImage: toWire(oldImage) as object }),
        SequenceNumber,
        SizeBytes: [keys, newImage, oldImage].reduce((bytes, part) => bytes + (part ? sizeOfAttributes(part) : 0), 0),
        StreamViewType: this.#viewType,
      },
      eventSourceARN: this.arn,
      ...(expired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } as const }),
    };
  }
}

/** Fixed width, so that text order is number order. */
const sequenceNumberText = (sequence: number): string => `1${String(sequence).padStart(20, '0')}`;
