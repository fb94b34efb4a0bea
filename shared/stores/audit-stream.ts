/**
 * The way from audit records to the table that auditors query: a Firehose stream, which takes records in batches, each by itself. One that
 * was not taken is sent again, alone with the others of its kind; when some are still refused, the caller's own retry sends all of them once more,
 * so a record may be delivered twice, never not at all. Source: PutRecordBatch, Amazon Data Firehose API reference.
 */
import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { ContractViolation, TransientFailure } from '../kernel/errors.ts';
import { awsCall } from './aws-errors.ts';

const batchRecordsMax = 500;
const batchBytesMax = 4 << 20;
/** 1,000 KiB, before base64. */
const recordBytesMax = 1000 << 10;
const attemptsMax = 3;

export class AuditStream {
  readonly #client: FirehoseClient;
  readonly #name: string;

  constructor(client: FirehoseClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /**
   * Sends each line, which is the JSON of one record, as a record of its own.
   * @throws TransientFailure when some were not taken after three attempts, ContractViolation for a line longer than Firehose takes.
   */
  async put(lines: readonly string[]): Promise<void> {
    for (const batch of batchesOf(lines.map((line) => Buffer.from(line)))) await this.#send(batch);
  }

  async #send(batch: readonly Uint8Array[]): Promise<void> {
    let left = batch;
    let reason = '';
    for (let attempt = 1; left.length > 0 && attempt <= attemptsMax; attempt++) {
      const command = new PutRecordBatchCommand({ DeliveryStreamName: this.#name, Records: left.map((Data) => ({ Data })) });
      const { RequestResponses = [] } = await awsCall('Streaming audit records', () => this.#client.send(command));
      const refused = RequestResponses.map(({ ErrorCode, ErrorMessage }) => ErrorCode && `${ErrorCode}: ${ErrorMessage ?? ''}`);
      reason = refused.find(Boolean) ?? reason;
      left = left.filter((_, index) => Boolean(refused[index]));
    }
    if (left.length > 0)
      throw new TransientFailure(`Firehose did not take ${left.length} audit records (${reason})`, {
        stream: this.#name,
        left: left.length,
      });
  }
}

function batchesOf(records: readonly Uint8Array[]): Uint8Array[][] {
  const batches: Uint8Array[][] = [];
  let bytes = 0;
  for (const record of records) {
    if (record.length > recordBytesMax)
      throw new ContractViolation('A record of the audit stream is at most 1,000 KiB long', { bytes: record.length });
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === batchRecordsMax || bytes + record.length > batchBytesMax) {
      batches.push([record]);
      bytes = record.length;
    } else {
      batch.push(record);
      bytes += record.length;
    }
  }
  return batches;
}
