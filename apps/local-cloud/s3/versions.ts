/** Finding the version a request means, with S3's answers for what is missing or deleted. */
import { AwsError, type CallContext } from '../service.ts';
import { noSuchKey, noSuchVersion } from './errors.ts';
import type { StoredObject } from './model.ts';
import { authorize, type Bucket } from './store.ts';

/**
 * The latest object, or the version asked for.
 * @throws AwsError NoSuchKey, NoSuchVersion or MethodNotAllowed; AccessDenied instead of NoSuchKey for a caller who may not list the bucket.
 */
export function findForRead(bucket: Bucket, key: string, versionId: string | undefined, context: CallContext): StoredObject {
  const version = versionId === undefined ? bucket.objects.latest(key) : bucket.objects.find(key, versionId);
  if (version?.kind === 'object') return version;
  if (version && versionId !== undefined) {
    const members = { DeleteMarker: true, VersionId: version.versionId, Method: 'GET', ResourceType: 'DeleteMarker' };
    throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, members);
  }
  // Whoever may not list must not learn from the error whether the key exists.
  authorize(context, 's3:ListBucket', bucket.arn);
  if (versionId !== undefined) throw noSuchVersion(key, versionId);
  const missing = noSuchKey(key);
  throw version
    ? new AwsError(missing.code, missing.message, 404, { ...missing.members, DeleteMarker: true, VersionId: version.versionId })
    : missing;
}
