/**
 * Multipart uploads. Parts are body files of their own, and the finished object is a list of them: completing an
 * upload of any size writes one journal line and copies no byte.
 */
import { createHash } from 'node:crypto';
import type {
  AbortMultipartUploadRequest,
  CompletedPart,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  UploadPartOutput,
  UploadPartRequest,
} from '@aws-sdk/client-s3';
import { AwsError, type CallContext } from '../service.ts';
import { CHECKSUM_MEMBERS, type ChecksumAlgorithm, checksumIn, checksumOf, isChecksumAlgorithm } from './checksums.ts';
import { assertWritable } from './conditions.ts';
import { invalidArgument, invalidRequest, malformedXml, noSuchUpload } from './errors.ts';
import type { StoredChecksum, StoredObject, Upload, UploadedPart } from './model.ts';
import { encryptionFor, encryptionMembers, quoted, readHeaders, readMetadata, versionMember } from './object-attributes.ts';
import { lockForNewVersion } from './object-lock.ts';
import { authorizeWrite } from './objects.ts';
import { checksumMember, receiveBody } from './received-body.ts';
import type { UploadInProgress } from './state.ts';
import {
  arnOfKey,
  authorize,
  authorizeKey,
  type Bucket,
  bucketOf,
  keyOf,
  newNumberedId,
  newVersionId,
  nowInSeconds,
  type S3Store,
} from './store.ts';

const MIN_PART_BYTES = 5 * 1024 * 1024;

export function createMultipartUpload(
  store: S3Store,
  input: CreateMultipartUploadRequest,
  context: CallContext,
): CreateMultipartUploadOutput {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorize(context, 's3:PutObject', arnOfKey(bucket, key));
  const encryption = encryptionFor(store, bucket, input);
  authorizeKey(store, context, encryption, 'kms:GenerateDataKey', arnOfKey(bucket, key));
  const lock = lockForNewVersion(store, bucket, key, input, context);
  const checksum = readUploadChecksum(input);
  const upload: Upload = {
    uploadId: newNumberedId(store),
    key,
    at: nowInSeconds(store),
    template: { headers: readHeaders(input), metadata: readMetadata(input), encryption, ...lock },
    ...(checksum && { checksum }),
  };
  store.state.commit({ kind: 'upload', bucket: bucket.name, upload });
  return {
    Bucket: bucket.name,
    Key: key,
    UploadId: upload.uploadId,
    ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
    ...encryptionMembers(encryption),
  };
}

function readUploadChecksum({ ChecksumAlgorithm: algorithm, ChecksumType: type }: CreateMultipartUploadRequest): Upload['checksum'] {
  if (algorithm === undefined) {
    if (type !== undefined)
      throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
    return undefined;
  }
  if (!isChecksumAlgorithm(algorithm) || algorithm === 'MD5' || algorithm === 'SHA512')
    throw invalidRequest('Checksum algorithm provided is unsupported.');
  const resolved = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const isLegal = algorithm === 'CRC64NVME' ? resolved === 'FULL_OBJECT' : resolved === 'COMPOSITE' || algorithm.startsWith('CRC');
  if (!isLegal)
    throw invalidRequest(`The ${resolved} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
  return { algorithm, type: resolved };
}

type UploadPartInput = Omit<UploadPartRequest, 'Body'> & { readonly Body?: Uint8Array | string };

export function uploadPart(store: S3Store, input: UploadPartInput, context: CallContext): UploadPartOutput {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorize(context, 's3:PutObject', arnOfKey(bucket, key));
  const upload = uploadOf(bucket, key, input.UploadId);
  authorizeKey(store, context, upload.template.encryption, 'kms:Decrypt', arnOfKey(bucket, key));
  const number = input.PartNumber ?? 0;
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber');
  }
  const { bytes, etag, checksum } = receiveBody(input, upload.checksum?.algorithm);
  if (upload.checksum && checksum?.algorithm !== upload.checksum.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksum.algorithm.toLowerCase()}, actual checksum Type: ${checksum?.algorithm.toLowerCase()}`,
    );
  }
  const part: UploadedPart = {
    ...store.state.storeBody(bytes),
    number,
    etag,
    at: nowInSeconds(store),
    ...(upload.checksum && checksum && { checksum: checksum.value }),
  };
  store.state.commit({ kind: 'part', bucket: bucket.name, uploadId: upload.uploadId, part });
  return { ETag: quoted(etag), ...checksumMember(checksum), ...encryptionMembers(upload.template.encryption) };
}

