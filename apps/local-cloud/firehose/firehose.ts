/**
 * Firehose, as far as the project uses it: direct puts, converted to Parquet by a Glue table and delivered to S3 under the stream's role, in
 * folders named by keys of the records. What was taken is kept on disk until S3 has it, so a kill loses nothing; one between the put and
 * the note of it delivers twice, as AWS may.
 *
 * A buffer is delivered when it is full, and else as soon as nothing else goes on: an interval would move virtual time whenever a fund
 * comes to rest. S3 that refuses is tried again, five times with growing pauses; then the records wait for the next put or boot.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { _Record, PutRecordBatchInput, PutRecordInput } from '@aws-sdk/client-firehose';
import { backgroundOf } from '../events/detached.ts';
import { KeptMap } from '../events/kept-map.ts';
import { columnsOf, type GlueTable } from '../glue/index.ts';
import {
  AwsError,
  type AwsService,
  type CallContext,
  type Caller,
  type CloudHost,
  type DeclaredResource,
  operationNamed,
  type ResourceHandle,
} from '../service.ts';
import { jsonProtocol } from '../wire/json.ts';
import { type BufferedRecord, type DeliveredObject, objectsOf } from './batches.ts';
import { type DeliveryStream, deliveryStreamFrom } from './delivery-stream.ts';
import { assertConvertible } from './parquet.ts';

/** Quotas of PutRecord and PutRecordBatch. */
const recordBytesMax = 1000 << 10;
const batchRecordsMax = 500;
const batchBytesMax = 4 << 20;
const attemptsMax = 5;
const pauseMs = 1000;

export function createFirehose(host: CloudHost): AwsService {
  return new LocalFirehose(host);
}

type Operation = (input: never, context: CallContext) => unknown;

class LocalFirehose implements AwsService {
  readonly name = 'firehose';
  readonly wire = jsonProtocol({ version: '1.1', targetPrefix: 'Firehose_20150804', blobs: ['Data'] });
  readonly resourceTypes = ['AWS::KinesisFirehose::DeliveryStream'];
  readonly #host: CloudHost;
  readonly #streams = new Map<string, DeliveryStream>();
  readonly #buffer: KeptMap<BufferedRecord>;
  readonly #waiting = new Set<string>();
  readonly #delivering = new Map<string, Promise<void>>();
  readonly #background: (work: () => Promise<unknown>) => void;
  readonly #closing = new AbortController();

  constructor(host: CloudHost) {
    this.#host = host;
    const directory = host.storage('firehose');
    this.#buffer = new KeptMap(directory && join(directory, 'buffer.journal'));
    this.#background = backgroundOf(host);
  }

  declare(resource: DeclaredResource): ResourceHandle {
    const stream = deliveryStreamFrom(
      resource,
      (name) => `arn:aws:firehose:${this.#host.region}:${this.#host.accountId}:deliverystream/${name}`,
    );
    this.#streams.set(stream.name, stream);
    return { ref: stream.name, attributes: { Arn: stream.arn } };
  }

