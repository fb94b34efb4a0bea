/**
 * Feeds a table's stream to a function: in order, a batch at a time, each batch until it succeeds, its retries are
 * used up or it is too old. The checkpoint moves only past records that are done with, and outlives the process, so a
 * record may be delivered twice and is never left out.
 */
import type { DynamoStreams, StreamRecord } from '../dynamodb/streams.ts';
import { sendOutcome } from './destinations.ts';
import { type BatchOutcome, backoffMs, callerOf, type MappingDefinition, type MappingOptions, passesFilters, runBatch } from './mapping.ts';

export type StreamSource = Pick<DynamoStreams, 'readStream' | 'latestSequenceNumber' | 'onStreamRecords'>;

/** The stream keeps records for 24 hours; a batch that fails longer than that is gone. */
const RETENTION_MS = 24 * 3_600_000;

/** What the function's role must be allowed on the stream before Lambda reads it. */
export const streamActions = [
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:DescribeStream',
  'dynamodb:ListStreams',
] as const;

export class StreamMapping {
  readonly #definition: MappingDefinition;
  readonly #options: MappingOptions;
  readonly #source: StreamSource;
  #draining = false;
  #unsubscribe: () => void = () => {};

  constructor(definition: MappingDefinition, options: MappingOptions, source: StreamSource) {
    this.#definition = definition;
    this.#options = options;
    this.#source = source;
  }

  start(): void {
    const { id, sourceArn, startsAt } = this.#definition;
    const { ledger } = this.#options;
    if (startsAt === 'LATEST' && ledger.checkpoint(id) === undefined) {
      const latest = this.#source.latestSequenceNumber(sourceArn);
      if (latest !== undefined) ledger.moveCheckpoint(id, latest);
    }
    this.#unsubscribe = this.#source.onStreamRecords(sourceArn, () => this.#wake());
    this.#wake();
  }

  stop(): void {
    this.#unsubscribe();
  }

  #wake(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#options.background(async () => {
      try {
        await this.#drain();
      } catch (error) {
        if (!this.#options.closing.aborted) throw error;
      } finally {
        this.#draining = false;
      }
    });
  }

  async #drain(): Promise<void> {
    const { id, sourceArn, batchSize } = this.#definition;
    const { ledger, closing } = this.#options;
    while (!closing.aborted) {
      const records = this.#source.readStream(sourceArn, ledger.checkpoint(id), batchSize);
      if (records.length === 0) return;
      const wanted = records.filter((record) => passesFilters(this.#definition, record));
      if (wanted.length > 0) await this.#deliver(wanted, 0);
      ledger.moveCheckpoint(id, sequenceNumberOf(records.at(-1)!));
    }
  }

  /** Ends when every record was taken by the function or given up. */
  async #deliver(records: readonly StreamRecord[], failuresBefore: number): Promise<void> {
    const { host, closing, ledger } = this.#options;
    let pending = records;
    for (let failures = failuresBefore; ; ) {
      const outcome = await runBatch(this.#options, this.#definition, pending);
      if (outcome.kind === 'done') return;
      const left = leftOver(pending, outcome);
      // What came before the first failed record is done, whatever becomes of the rest.
      const lastDone = pending[pending.length - left.length - 1];
      if (lastDone) ledger.moveCheckpoint(this.#definition.id, sequenceNumberOf(lastDone));
      pending = left;

      if (this.#definition.bisects && pending.length > 1) {
        // Splitting does not count as a retry.
        const middle = Math.ceil(pending.length / 2);
        await this.#deliver(pending.slice(0, middle), failures);
        return this.#deliver(pending.slice(middle), failures);
      }
      failures++;
      const condition = this.#givesUpBecause(pending, failures);
      if (condition !== undefined) return this.#giveUp(pending, condition, failures, outcome);
      await host.clock.sleep(backoffMs(failures - 1), closing);
    }
  }

  #givesUpBecause(records: readonly StreamRecord[], failures: number): string | undefined {
    const { retriesMax, recordAgeMsMax } = this.#definition;
    if (retriesMax !== -1 && failures > retriesMax) return 'RetryAttemptsExhausted';
    const ageMs = this.#options.host.clock.now() - arrivedAtMs(records[0]!);
    return ageMs > (recordAgeMsMax === -1 ? RETENTION_MS : recordAgeMsMax) ? 'RecordAgeExceeded' : undefined;
  }

  async #giveUp(
    records: readonly StreamRecord[],
    condition: string,
    failures: number,
    outcome: Exclude<BatchOutcome, { kind: 'done' }>,
  ): Promise<void> {
    const { host, function: target } = this.#options;
    const { onFailureArn, sourceArn } = this.#definition;
    const details = { functionName: target.name, condition, records: records.length, streamArn: sourceArn };
    host.observe({ at: host.clock.now(), service: 'lambda', event: 'StreamBatchGivenUp', details });
    if (onFailureArn === undefined) return;
    const body = JSON.stringify(this.#envelope(records, condition, failures, outcome));
    try {
      await sendOutcome(host, callerOf(target), onFailureArn, {
        body,
        detailType: 'Lambda Function Invocation Result - Failure',
        functionArn: target.arn,
      });
    } catch (error) {
      host.observe({
        at: host.clock.now(),
        service: 'lambda',
        event: 'DestinationFailed',
        details: { ...details, because: String(error) },
      });
    }
  }

  #envelope(
    records: readonly StreamRecord[],
    condition: string,
    failures: number,
    { result }: Exclude<BatchOutcome, { kind: 'done' }>,
  ): object {
    const [first, last] = [records[0]!, records.at(-1)!];
    return {
      requestContext: { requestId: result.requestId, functionArn: this.#options.function.arn, condition, approximateInvokeCount: failures },
      responseContext: {
        statusCode: 200,
        executedVersion: result.executedVersion,
        ...(result.functionError && { functionError: result.functionError }),
      },
      version: '1.0',
      timestamp: new Date(this.#options.host.clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId: 'shardId-00000000000000000000-00000000',
        startSequenceNumber: sequenceNumberOf(first),
        endSequenceNumber: sequenceNumberOf(last),
        approximateArrivalOfFirstRecord: new Date(arrivedAtMs(first)).toISOString(),
        approximateArrivalOfLastRecord: new Date(arrivedAtMs(last)).toISOString(),
        batchSize: records.length,
        streamArn: this.#definition.sourceArn,
      },
    };
  }
}

/** From the first record the function named as failed; all of them when it named none it was given. */
function leftOver(records: readonly StreamRecord[], outcome: Exclude<BatchOutcome, { kind: 'done' }>): readonly StreamRecord[] {
  if (outcome.kind === 'failed') return records;
  const first = records.findIndex((record) => outcome.itemIds.includes(sequenceNumberOf(record)));
  return first === -1 ? records : records.slice(first);
}

const sequenceNumberOf = (record: StreamRecord): string => record.dynamodb.SequenceNumber;

const arrivedAtMs = (record: StreamRecord): number => record.dynamodb.ApproximateCreationDateTime * 1000;
