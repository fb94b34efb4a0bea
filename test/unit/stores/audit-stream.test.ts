/** Records on their way to Firehose: how they are cut into batches, and what happens to one that was not taken. */
import { FirehoseClient, PutRecordBatchCommand, type PutRecordBatchCommandOutput } from '@aws-sdk/client-firehose';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { ContractViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { AuditStream } from '../../../shared/stores/audit-stream.ts';

const firehose = mockClient(FirehoseClient);
const stream = new AuditStream(new FirehoseClient({ region: 'us-east-1' }), 'audit');

/** The lines of every call so far. */
const sent = (): string[][] =>
  firehose
    .commandCalls(PutRecordBatchCommand)
    .map(({ args }) => args[0].input.Records!.map(({ Data }) => Buffer.from(Data!).toString('utf8')));

const answer = (...taken: readonly boolean[]): Omit<PutRecordBatchCommandOutput, '$metadata'> => ({
  FailedPutCount: taken.filter((one) => !one).length,
  RequestResponses: taken.map((one, index) =>
    one ? { RecordId: String(index) } : { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' },
  ),
});

beforeEach(() => {
  firehose.reset();
  firehose.on(PutRecordBatchCommand).callsFake(({ Records }: { Records: unknown[] }) => answer(...Records.map(() => true)));
});

describe('batches', () => {
  test('hold at most 500 records, in their order', async () => {
    const lines = Array.from({ length: 1201 }, (_, index) => `{"sequence":${index}}`);
    await stream.put(lines);
    expect(sent().map(({ length }) => length)).toEqual([500, 500, 201]);
    expect(sent().flat()).toEqual(lines);
  });

  test('hold at most 4 MiB, counted in UTF-8', async () => {
    const line = 'ü'.repeat(450_000);
    await stream.put(Array.from({ length: 9 }, () => line));
    expect(sent().map(({ length }) => length)).toEqual([4, 4, 1]);
  });

  test('are none for nothing', async () => {
    await stream.put([]);
    expect(sent()).toEqual([]);
  });

  test('refuse a record that Firehose takes in no batch', async () => {
    await expect(stream.put(['x'.repeat((1000 << 10) + 1)])).rejects.toThrow(ContractViolation);
    expect(sent()).toEqual([]);
  });
});

describe('a record that was not taken', () => {
  test('is sent again alone', async () => {
    firehose
      .on(PutRecordBatchCommand)
      .resolvesOnce(answer(true, false, true))
      .resolvesOnce(answer(true));
    await stream.put(['a', 'b', 'c']);
    expect(sent()).toEqual([['a', 'b', 'c'], ['b']]);
  });

  test('fails transiently after three attempts, with the reason', async () => {
    firehose.on(PutRecordBatchCommand).callsFake(({ Records }: { Records: unknown[] }) => answer(...Records.map((_, index) => index > 0)));
    const failure = await stream.put(['a', 'b']).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransientFailure);
    expect((failure as Error).message).toBe('Firehose did not take 1 audit records (ServiceUnavailableException: Slow down.)');
    expect(sent()).toEqual([['a', 'b'], ['a'], ['a']]);
  });

  test('fails as the whole call does when Firehose cannot be reached', async () => {
    firehose.on(PutRecordBatchCommand).rejects(Object.assign(new Error('socket hang up'), { name: 'TimeoutError', $retryable: {} }));
    await expect(stream.put(['a'])).rejects.toThrow(/Streaming audit records/);
  });
});
