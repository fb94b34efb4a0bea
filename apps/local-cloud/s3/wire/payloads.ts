/** What the body of each operation is: the object's bytes, an XML document, or nothing. */
import { buildXml, parseXml } from './xml.ts';

/** The members a request body gives. */
export function readPayload(operation: string, bytes: Uint8Array): object {
  switch (operation) {
    case 'PutObject':
    case 'UploadPart':
      return { Body: bytes };
    case 'DeleteObjects':
      return { Delete: readDelete(parseXml(bytes, 'Delete')) };
    case 'CompleteMultipartUpload':
      return { MultipartUpload: readParts(parseXml(bytes, 'CompleteMultipartUpload')) };
    case 'PutObjectRetention': {
      const { Mode, RetainUntilDate } = parseXml(bytes, 'Retention');
      return {
        Retention: {
          ...(Mode !== undefined && { Mode }),
          ...(RetainUntilDate !== undefined && { RetainUntilDate: new Date(String(RetainUntilDate)) }),
        },
      };
    }
    case 'PutObjectLegalHold':
      return { LegalHold: parseXml(bytes, 'LegalHold') };
    default:
      return {};
  }
}

const readDelete = (content: Record<string, unknown>): object => ({
  Objects: (content.Object ?? []) as object[],
  Quiet: content.Quiet === 'true',
});

const readParts = (content: Record<string, unknown>): object => ({
  Parts: ((content.Part ?? []) as Record<string, unknown>[]).map((part) => ({ ...part, PartNumber: Number(part.PartNumber) })),
});

export interface Payload {
  readonly body: Uint8Array | string;
  readonly contentType?: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Root element and content of each XML answer. Members that travel as headers are told apart here. */
const DOCUMENTS: Readonly<Record<string, (output: Members) => readonly [root: string, content: object | string]>> = {
  ListBuckets: ({ Buckets, ...rest }) => ['ListAllMyBucketsResult', { ...rest, Buckets: { Bucket: Buckets } }],
  ListObjectsV2: (output) => ['ListBucketResult', output],
  ListObjectVersions: ({ Versions, DeleteMarkers, ...rest }) => [
    'ListVersionsResult',
    { ...rest, Version: Versions, DeleteMarker: DeleteMarkers },
  ],
  ListMultipartUploads: ({ Uploads, ...rest }) => ['ListMultipartUploadsResult', { ...rest, Upload: Uploads }],
  ListParts: ({ Parts, ...rest }) => ['ListPartsResult', { ...rest, Part: Parts }],
  DeleteObjects: ({ Deleted, Errors }) => ['DeleteResult', { Deleted, Error: Errors }],
  CopyObject: ({ CopyObjectResult }) => ['CopyObjectResult', CopyObjectResult as object],
  CreateMultipartUpload: ({ Bucket, Key, UploadId }) => ['InitiateMultipartUploadResult', { Bucket, Key, UploadId }],
  CompleteMultipartUpload: ({ ServerSideEncryption: _sse, SSEKMSKeyId: _key, VersionId: _version, ...rest }) => [
    'CompleteMultipartUploadResult',
    rest,
  ],
  GetBucketLocation: ({ LocationConstraint = '' }) => ['LocationConstraint', String(LocationConstraint)],
  GetBucketVersioning: (output) => ['VersioningConfiguration', output],
  GetObjectLockConfiguration: ({ ObjectLockConfiguration }) => ['ObjectLockConfiguration', ObjectLockConfiguration as object],
  GetObjectRetention: ({ Retention }) => ['Retention', Retention as object],
  GetObjectLegalHold: ({ LegalHold }) => ['LegalHold', LegalHold as object],
};

export function writePayload(operation: string, output: Members): Payload {
  if (operation === 'GetObject') return { body: output.Body as Uint8Array };
  const document = DOCUMENTS[operation];
  if (!document) return { body: '' };
  const [root, content] = document(output);
  return { body: buildXml(root, content), contentType: 'application/xml' };
}
