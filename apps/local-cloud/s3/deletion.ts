/** DeleteObject and DeleteObjects. In a versioned bucket a delete without a version id only lays a marker on top. */
import type { DeleteObjectOutput, DeleteObjectRequest, DeleteObjectsOutput, DeleteObjectsRequest } from '@aws-sdk/client-s3';
import { AwsError, type CallContext } from '../service.ts';
import { malformedXml, preconditionFailed } from './errors.ts';
import { assertDeletable } from './object-lock.ts';
import { arnOfKey, authorize, type Bucket, bucketOf, keyOf, newNumberedId, nowInSeconds, type S3Store } from './store.ts';

interface Deletion {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly ifMatch: string | undefined;
  readonly bypassGovernance: boolean;
}

export function deleteObject(store: S3Store, input: DeleteObjectRequest, context: CallContext): DeleteObjectOutput {
  const bucket = bucketOf(store, input.Bucket);
  const bypassGovernance = input.BypassGovernanceRetention === true;
  return deleteOne(store, bucket, { key: keyOf(input), versionId: input.VersionId, ifMatch: input.IfMatch, bypassGovernance }, context);
}

export function deleteObjects(store: S3Store, input: DeleteObjectsRequest, context: CallContext): DeleteObjectsOutput {
  const bucket = bucketOf(store, input.Bucket);
  const objects = input.Delete?.Objects ?? [];
  if (objects.length === 0 || objects.length > 1000) throw malformedXml();
  const Deleted: DeleteObjectsOutput['Deleted'] = [];
  const Errors: DeleteObjectsOutput['Errors'] = [];
  for (const { Key, VersionId, ETag } of objects) {
    const named = { Key, ...(VersionId !== undefined && { VersionId }) };
    try {
      const deletion = {
        key: keyOf({ Key }),
        versionId: VersionId,
        ifMatch: ETag,
        bypassGovernance: input.BypassGovernanceRetention === true,
      };
      const { DeleteMarker, VersionId: resultId } = deleteOne(store, bucket, deletion, context);
      Deleted.push({ ...named, ...(DeleteMarker && { DeleteMarker, DeleteMarkerVersionId: resultId }) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Errors.push({ ...named, Code: error.code, Message: error.message });
    }
  }
  return { ...(input.Delete?.Quiet !== true && { Deleted }), ...(Errors.length > 0 && { Errors }) };
}

function deleteOne(store: S3Store, bucket: Bucket, deletion: Deletion, context: CallContext): DeleteObjectOutput {
  const { key, versionId, ifMatch } = deletion;
  authorize(
    context,
    versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
    arnOfKey(bucket, key),
    versionId === undefined ? {} : { 's3:VersionId': versionId },
  );
  const target = versionId === undefined ? bucket.objects.latest(key) : bucket.objects.find(key, versionId);
  if (ifMatch !== undefined && (target?.kind !== 'object' || (ifMatch !== '*' && ifMatch.replaceAll('"', '') !== target.etag))) {
    throw preconditionFailed('If-Match');
  }
  if (versionId === undefined && bucket.isVersioned) return layMarker(store, bucket, key);
  if (target) {
    if (target.kind === 'object') assertDeletable(store, bucket, target, deletion.bypassGovernance, context);
    store.state.commit({ kind: 'drop', bucket: bucket.name, key, versionId: target.versionId });
  }
  // Deleting what is not there succeeds, so that a repeated delete does.
  if (versionId === undefined) return {};
  return { VersionId: versionId, ...(target?.kind === 'marker' && { DeleteMarker: true }) };
}

function layMarker(store: S3Store, bucket: Bucket, key: string): DeleteObjectOutput {
  const versionId = newNumberedId(store);
  store.state.commit({ kind: 'put', bucket: bucket.name, version: { kind: 'marker', key, versionId, at: nowInSeconds(store) } });
  return { DeleteMarker: true, VersionId: versionId };
}