  /** What an earlier process took and did not deliver. */
  start(): void {
    for (const name of new Set([...this.#buffer.values()].map(({ stream }) => stream))) if (this.#streams.has(name)) this.#whenQuiet(name);
  }

  execute(operation: string, input: never, context: CallContext): unknown {
    return operationNamed('firehose', this.#operations, operation)(input, context);
  }

  close(): void {
    this.#closing.abort();
    this.#buffer.close();
  }

  readonly #operations: Readonly<Record<string, Operation>> = {
    PutRecord: ({ DeliveryStreamName, Record }: PutRecordInput, context) => {
      const stream = this.#authorized(context, 'PutRecord', DeliveryStreamName);
      const [id] = this.#take(stream, Record ? [Record] : [], context);
      return { RecordId: id, Encrypted: false };
    },
    PutRecordBatch: ({ DeliveryStreamName, Records = [] }: PutRecordBatchInput, context) => {
      const stream = this.#authorized(context, 'PutRecordBatch', DeliveryStreamName);
      return {
        FailedPutCount: 0,
        Encrypted: false,
        RequestResponses: this.#take(stream, Records, context).map((RecordId) => ({ RecordId })),
      };
    },
    DescribeDeliveryStream: ({ DeliveryStreamName }: { DeliveryStreamName?: string }, context) => {
      const { name, arn } = this.#authorized(context, 'DescribeDeliveryStream', DeliveryStreamName);
      return {
        DeliveryStreamDescription: {
          DeliveryStreamName: name,
          DeliveryStreamARN: arn,
          DeliveryStreamStatus: 'ACTIVE',
          DeliveryStreamType: 'DirectPut',
          VersionId: '1',
          Destinations: [],
          HasMoreDestinations: false,
        },
      };
    },
  };

  #authorized(context: CallContext, action: string, name = ''): DeliveryStream {
    context.authorize({
      action: `firehose:${action}`,
      resource: `arn:aws:firehose:${this.#host.region}:${this.#host.accountId}:deliverystream/${name}`,
    });
    const stream = this.#streams.get(name);
    if (!stream) throw new AwsError('ResourceNotFoundException', `Firehose ${name} under account ${this.#host.accountId} not found.`);
    return stream;
  }

  #take(stream: DeliveryStream, records: readonly _Record[], { requestId }: CallContext): string[] {
    const blobs = records.map(({ Data }) => Data ?? new Uint8Array());
    const fault = faultOf(blobs);
    if (fault !== undefined) throw new AwsError('InvalidArgumentException', fault);
    const arrivedAt = this.#host.clock.now();
    const ids = blobs.map((data, index) => {
      const id = createHash('sha256').update(`${requestId}/${index}`).digest('base64url');
      this.#buffer.set(id, { id, stream: stream.name, arrivedAt, data: Buffer.from(data).toString('base64') });
      return id;
    });
    const buffered = this.#bufferedOf(stream.name).reduce((sum, { data }) => sum + (data.length * 3) / 4, 0);
    if (buffered >= stream.bufferBytes) this.#background(() => this.#deliver(stream.name));
    else this.#whenQuiet(stream.name);
    return ids;
  }

  #bufferedOf(name: string): BufferedRecord[] {
    return [...this.#buffer.values()].filter(({ stream }) => stream === name);
  }

  #whenQuiet(name: string): void {
    if (this.#waiting.has(name)) return;
    this.#waiting.add(name);
    this.#background(async () => {
      await this.#host.clock.sleep(0, this.#closing.signal).catch(() => {});
      this.#waiting.delete(name);
      await this.#deliver(name);
    });
  }

  /** One delivery of a stream at a time, so that no record is in two. */
  async #deliver(name: string): Promise<void> {
    while (this.#delivering.has(name)) await this.#delivering.get(name);
    const delivery = this.#deliverAll(this.#streams.get(name)!).finally(() => this.#delivering.delete(name));
    this.#delivering.set(name, delivery);
    await delivery;
  }

  async #deliverAll(stream: DeliveryStream): Promise<void> {
    const records = this.#bufferedOf(stream.name);
    for (let attempt = 1; records.length > 0 && !this.#closing.signal.aborted; attempt++) {
      try {
        const role: Caller = { kind: 'role', roleArn: stream.roleArn, session: 'firehose' };
        const objects = await objectsOf(stream, await this.#columnsFor(stream, role), records, this.#host.clock.now());
        for (const object of objects) await this.#put(stream, role, object);
        for (const { id } of records) this.#buffer.delete(id);
        return;
      } catch (error) {
        const details = { stream: stream.name, records: records.length, attempt, error: String((error as Error).message) };
        if (attempt === attemptsMax || isHopeless(error)) {
          this.#tell('FirehoseDeliveryFailed', details);
          return;
        }
        this.#tell('FirehoseDeliveryRetried', details);
        await this.#host.clock.sleep(pauseMs * 2 ** attempt, this.#closing.signal).catch(() => {});
      }
    }
  }

  async #columnsFor({ table }: DeliveryStream, role: Caller) {
    const { TableVersions } = (await this.#host.call(role, 'glue', 'GetTableVersions', table)) as {
      TableVersions: { Table: GlueTable }[];
    };
    const columns = columnsOf(TableVersions[0]!.Table);
    assertConvertible(columns);
    return columns;
  }

  async #put(stream: DeliveryStream, role: Caller, { key, body, records }: DeliveredObject): Promise<void> {
    await this.#host.call(role, 's3', 'PutObject', {
      Bucket: stream.bucket,
      Key: key,
      Body: body,
      // Object Lock takes no upload without a checksum.
      ContentMD5: createHash('md5').update(body).digest('base64'),
      ...(stream.kmsKeyArn !== undefined && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: stream.kmsKeyArn }),
    });
    this.#tell('FirehoseDelivered', { stream: stream.name, key, records });
  }

  #tell(event: string, details: Readonly<Record<string, unknown>>): void {
    this.#host.observe({ at: this.#host.clock.now(), service: 'firehose', event, details });
  }
}

/** What no later attempt can do either. */
const isHopeless = (error: unknown): boolean => error instanceof AwsError && error.code === 'NotEmulated';

/** What AWS refuses a put for. */
function faultOf(blobs: readonly Uint8Array[]): string | undefined {
  if (blobs.length === 0) return 'A put holds at least one record.';
  if (blobs.length > batchRecordsMax) return `A batch holds at most ${batchRecordsMax} records.`;
  if (blobs.some(({ length }) => length > recordBytesMax)) return `A record holds at most ${recordBytesMax} bytes.`;
  if (blobs.reduce((sum, { length }) => sum + length, 0) > batchBytesMax) return `A batch holds at most ${batchBytesMax} bytes.`;
  return undefined;
}