export function completeMultipartUpload(
  store: S3Store,
  input: CompleteMultipartUploadRequest,
  context: CallContext,
): CompleteMultipartUploadOutput {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorizeWrite(bucket, key, input, context);
  const upload = uploadOf(bucket, key, input.UploadId);
  authorizeKey(store, context, upload.template.encryption, 'kms:Decrypt', arnOfKey(bucket, key));
  const parts = chosenParts(upload, input.MultipartUpload?.Parts ?? []);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
    );
  }
  const checksum = upload.checksum && checksumOfParts(store, upload.checksum, parts, size);
  assertClaimedChecksum(input, checksum);
  assertWritable(key, bucket.objects.latest(key), input);

  const version: StoredObject = {
    kind: 'object',
    key,
    versionId: newVersionId(store, bucket),
    at: nowInSeconds(store),
    size,
    etag: `${digestOfDigests(
      'md5',
      parts.map((part) => Buffer.from(part.etag, 'hex')),
    ).toString('hex')}-${parts.length}`,
    parts: parts.map(({ body, size: partSize }) => ({ body, size: partSize })),
    isMultipart: true,
    ...upload.template,
    ...(checksum && { checksum }),
  };
  store.state.commit({ kind: 'put', bucket: bucket.name, version, completes: upload.uploadId });
  return {
    Location: `https://${bucket.name}.s3.${store.host.region}.amazonaws.com/${encodeURIComponent(key).replaceAll('%2F', '/')}`,
    Bucket: bucket.name,
    Key: key,
    ETag: quoted(version.etag),
    ...checksumMember(checksum),
    ...(checksum && { ChecksumType: checksum.type }),
    ...encryptionMembers(version.encryption),
    ...versionMember(bucket, version.versionId),
  };
}

/** The parts the client lists, in order and as uploaded. @throws AwsError MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall */
function chosenParts(upload: UploadInProgress, listed: readonly CompletedPart[]): UploadedPart[] {
  if (listed.length === 0) throw malformedXml();
  const chosen: UploadedPart[] = [];
  for (const { PartNumber: number = 0, ETag: etag, ...rest } of listed) {
    if (number <= (chosen.at(-1)?.number ?? 0)) {
      throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order. Parts must be ordered by part number.');
    }
    const part = upload.parts.get(number);
    const claimed = upload.checksum && (rest as Record<string, unknown>)[CHECKSUM_MEMBERS[upload.checksum.algorithm]];
    if (!part || etag?.replaceAll('"', '') !== part.etag || (claimed !== undefined && claimed !== part.checksum)) {
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { UploadId: upload.uploadId, PartNumber: number },
      );
    }
    chosen.push(part);
  }
  const tooSmall = chosen.slice(0, -1).find((part) => part.size < MIN_PART_BYTES);
  if (tooSmall) {
    const members = { ProposedSize: tooSmall.size, MinSizeAllowed: MIN_PART_BYTES, PartNumber: tooSmall.number };
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, members);
  }
  return chosen;
}

function checksumOfParts(
  store: S3Store,
  { algorithm, type }: NonNullable<Upload['checksum']>,
  parts: readonly UploadedPart[],
  size: number,
): StoredChecksum {
  if (type === 'FULL_OBJECT') return { algorithm, type, value: checksumOf(algorithm, [store.state.bodies.read(parts, 0, size)]) };
  const digests = parts.map((part) => Buffer.from(part.checksum!, 'base64'));
  return { algorithm, type, value: `${checksumOf(algorithm, digests)}-${parts.length}` };
}

function assertClaimedChecksum(input: CompleteMultipartUploadRequest, checksum: StoredChecksum | undefined): void {
  const claimed: { algorithm: ChecksumAlgorithm; value: string } | undefined = checksumIn(input);
  if (claimed && checksum && (claimed.algorithm !== checksum.algorithm || claimed.value !== checksum.value)) {
    throw new AwsError('BadDigest', `The ${claimed.algorithm} you specified did not match the calculated checksum.`);
  }
}

function digestOfDigests(algorithm: string, digests: readonly Buffer[]): Buffer {
  const hash = createHash(algorithm);
  for (const digest of digests) hash.update(digest);
  return hash.digest();
}

export function abortMultipartUpload(store: S3Store, input: AbortMultipartUploadRequest, context: CallContext): object {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorize(context, 's3:AbortMultipartUpload', arnOfKey(bucket, key));
  store.state.commit({ kind: 'abort', bucket: bucket.name, uploadId: uploadOf(bucket, key, input.UploadId).uploadId });
  return {};
}

export function uploadOf(bucket: Bucket, key: string, uploadId: string | undefined): UploadInProgress {
  const upload = bucket.uploads.get(uploadId ?? '');
  if (upload?.key !== key) throw noSuchUpload(uploadId ?? '');
  return upload;
}
