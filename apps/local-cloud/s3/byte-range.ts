/** Which bytes of an object a read wants. Ends are exclusive. */
import { AwsError } from '../service.ts';
import { invalidArgument } from './errors.ts';
import type { StoredObject } from './model.ts';

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** `undefined` for no range; a range S3 does not understand is ignored, as it does. @throws AwsError InvalidRange 416 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1]!, match[2]!];
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= size || start >= end) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, { RangeRequested: header, ActualObjectSize: size });
  }
  return { start, end };
}

/** The bytes of one part of a multipart object; an object uploaded whole is its own part 1. */
export function readPartRange(object: StoredObject, partNumber: number): ByteRange {
  if (!Number.isInteger(partNumber) || partNumber < 1)
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber');
  const part = object.parts[partNumber - 1];
  if (!part)
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416, { ActualPartCount: object.parts.length });
  const start = object.parts.slice(0, partNumber - 1).reduce((sum, other) => sum + other.size, 0);
  return { start, end: start + part.size };
}
