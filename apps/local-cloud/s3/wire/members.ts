/** Where each member of S3's inputs and outputs sits in HTTP. One table serves all operations: a header means the same everywhere. */

type MemberKind = 'text' | 'integer' | 'boolean' | 'httpDate' | 'isoDate';

export interface Member {
  readonly name: string;
  readonly kind: MemberKind;
}

const text = (name: string): Member => ({ name, kind: 'text' });
const integer = (name: string): Member => ({ name, kind: 'integer' });
const boolean = (name: string): Member => ({ name, kind: 'boolean' });
const httpDate = (name: string): Member => ({ name, kind: 'httpDate' });
const isoDate = (name: string): Member => ({ name, kind: 'isoDate' });

/** Headers that requests and responses share. */
const SHARED_HEADERS: Readonly<Record<string, Member>> = {
  'cache-control': text('CacheControl'),
  'content-disposition': text('ContentDisposition'),
  'content-encoding': text('ContentEncoding'),
  'content-language': text('ContentLanguage'),
  'content-length': integer('ContentLength'),
  'content-type': text('ContentType'),
  expires: httpDate('Expires'),
  'x-amz-checksum-crc32': text('ChecksumCRC32'),
  'x-amz-checksum-crc32c': text('ChecksumCRC32C'),
  'x-amz-checksum-crc64nvme': text('ChecksumCRC64NVME'),
  'x-amz-checksum-sha1': text('ChecksumSHA1'),
  'x-amz-checksum-sha256': text('ChecksumSHA256'),
  'x-amz-checksum-sha512': text('ChecksumSHA512'),
  'x-amz-checksum-md5': text('ChecksumMD5'),
  'x-amz-checksum-algorithm': text('ChecksumAlgorithm'),
  'x-amz-checksum-type': text('ChecksumType'),
  'x-amz-server-side-encryption': text('ServerSideEncryption'),
  'x-amz-server-side-encryption-aws-kms-key-id': text('SSEKMSKeyId'),
  'x-amz-server-side-encryption-bucket-key-enabled': boolean('BucketKeyEnabled'),
  'x-amz-storage-class': text('StorageClass'),
  'x-amz-object-lock-mode': text('ObjectLockMode'),
  'x-amz-object-lock-retain-until-date': isoDate('ObjectLockRetainUntilDate'),
  'x-amz-object-lock-legal-hold': text('ObjectLockLegalHoldStatus'),
};

export const REQUEST_HEADERS: Readonly<Record<string, Member>> = {
  ...SHARED_HEADERS,
  'content-md5': text('ContentMD5'),
  range: text('Range'),
  'if-match': text('IfMatch'),
  'if-none-match': text('IfNoneMatch'),
  'if-modified-since': httpDate('IfModifiedSince'),
  'if-unmodified-since': httpDate('IfUnmodifiedSince'),
  'x-amz-acl': text('ACL'),
  'x-amz-grant-full-control': text('GrantFullControl'),
  'x-amz-grant-read': text('GrantRead'),
  'x-amz-grant-read-acp': text('GrantReadACP'),
  'x-amz-grant-write-acp': text('GrantWriteACP'),
  'x-amz-sdk-checksum-algorithm': text('ChecksumAlgorithm'),
  'x-amz-checksum-mode': text('ChecksumMode'),
  'x-amz-checksum-xxhash64': text('ChecksumXXHASH64'),
  'x-amz-checksum-xxhash3': text('ChecksumXXHASH3'),
  'x-amz-checksum-xxhash128': text('ChecksumXXHASH128'),
  'x-amz-mp-object-size': integer('MpuObjectSize'),
  'x-amz-tagging': text('Tagging'),
  'x-amz-tagging-directive': text('TaggingDirective'),
  'x-amz-object-annotation-directive': text('AnnotationDirective'),
  'x-amz-metadata-directive': text('MetadataDirective'),
  'x-amz-website-redirect-location': text('WebsiteRedirectLocation'),
  'x-amz-write-offset-bytes': integer('WriteOffsetBytes'),
  'x-amz-server-side-encryption-customer-algorithm': text('SSECustomerAlgorithm'),
  'x-amz-server-side-encryption-customer-key': text('SSECustomerKey'),
  'x-amz-server-side-encryption-context': text('SSEKMSEncryptionContext'),
  'x-amz-copy-source': text('CopySource'),
  'x-amz-copy-source-if-match': text('CopySourceIfMatch'),
  'x-amz-copy-source-if-none-match': text('CopySourceIfNoneMatch'),
  'x-amz-copy-source-if-modified-since': httpDate('CopySourceIfModifiedSince'),
  'x-amz-copy-source-if-unmodified-since': httpDate('CopySourceIfUnmodifiedSince'),
  'x-amz-copy-source-server-side-encryption-customer-algorithm': text('CopySourceSSECustomerAlgorithm'),
  'x-amz-object-lock-event-hold': text('ObjectLockEventHold'),
  'x-amz-bypass-governance-retention': boolean('BypassGovernanceRetention'),
  'x-amz-expected-bucket-owner': text('ExpectedBucketOwner'),
  'x-amz-if-match-last-modified-time': text('IfMatchLastModifiedTime'),
  'x-amz-if-match-size': text('IfMatchSize'),
  'x-amz-mfa': text('MFA'),
};

/** `x-amz-` headers of the transport and the signature; they say nothing about the operation. */
export const TRANSPORT_HEADERS = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-request-payer',
  'x-amz-security-token',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

export const QUERY_PARAMETERS: Readonly<Record<string, Member>> = {
  versionId: text('VersionId'),
  uploadId: text('UploadId'),
  partNumber: integer('PartNumber'),
  prefix: text('Prefix'),
  delimiter: text('Delimiter'),
  'max-keys': integer('MaxKeys'),
  'continuation-token': text('ContinuationToken'),
  'start-after': text('StartAfter'),
  'fetch-owner': boolean('FetchOwner'),
  'encoding-type': text('EncodingType'),
  'key-marker': text('KeyMarker'),
  'version-id-marker': text('VersionIdMarker'),
  'max-uploads': integer('MaxUploads'),
  'upload-id-marker': text('UploadIdMarker'),
  'max-parts': integer('MaxParts'),
  'part-number-marker': text('PartNumberMarker'),
  'max-buckets': integer('MaxBuckets'),
  'response-cache-control': text('ResponseCacheControl'),
  'response-content-disposition': text('ResponseContentDisposition'),
  'response-content-encoding': text('ResponseContentEncoding'),
  'response-content-language': text('ResponseContentLanguage'),
  'response-content-type': text('ResponseContentType'),
  'response-expires': httpDate('ResponseExpires'),
};

export const RESPONSE_HEADERS: Readonly<Record<string, Member>> = {
  ...SHARED_HEADERS,
  'accept-ranges': text('AcceptRanges'),
  'content-range': text('ContentRange'),
  etag: text('ETag'),
  'last-modified': httpDate('LastModified'),
  'x-amz-version-id': text('VersionId'),
  'x-amz-delete-marker': boolean('DeleteMarker'),
  'x-amz-mp-parts-count': integer('PartsCount'),
  'x-amz-copy-source-version-id': text('CopySourceVersionId'),
  'x-amz-bucket-region': text('BucketRegion'),
  'x-amz-access-point-alias': boolean('AccessPointAlias'),
};
