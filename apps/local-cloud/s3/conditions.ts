/** The conditional headers, for reads (RFC 9110, section 13) and for S3's conditional writes. */
import { AwsError } from '../service.ts';
import { noSuchKey, notModified, preconditionFailed } from './errors.ts';
import type { ObjectVersion, StoredObject } from './model.ts';

interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/** @throws AwsError PreconditionFailed 412 or NotModified 304 */
export function assertReadable(object: StoredObject, conditions: ReadConditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, object)) throw preconditionFailed('If-Match');
  } else if (IfUnmodifiedSince && object.at > IfUnmodifiedSince.getTime()) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, object)) throw notModified();
  } else if (IfModifiedSince && object.at <= IfModifiedSince.getTime()) {
    throw notModified();
  }
}

/** A copy answers every failed condition on its source with 412. @throws AwsError PreconditionFailed */
export function assertCopyable(source: StoredObject, conditions: ReadConditions): void {
  try {
    assertReadable(source, conditions);
  } catch (error) {
    throw error instanceof AwsError && error.code === 'NotModified' ? preconditionFailed('x-amz-copy-source-If-None-Match') : error;
  }
}

interface WriteConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}

/** @throws AwsError PreconditionFailed, or NoSuchKey for If-Match on nothing. */
export function assertWritable(key: string, latest: ObjectVersion | undefined, { IfMatch, IfNoneMatch }: WriteConditions): void {
  const current = latest?.kind === 'object' ? latest : undefined;
  if (IfNoneMatch !== undefined) {
    if (IfNoneMatch !== '*') {
      throw new AwsError(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented: If-None-Match takes only "*" here',
        501,
      );
    }
    if (current) throw preconditionFailed('If-None-Match');
  }
  if (IfMatch !== undefined) {
    if (!current) throw noSuchKey(key);
    if (!matches(IfMatch, current)) throw preconditionFailed('If-Match');
  }
}

const matches = (header: string, { etag }: StoredObject): boolean =>
  header === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '').replace(/^"|"$/g, '') === etag);
