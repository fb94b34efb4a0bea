/** PutObject, GetObject, HeadObject and CopyObject. Every call runs to its end before the next: what is written is read. */
import type {
  CopyObjectOutput,
  CopyObjectRequest,
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
  PutObjectOutput,
  PutObjectRequest,
} from '@aws-sdk/client-s3';
import { AwsError, type CallContext } from '../service.ts';
import { type ByteRange, readPartRange, readRange } from './byte-range.ts';
import { checksumOf, isChecksumAlgorithm } from './checksums.ts';
import { assertCopyable, assertReadable, assertWritable } from './conditions.ts';
import { invalidArgument, invalidRequest } from './errors.ts';
import type { StoredChecksum, StoredObject } from './model.ts';
import { describe, encryptionFor, encryptionMembers, quoted, readHeaders, readMetadata, versionMember } from './object-attributes.ts';
import { lockForNewVersion } from './object-lock.ts';
import { checksumMember, receiveBody } from './received-body.ts';
import {
  arnOfKey,
  authorize,
  authorizeKey,
  type Bucket,
  bucketOf,
  isAllowed,
  keyOf,
  newVersionId,
  nowInSeconds,
  type S3Store,
} from './store.ts';
import { findForRead } from './versions.ts';

type PutObjectInput = Omit<PutObjectRequest, 'Body'> & { readonly Body?: Uint8Array | string };

export function putObject(store: S3Store, input: PutObjectInput, context: CallContext): PutObjectOutput {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorizeWrite(bucket, key, input, context);
  const encryption = encryptionFor(store, bucket, input);
  authorizeKey(store, context, encryption, 'kms:GenerateDataKey', arnOfKey(bucket, key));
  const lock = lockForNewVersion(store, bucket, key, input, context);
  const received = receiveBody(input);
  if (lock.retention && !received.isChecked) {
    throw invalidRequest('Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters');
  }
  const [headers, metadata] = [readHeaders(input), readMetadata(input)];
  assertWritable(key, bucket.objects.latest(key), input);

  const checksum: StoredChecksum | undefined = received.checksum && { ...received.checksum, type: 'FULL_OBJECT' };
  const versionId = newVersionId(store, bucket);
  const version: StoredObject = {
    kind: 'object',
    key,
    versionId,
    at: nowInSeconds(store),
    size: received.bytes.length,
    etag: received.etag,
    parts: [store.state.storeBody(received.bytes)],
    isMultipart: false,
    headers,
    metadata,
    encryption,
    ...(checksum && { checksum }),
    ...lock,
  };
  store.state.commit({ kind: 'put', bucket: bucket.name, version });
  return {
    ETag: quoted(version.etag),
    ...checksumMember(checksum),
    ...(checksum && { ChecksumType: checksum.type }),
    ...encryptionMembers(encryption),
    ...versionMember(bucket, versionId),
  };
}

/** `s3:PutObject` for every write; comparing an ETag reads, so If-Match asks for `s3:GetObject` too. */
export function authorizeWrite(
  bucket: Bucket,
  key: string,
  { IfMatch, IfNoneMatch }: { readonly IfMatch?: string | undefined; readonly IfNoneMatch?: string | undefined },
  context: CallContext,
): void {
  authorize(context, 's3:PutObject', arnOfKey(bucket, key), {
    ...(IfMatch !== undefined && { 's3:if-match': IfMatch }),
    ...(IfNoneMatch !== undefined && { 's3:if-none-match': IfNoneMatch }),
  });
  if (IfMatch !== undefined) authorize(context, 's3:GetObject', arnOfKey(bucket, key));
}

export function getObject(
  store: S3Store,
  input: GetObjectRequest,
  context: CallContext,
): Omit<GetObjectOutput, 'Body'> & { Body: Uint8Array } {
  const { bucket, object, range } = readable(store, input, context);
  const { start, end } = range ?? { start: 0, end: object.size };
  return {
    ...describeFor(bucket, object, input, range, context),
    ...overrides(input),
    Body: store.state.bodies.read(object.parts, start, end),
  };
}

/** A HEAD has no body to name its error in, so a missing key is S3's bare `NotFound`. */
export function headObject(store: S3Store, input: HeadObjectRequest, context: CallContext): HeadObjectOutput {
  try {
    const { bucket, object, range } = readable(store, input, context);
    return { ...describeFor(bucket, object, input, range, context), ...overrides(input) };
  } catch (error) {
    if (error instanceof AwsError && error.status === 404 && error.code !== 'NoSuchBucket') {
      throw new AwsError('NotFound', 'Not Found', 404, { ...error.members });
    }
    throw error;
  }
}

function readable(
  store: S3Store,
  input: GetObjectRequest,
  context: CallContext,
): { bucket: Bucket; object: StoredObject; range: ByteRange | undefined } {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorizeRead(bucket, key, input.VersionId, context);
  const object = findForRead(bucket, key, input.VersionId, context);
  authorizeKey(store, context, object.encryption, 'kms:Decrypt', arnOfKey(bucket, key));
  assertReadable(object, input);
  if (input.PartNumber !== undefined && input.Range !== undefined)
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  const range = input.PartNumber === undefined ? readRange(input.Range, object.size) : readPartRange(object, input.PartNumber);
  return { bucket, object, range };
}

const authorizeRead = (bucket: Bucket, key: string, versionId: string | undefined, context: CallContext): void =>
  authorize(
    context,
    versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion',
    arnOfKey(bucket, key),
    versionId === undefined ? {} : { 's3:VersionId': versionId },
  );

