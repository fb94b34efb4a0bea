/** What travels with an object besides its bytes: headers, user metadata, encryption. Read from requests, told in responses. */
import type { StorageClass } from '@aws-sdk/client-s3';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError, notEmulated } from '../service.ts';
import type { Encryption, ObjectHeaders, StoredObject } from './model.ts';
import { checksumMember } from './received-body.ts';
import { type Bucket, keyArnOf, type S3Store } from './store.ts';

interface AttributeInput {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly Expires?: Date | undefined;
  readonly StorageClass?: StorageClass | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

const TEXT_HEADERS = ['ContentType', 'CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage'] as const;

export function readHeaders(input: AttributeInput): ObjectHeaders {
  const headers: { -readonly [Name in keyof ObjectHeaders]: ObjectHeaders[Name] } = {};
  for (const name of TEXT_HEADERS) {
    const value = input[name];
    if (value !== undefined) headers[name] = value;
  }
  if (input.StorageClass !== undefined) headers.StorageClass = input.StorageClass;
  if (input.Expires) headers.Expires = input.Expires.getTime() as EpochMs;
  return headers;
}

/** S3 folds metadata names to lower case and takes at most 2 KB of them. */
export function readMetadata({ Metadata = {} }: AttributeInput): Record<string, string> {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(Metadata)) {
    metadata[name.toLowerCase()] = value;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (bytes > 2048) {
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', 400, {
      Size: bytes,
      MaxSizeAllowed: 2048,
    });
  }
  return metadata;
}

interface EncryptionInput {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
}

export function encryptionFor(store: S3Store, bucket: Bucket, input: EncryptionInput): Encryption {
  switch (input.ServerSideEncryption) {
    case undefined:
      return bucket.encryption;
    case 'AES256':
      return { algorithm: 'AES256' };
    case 'aws:kms': {
      const keyArn = input.SSEKMSKeyId === undefined ? bucket.encryption.keyArn : keyArnOf(store.host, input.SSEKMSKeyId);
      return { algorithm: 'aws:kms', ...(keyArn !== undefined && { keyArn }) };
    }
    default:
      throw notEmulated('s3', `server-side encryption ${input.ServerSideEncryption}`);
  }
}

export const encryptionMembers = ({
  algorithm,
  keyArn,
}: Encryption): { ServerSideEncryption: Encryption['algorithm']; SSEKMSKeyId?: string } => ({
  ServerSideEncryption: algorithm,
  ...(keyArn !== undefined && { SSEKMSKeyId: keyArn }),
});

export const versionMember = (bucket: Bucket, versionId: string): { VersionId?: string } =>
  bucket.isVersioned ? { VersionId: versionId } : {};

export const quoted = (etag: string): string => `"${etag}"`;

/** What HeadObject says; GetObject adds the body and the range. */
export function describe(bucket: Bucket, object: StoredObject, { withChecksum, withLock }: { withChecksum: boolean; withLock: boolean }) {
  const { Expires, ...headers } = object.headers;
  return {
    AcceptRanges: 'bytes',
    ContentType: 'binary/octet-stream',
    ...headers,
    ...(Expires !== undefined && { Expires: new Date(Expires) }),
    Metadata: { ...object.metadata },
    LastModified: new Date(object.at),
    ContentLength: object.size,
    ETag: quoted(object.etag),
    ...versionMember(bucket, object.versionId),
    ...encryptionMembers(object.encryption),
    ...(withChecksum && object.checksum && { ...checksumMember(object.checksum), ChecksumType: object.checksum.type }),
    ...(withLock &&
      object.retention && { ObjectLockMode: object.retention.mode, ObjectLockRetainUntilDate: new Date(object.retention.until) }),
    ...(withLock && object.legalHold && { ObjectLockLegalHoldStatus: object.legalHold }),
  };
}

export const storageClassOf = (object: StoredObject): 'STANDARD' => (object.headers.StorageClass ?? 'STANDARD') as 'STANDARD';

/** Listings name a checksum's algorithm and kind, not its value. */
export const describeChecksum = ({ checksum }: StoredObject) =>
  checksum ? { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type } : {};
