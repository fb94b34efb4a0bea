/**
 * Buffered records as the objects they become: a Parquet file for each folder, and one file of error lines for each kind of failure, in the
 * shape that Firehose writes. Pure but for the Parquet writer.
 */
import { createHash } from 'node:crypto';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { GlueColumn } from '../glue/index.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import { NotConvertible, type ParquetCell, parquetFile, rowOf } from './parquet.ts';
import { errorTypeExpression, filledPrefix, keyExpression } from './partitioning.ts';

export interface BufferedRecord {
  readonly id: string;
  readonly stream: string;
  readonly arrivedAt: EpochMs;
  /** Base64. */
  readonly data: string;
}

export interface DeliveredObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly records: number;
}

type ErrorType = 'processing-failed' | 'format-conversion-failed';

interface Failed {
  readonly record: BufferedRecord;
  readonly code: string;
  readonly message: string;
}

/** @throws AwsError NotEmulated when the table has a column that cannot be converted to. */
export async function objectsOf(
  stream: DeliveryStream,
  columns: readonly GlueColumn[],
  records: readonly BufferedRecord[],
  now: EpochMs,
): Promise<DeliveredObject[]> {
  const folders = new Map<string, ParquetCell[][]>();
  const failures = new Map<ErrorType, Failed[]>();
  for (const record of records) {
    const fails = (type: ErrorType, code: string, message: string): void => {
      failures.set(type, [...(failures.get(type) ?? []), { record, code, message }]);
    };
    const fields = fieldsOf(record);
    const keys = fields && stream.keysOf(fields);
    if (!fields) fails('processing-failed', 'DynamicPartitioning.MetadataExtractionFailed', 'The record is no JSON object.');
    else if (!keys)
      fails('processing-failed', 'DynamicPartitioning.MetadataExtractionFailed', 'The partition key query gives nothing for this record.');
    else {
      const values = Object.fromEntries(Object.entries(keys).map(([key, value]) => [keyExpression(key), value]));
      const folder = filledPrefix(stream.prefix, values);
      try {
        const row = rowOf(fields, columns);
        folders.set(folder, [...(folders.get(folder) ?? []), row]);
      } catch (error) {
        if (!(error instanceof NotConvertible)) throw error;
        fails('format-conversion-failed', 'DataFormatConversion.ParseError', error.message);
      }
    }
  }
  const name = objectName(stream.name, records);
  const files = [...folders].map(async ([folder, rows]) => ({
    key: `${folder}${name}${stream.fileExtension}`,
    body: await parquetFile(columns, rows),
    records: rows.length,
  }));
  const errors = [...failures].map(([type, failed]) => ({
    key: `${filledPrefix(stream.errorPrefix, { [errorTypeExpression]: type })}${name}`,
    body: Buffer.from(failed.map((one) => `${JSON.stringify(errorLine(one, now))}\n`).join('')),
    records: failed.length,
  }));
  return [...(await Promise.all(files)), ...errors];
}

function fieldsOf({ data }: BufferedRecord): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** `<stream>-1-yyyy-MM-dd-HH-mm-ss-<uuid>`: time and uuid follow from the records, so the same ones, delivered again, have the same name. */
function objectName(streamName: string, records: readonly BufferedRecord[]): string {
  const digest = createHash('sha256');
  for (const { id } of records) digest.update(id).update('\n');
  const hex = digest.digest('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  const time = new Date(records.at(-1)!.arrivedAt).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-');
  return `${streamName}-1-${time}-${uuid}`;
}

const errorLine = ({ record, code, message }: Failed, now: EpochMs) => ({
  attemptsMade: 1,
  arrivalTimestamp: record.arrivedAt,
  errorCode: code,
  errorMessage: message,
  attemptEndingTimestamp: now,
  rawData: record.data,
});