function describeFor(bucket: Bucket, object: StoredObject, input: GetObjectRequest, range: ByteRange | undefined, context: CallContext) {
  const withLock = object.retention !== undefined && isAllowed(context, 's3:GetObjectRetention', arnOfKey(bucket, object.key));
  // The stored checksum is of all bytes: beside a range it would only fail the client's check.
  const withChecksum = input.ChecksumMode === 'ENABLED' && range === undefined;
  return {
    ...describe(bucket, object, { withChecksum, withLock: withLock || object.legalHold !== undefined }),
    ...(range && { ContentLength: range.end - range.start, ContentRange: `bytes ${range.start}-${range.end - 1}/${object.size}` }),
    ...(input.PartNumber !== undefined && object.isMultipart && { PartsCount: object.parts.length }),
  };
}

function overrides(input: GetObjectRequest) {
  return {
    ...(input.ResponseCacheControl !== undefined && { CacheControl: input.ResponseCacheControl }),
    ...(input.ResponseContentDisposition !== undefined && { ContentDisposition: input.ResponseContentDisposition }),
    ...(input.ResponseContentEncoding !== undefined && { ContentEncoding: input.ResponseContentEncoding }),
    ...(input.ResponseContentLanguage !== undefined && { ContentLanguage: input.ResponseContentLanguage }),
    ...(input.ResponseContentType !== undefined && { ContentType: input.ResponseContentType }),
    ...(input.ResponseExpires !== undefined && { Expires: input.ResponseExpires }),
  };
}

export function copyObject(store: S3Store, input: CopyObjectRequest, context: CallContext): CopyObjectOutput {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  const from = readCopySource(input.CopySource);
  const sourceBucket = bucketOf(store, from.bucket);
  authorizeRead(sourceBucket, from.key, from.versionId, context);
  authorizeWrite(bucket, key, input, context);
  const source = findForRead(sourceBucket, from.key, from.versionId, context);
  authorizeKey(store, context, source.encryption, 'kms:Decrypt', arnOfKey(sourceBucket, from.key));
  const encryption = encryptionFor(store, bucket, input);
  authorizeKey(store, context, encryption, 'kms:GenerateDataKey', arnOfKey(bucket, key));
  const lock = lockForNewVersion(store, bucket, key, input, context);
  assertCopyable(source, copySourceConditions(input));
  const replaces = input.MetadataDirective === 'REPLACE';
  if (!replaces && bucket.name === sourceBucket.name && key === from.key && from.versionId === undefined) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.",
    );
  }
  const [headers, metadata] = replaces ? [readHeaders(input), readMetadata(input)] : [source.headers, source.metadata];
  assertWritable(key, bucket.objects.latest(key), input);

  const copied = copyBytes(store, source, input.ChecksumAlgorithm);
  const version: StoredObject = {
    kind: 'object',
    key,
    versionId: newVersionId(store, bucket),
    at: nowInSeconds(store),
    ...copied,
    isMultipart: false,
    headers,
    metadata,
    encryption,
    ...lock,
  };
  store.state.commit({ kind: 'put', bucket: bucket.name, version });
  return {
    CopyObjectResult: { ETag: quoted(version.etag), LastModified: new Date(version.at), ...checksumMember(version.checksum) },
    ...(sourceBucket.isVersioned && { CopySourceVersionId: source.versionId }),
    ...encryptionMembers(encryption),
    ...versionMember(bucket, version.versionId),
  };
}

/** One body stays one file copy; several parts are laid together, and then the ETag is of the whole. */
function copyBytes(
  store: S3Store,
  source: StoredObject,
  wanted: string | undefined,
): Pick<StoredObject, 'parts' | 'size' | 'etag' | 'checksum'> {
  if (wanted !== undefined && !isChecksumAlgorithm(wanted)) throw invalidRequest('Checksum algorithm provided is unsupported.');
  const { size } = source;
  if (!source.isMultipart && (wanted === undefined || wanted === source.checksum?.algorithm)) {
    const body = store.state.nextNumber();
    store.state.bodies.copy(source.parts[0]!.body, body);
    return { parts: [{ body, size }], size, etag: source.etag, ...(source.checksum && { checksum: source.checksum }) };
  }
  const { bytes, etag } = receiveBody({ Body: store.state.bodies.read(source.parts, 0, size) });
  const algorithm = wanted ?? source.checksum?.algorithm;
  return {
    parts: [store.state.storeBody(bytes)],
    size,
    etag,
    ...(algorithm && { checksum: { algorithm, value: checksumOf(algorithm, [bytes]), type: 'FULL_OBJECT' } }),
  };
}

/** `bucket/key`, percent-encoded, with or without a leading slash and `?versionId=`. */
function readCopySource(source: string | undefined): { bucket: string; key: string; versionId: string | undefined } {
  const match = /^\/?([^/]+)\/(.+?)(?:\?versionId=(.+))?$/.exec(source ?? '');
  if (!match) throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey', 'x-amz-copy-source');
  try {
    return { bucket: match[1]!, key: decodeURIComponent(match[2]!), versionId: match[3] };
  } catch {
    throw invalidArgument('Copy Source is not percent-encoded as a URL', 'x-amz-copy-source');
  }
}

const copySourceConditions = (input: CopyObjectRequest) => ({
  IfMatch: input.CopySourceIfMatch,
  IfNoneMatch: input.CopySourceIfNoneMatch,
  IfModifiedSince: input.CopySourceIfModifiedSince,
  IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
});
