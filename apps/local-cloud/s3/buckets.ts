/** Questions about buckets. They are made by templates only, so nothing here changes one. */
import type {
  GetBucketLocationOutput,
  GetBucketVersioningOutput,
  HeadBucketOutput,
  ListBucketsOutput,
  ListBucketsRequest,
} from '@aws-sdk/client-s3';
import { AwsError, type CallContext, notEmulated } from '../service.ts';
import { authorize, bucketOf, type S3Store } from './store.ts';

interface BucketInput {
  readonly Bucket?: string;
}

export function headBucket(store: S3Store, input: BucketInput, context: CallContext): HeadBucketOutput {
  // As for HeadObject: no body, so the code is the bare status.
  if (!store.configurations.has(input.Bucket ?? '')) throw new AwsError('NotFound', 'Not Found', 404);
  const bucket = bucketOf(store, input.Bucket);
  authorize(context, 's3:ListBucket', bucket.arn);
  return { BucketRegion: store.host.region, AccessPointAlias: false };
}

export function listBuckets(store: S3Store, input: ListBucketsRequest, context: CallContext): ListBucketsOutput {
  if (input.MaxBuckets !== undefined || input.ContinuationToken !== undefined) throw notEmulated('s3', 'ListBuckets in pages');
  authorize(context, 's3:ListAllMyBuckets', '*');
  const names = [...store.configurations.keys()].filter((name) => name.startsWith(input.Prefix ?? '')).sort();
  return {
    Owner: { ID: store.host.accountId },
    Buckets: names.map((name) => ({
      Name: name,
      CreationDate: new Date(bucketOf(store, name).createdAt),
      BucketRegion: store.host.region,
    })),
    ...(input.Prefix !== undefined && { Prefix: input.Prefix }),
  };
}

/** `us-east-1` has no name in this answer; it never got one. */
export function getBucketLocation(store: S3Store, input: BucketInput, context: CallContext): GetBucketLocationOutput {
  const bucket = bucketOf(store, input.Bucket);
  authorize(context, 's3:GetBucketLocation', bucket.arn);
  const { region } = store.host;
  return region === 'us-east-1' ? {} : { LocationConstraint: region as NonNullable<GetBucketLocationOutput['LocationConstraint']> };
}

export function getBucketVersioning(store: S3Store, input: BucketInput, context: CallContext): GetBucketVersioningOutput {
  const bucket = bucketOf(store, input.Bucket);
  authorize(context, 's3:GetBucketVersioning', bucket.arn);
  return bucket.isVersioned ? { Status: 'Enabled' } : {};
}
