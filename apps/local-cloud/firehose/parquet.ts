/**
 * What Firehose's format conversion does to a record: JSON in, by the columns of a Glue table, one row of a Parquet file out, Snappy
 * as there. A field without a column is dropped, a column without a field is null, names are compared in lower case; a value that is not of its
 * column's type fails the record. Source: "Convert input data format in Amazon Data Firehose" and the OpenX JSON SerDe it names.
 * Not covered: arrays, maps, structs, decimals and ORC; a table with such a column is refused by name.
 */
import type { SchemaElement } from 'hyparquet';
import type { GlueColumn } from '../glue/index.ts';
import { notEmulated } from '../service.ts';

export type ParquetCell = string | number | bigint | boolean | null;

/** A record that cannot be a row of the table. */
export class NotConvertible extends Error {
  override readonly name = 'NotConvertible';
}

interface Conversion {
  readonly element: Omit<SchemaElement, 'name'>;
  convert(value: unknown): ParquetCell | undefined;
}

const whole = (value: unknown): bigint | undefined => {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : undefined;
};
const real = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};
/** The SerDe gives a text column the JSON of what is no text. */
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const conversions: Readonly<Record<string, Conversion>> = {
  string: { element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }, convert: text },
  bigint: { element: { type: 'INT64', repetition_type: 'OPTIONAL' }, convert: whole },
  double: { element: { type: 'DOUBLE', repetition_type: 'OPTIONAL' }, convert: real },
  boolean: {
    element: { type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
    convert: (value) => (typeof value === 'boolean' ? value : undefined),
  },
};

/** @throws AwsError NotEmulated for a column type that is not covered. */
export function assertConvertible(columns: readonly GlueColumn[]): void {
  const odd = columns.find(({ type }) => !Object.hasOwn(conversions, type));
  if (odd) throw notEmulated('firehose', `format conversion to column ${odd.name} of type ${odd.type}`);
}

/** @throws NotConvertible naming the column. */
export function rowOf(fields: Readonly<Record<string, unknown>>, columns: readonly GlueColumn[]): ParquetCell[] {
  const byName = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
  return columns.map(({ name, type }) => {
    const value = byName.get(name) ?? null;
    if (value === null) return null;
    const cell = conversions[type]!.convert(value);
    if (cell === undefined) throw new NotConvertible(`Error parsing column ${name}: ${JSON.stringify(value).slice(0, 100)} is no ${type}.`);
    return cell;
  });
}

/** The bytes of one file. The writer is loaded with the first one: most clouds never convert anything. */
export async function parquetFile(columns: readonly GlueColumn[], rows: ReadonlyArray<readonly ParquetCell[]>): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const schema: SchemaElement[] = [
    { name: 'hive_schema', num_children: columns.length },
    ...columns.map(({ name, type }) => ({ name, ...conversions[type]!.element })),
  ];
  const columnData = columns.map(({ name }, index) => ({ name, data: rows.map((row) => row[index]!) }));
  return new Uint8Array(parquetWriteBuffer({ schema, columnData, codec: 'SNAPPY', createdBy: 'ballast local-cloud' }));
}
