/** ListParts and ListMultipartUploads: what is under way and not yet an object. */
import type { ListMultipartUploadsOutput, ListMultipartUploadsRequest, ListPartsOutput, ListPartsRequest } from '@aws-sdk/client-s3';
import { type CallContext, notEmulated } from '../service.ts';
import { readEncoding, readMaxKeys } from './listing.ts';
import { uploadOf } from './multipart.ts';
import { quoted } from './object-attributes.ts';
import { compareKeys } from './object-index.ts';
import { checksumMember } from './received-body.ts';
import { arnOfKey, authorize, bucketOf, keyOf, type S3Store } from './store.ts';

export function listParts(store: S3Store, input: ListPartsRequest, context: CallContext): ListPartsOutput {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorize(context, 's3:ListMultipartUploadParts', arnOfKey(bucket, key));
  const { uploadId, parts, checksum } = uploadOf(bucket, key, input.UploadId);
  const maxParts = readMaxKeys(input.MaxParts, 'max-parts');
  const marker = Number(input.PartNumberMarker ?? 0);
  const following = [...parts.values()].filter((part) => part.number > marker).sort((a, b) => a.number - b.number);
  const page = following.slice(0, maxParts);
  const isTruncated = page.length > 0 && page.length < following.length;
  return {
    Bucket: bucket.name,
    Key: key,
    UploadId: uploadId,
    PartNumberMarker: String(marker),
    ...(isTruncated && { NextPartNumberMarker: String(page.at(-1)!.number) }),
    MaxParts: maxParts,
    IsTruncated: isTruncated,
    StorageClass: 'STANDARD',
    ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
    Parts: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.at),
      ETag: quoted(part.etag),
      Size: part.size,
      ...(checksum && part.checksum !== undefined && checksumMember({ algorithm: checksum.algorithm, value: part.checksum })),
    })),
  };
}

export function listMultipartUploads(store: S3Store, input: ListMultipartUploadsRequest, context: CallContext): ListMultipartUploadsOutput {
  const bucket = bucketOf(store, input.Bucket);
  authorize(context, 's3:ListBucketMultipartUploads', bucket.arn);
  if (input.Delimiter !== undefined) throw notEmulated('s3', 'ListMultipartUploads with a delimiter');
  const { Prefix: prefix = '', KeyMarker: keyMarker = '', UploadIdMarker: uploadIdMarker } = input;
  const maxUploads = readMaxKeys(input.MaxUploads, 'max-uploads');
  const encode = readEncoding(input.EncodingType);
  const isBehindMarker = (key: string, uploadId: string): boolean => {
    const order = compareKeys(key, keyMarker);
    return order > 0 || (order === 0 && uploadIdMarker !== undefined && uploadId > uploadIdMarker);
  };
  const following = [...bucket.uploads.values()]
    .filter(({ key, uploadId }) => key.startsWith(prefix) && isBehindMarker(key, uploadId))
    .sort((a, b) => compareKeys(a.key, b.key) || (a.uploadId < b.uploadId ? -1 : 1));
  const page = following.slice(0, maxUploads);
  const isTruncated = page.length > 0 && page.length < following.length;
  return {
    Bucket: bucket.name,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    ...(uploadIdMarker !== undefined && { UploadIdMarker: uploadIdMarker }),
    ...(isTruncated && { NextKeyMarker: encode(page.at(-1)!.key), NextUploadIdMarker: page.at(-1)!.uploadId }),
    MaxUploads: maxUploads,
    IsTruncated: isTruncated,
    ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
    Uploads: page.map(({ key, uploadId, at, checksum }) => ({
      Key: encode(key),
      UploadId: uploadId,
      Initiated: new Date(at),
      StorageClass: 'STANDARD',
      ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
    })),
  };
}
