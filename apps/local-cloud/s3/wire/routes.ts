/** Which operation a request is: by method, by whether it names an object, and by its sub-resource. */
import { notEmulated, type WireRequest } from '../../service.ts';

export interface Target {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

/** Virtual-host names the bucket in the host (`bucket.s3.us-east-1.amazonaws.com`, `bucket.localhost`), path style in the path. */
export function targetOf(host: string, path: string): Target {
  const hostBucket = bucketOfHost(host.replace(/:\d+$/, '').toLowerCase());
  const segments = path.replace(/^\//, '');
  if (hostBucket !== undefined) return { bucket: hostBucket, key: segments === '' ? undefined : decodeURIComponent(segments) };
  const slash = segments.indexOf('/');
  const bucket = decodeURIComponent(slash === -1 ? segments : segments.slice(0, slash));
  const key = slash === -1 ? '' : segments.slice(slash + 1);
  return { bucket: bucket === '' ? undefined : bucket, key: key === '' ? undefined : decodeURIComponent(key) };
}

function bucketOfHost(host: string): string | undefined {
  const amazon = /^(?:(.+)\.)?s3(?:[.-][a-z0-9.-]+)?\.amazonaws\.com$/.exec(host);
  if (amazon) return amazon[1];
  const local = /^(.+?)(?:\.s3)?\.localhost$/.exec(host);
  return local && local[1] !== 's3' ? local[1] : undefined;
}

type Scope = 'service' | 'bucket' | 'object';

/** Sub-resources this S3 serves: scope, method and query parameter give the operation. */
const SUB_RESOURCES: Readonly<Record<string, string>> = {
  'bucket GET versions': 'ListObjectVersions',
  'bucket GET uploads': 'ListMultipartUploads',
  'bucket GET location': 'GetBucketLocation',
  'bucket GET versioning': 'GetBucketVersioning',
  'bucket GET object-lock': 'GetObjectLockConfiguration',
  'bucket POST delete': 'DeleteObjects',
  'object POST uploads': 'CreateMultipartUpload',
  'object POST uploadId': 'CompleteMultipartUpload',
  'object PUT uploadId': 'UploadPart',
  'object GET uploadId': 'ListParts',
  'object DELETE uploadId': 'AbortMultipartUpload',
  'object PUT retention': 'PutObjectRetention',
  'object GET retention': 'GetObjectRetention',
  'object PUT legal-hold': 'PutObjectLegalHold',
  'object GET legal-hold': 'GetObjectLegalHold',
};

const PLAIN: Readonly<Record<string, string>> = {
  'service GET': 'ListBuckets',
  'bucket HEAD': 'HeadBucket',
  'object GET': 'GetObject',
  'object HEAD': 'HeadObject',
  'object PUT': 'PutObject',
  'object DELETE': 'DeleteObject',
};

/** Query parameters that shape an operation without naming one. */
const PARAMETERS = new Set([
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'fetch-owner',
  'encoding-type',
  'key-marker',
  'version-id-marker',
  'max-uploads',
  'upload-id-marker',
  'max-parts',
  'part-number-marker',
  'partNumber',
  'versionId',
  'max-buckets',
  'bucket-region',
  'x-id',
]);

const SERVED = new Set(Object.keys(SUB_RESOURCES).map((route) => route.split(' ')[2]!));

/** @throws AwsError NotEmulated, naming the operation as the SDK calls it or else the request itself. */
export function operationOf(request: WireRequest, target: Target): string {
  const scope: Scope = target.bucket === undefined ? 'service' : target.key === undefined ? 'bucket' : 'object';
  const { method, query, headers } = request;
  for (const name of query.keys()) {
    const isKnown = PARAMETERS.has(name) || SERVED.has(name) || name.startsWith('response-') || name.toLowerCase().startsWith('x-amz-');
    if (!isKnown) throw notEmulated('s3', nameOf(request, scope));
  }
  for (const name of SERVED) {
    const operation = query.has(name) && SUB_RESOURCES[`${scope} ${method} ${name}`];
    if (operation) return operation === 'UploadPart' && 'x-amz-copy-source' in headers ? 'UploadPartCopy' : operation;
    if (query.has(name)) throw notEmulated('s3', nameOf(request, scope));
  }
  if (scope === 'bucket' && method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
  const plain = PLAIN[`${scope} ${method}`];
  if (plain === undefined)
    throw notEmulated('s3', scope === 'bucket' && method === 'PUT' ? 'CreateBucket (declare it in a template)' : nameOf(request, scope));
  return plain === 'PutObject' && 'x-amz-copy-source' in headers ? 'CopyObject' : plain;
}

function nameOf({ method, query }: WireRequest, scope: Scope): string {
  const id = query.get('x-id');
  if (id !== null) return id;
  const names = [...query.keys()].filter((name) => !name.toLowerCase().startsWith('x-amz-'));
  return `${method} of a ${scope}${names.length > 0 ? ` with ?${names.join('&')}` : ''}`;
}
