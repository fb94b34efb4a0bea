/** What the journal holds of an object: everything but its bytes. */
import type { StorageClass } from '@aws-sdk/client-s3';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { ChecksumAlgorithm } from './checksums.ts';

/** One immutable body file. An uploaded object has one, a multipart object one per part, so completing copies nothing. */
export interface BodyPart {
  readonly body: number;
  readonly size: number;
}

export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly until: EpochMs;
}

export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  /** Absent for the keys AWS manages. */
  readonly keyArn?: string;
}

/** The headers a client may set on an object and gets back with it. */
export interface ObjectHeaders {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly Expires?: EpochMs;
  readonly StorageClass?: StorageClass;
}

export interface StoredObject {
  readonly kind: 'object';
  readonly key: string;
  /** `null`, as text, in a bucket without versions. */
  readonly versionId: string;
  readonly at: EpochMs;
  readonly size: number;
  readonly etag: string;
  readonly parts: readonly BodyPart[];
  readonly isMultipart: boolean;
  readonly headers: ObjectHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
  readonly checksum?: StoredChecksum;
  readonly retention?: Retention;
  readonly legalHold?: 'ON' | 'OFF';
}

export interface DeleteMarker {
  readonly kind: 'marker';
  readonly key: string;
  readonly versionId: string;
  readonly at: EpochMs;
}

export type ObjectVersion = StoredObject | DeleteMarker;

export interface UploadedPart extends BodyPart {
  readonly number: number;
  /** Hex MD5, unquoted. */
  readonly etag: string;
  readonly at: EpochMs;
  /** Base64, by the upload's algorithm. */
  readonly checksum?: string;
}

export interface Upload {
  readonly uploadId: string;
  readonly key: string;
  readonly at: EpochMs;
  /** What the finished object takes over. */
  readonly template: Pick<StoredObject, 'headers' | 'metadata' | 'encryption' | 'retention' | 'legalHold'>;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: StoredChecksum['type'] };
}

/** One line of the journal. */
export type S3Entry =
  | { readonly kind: 'bucket'; readonly bucket: string; readonly at: EpochMs }
  | { readonly kind: 'put'; readonly bucket: string; readonly version: ObjectVersion; readonly completes?: string }
  | { readonly kind: 'drop'; readonly bucket: string; readonly key: string; readonly versionId: string }
  | {
      readonly kind: 'retain';
      readonly bucket: string;
      readonly key: string;
      readonly versionId: string;
      readonly retention: Retention | null;
    }
  | { readonly kind: 'hold'; readonly bucket: string; readonly key: string; readonly versionId: string; readonly legalHold: 'ON' | 'OFF' }
  | { readonly kind: 'upload'; readonly bucket: string; readonly upload: Upload }
  | { readonly kind: 'part'; readonly bucket: string; readonly uploadId: string; readonly part: UploadedPart }
  | { readonly kind: 'abort'; readonly bucket: string; readonly uploadId: string }
  /** The numbers given out so far; keeps body files and version ids unique once the entries that used them are compacted away. */
  | { readonly kind: 'counter'; readonly next: number };
