/**
 * S3, as far as the project uses it: objects with conditional writes, ranges, versions, multipart uploads and Object
 * Lock, in buckets that templates declare. README.md says what is accepted without effect and what differs from AWS.
 */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { type AwsService, type CallContext, type CloudHost, type DeclaredResource, notEmulated, type ResourceHandle } from '../service.ts';
import { type BucketConfiguration, readBucketConfiguration } from './bucket-configuration.ts';
import { getBucketLocation, getBucketVersioning, headBucket, listBuckets } from './buckets.ts';
import { deleteObject, deleteObjects } from './deletion.ts';
import { accessDenied } from './errors.ts';
import { listObjectsV2, listObjectVersions } from './listing.ts';
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload, uploadPart } from './multipart.ts';
import {
  getObjectLegalHold,
  getObjectLockConfiguration,
  getObjectRetention,
  putObjectLegalHold,
  putObjectRetention,
} from './object-lock.ts';
import { copyObject, getObject, headObject, putObject } from './objects.ts';
import { S3State } from './state.ts';
import { keyArnOf, type S3Store } from './store.ts';
import { listMultipartUploads, listParts } from './upload-listing.ts';
import { s3Protocol } from './wire/protocol.ts';

export interface S3 extends AwsService {
  /** Policy documents of bucket policies, by the bucket's ARN. */
  resourcePolicies(): ReadonlyMap<string, unknown>;
}

const operations = {
  PutObject: putObject,
  GetObject: getObject,
  HeadObject: headObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
  ListMultipartUploads: listMultipartUploads,
  PutObjectRetention: putObjectRetention,
  GetObjectRetention: getObjectRetention,
  PutObjectLegalHold: putObjectLegalHold,
  GetObjectLegalHold: getObjectLegalHold,
  GetObjectLockConfiguration: getObjectLockConfiguration,
  HeadBucket: headBucket,
  ListBuckets: listBuckets,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
} as const satisfies Record<string, (store: S3Store, input: never, context: CallContext) => unknown>;

export function createS3(host: CloudHost): S3 {
  const configurations = new Map<string, BucketConfiguration>();
  const policies = new Map<string, unknown>();
  const state = new S3State(host.storage('s3'));
  const store: S3Store = { host, state, configurations };

  return {
    name: 's3',
    wire: s3Protocol(),
    resourceTypes: ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'],
    declare(resource) {
      if (resource.type === 'AWS::S3::BucketPolicy') return declarePolicy(resource, policies);
      const configuration = readBucketConfiguration(resource, (keyId) => keyArnOf(host, keyId));
      configurations.set(configuration.name, configuration);
      if (!state.has(configuration.name)) {
        state.commit({ kind: 'bucket', bucket: configuration.name, at: (Math.floor(host.clock.now() / 1000) * 1000) as EpochMs });
      }
      return bucketHandle(configuration, host.region);
    },
    execute(operation, input, context) {
      if (!Object.hasOwn(operations, operation)) throw notEmulated('s3', operation);
      refuseUnsupported(input, host.accountId);
      const run = operations[operation as keyof typeof operations] as (store: S3Store, input: never, context: CallContext) => unknown;
      return run(store, input, context);
    },
    resourcePolicies: () => policies,
    close: () => state.close(),
  };
}

function declarePolicy({ properties }: DeclaredResource, policies: Map<string, unknown>): ResourceHandle {
  const bucket = String(properties.Bucket);
  policies.set(`arn:aws:s3:::${bucket}`, properties.PolicyDocument);
  return { ref: bucket, attributes: {} };
}

function bucketHandle({ name, arn }: BucketConfiguration, region: string): ResourceHandle {
  return {
    ref: name,
    attributes: {
      Arn: arn,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
    },
  };
}

/** Members that would change what happens and that no operation here honours. */
const UNSUPPORTED = [
  'GrantFullControl',
  'GrantRead',
  'GrantReadACP',
  'GrantWriteACP',
  'Tagging',
  'TaggingDirective',
  'AnnotationDirective',
  'SSECustomerAlgorithm',
  'SSECustomerKey',
  'CopySourceSSECustomerAlgorithm',
  'SSEKMSEncryptionContext',
  'WebsiteRedirectLocation',
  'WriteOffsetBytes',
  'ObjectLockEventHold',
  'ChecksumXXHASH64',
  'ChecksumXXHASH3',
  'ChecksumXXHASH128',
  'IfMatchLastModifiedTime',
  'IfMatchSize',
  'MFA',
] as const;

function refuseUnsupported(input: Readonly<Record<string, unknown>>, accountId: string): void {
  for (const member of UNSUPPORTED) if (input[member] !== undefined) throw notEmulated('s3', `request member ${member}`);
  const acl = input.ACL;
  if (acl !== undefined && acl !== 'private' && acl !== 'bucket-owner-full-control') throw notEmulated('s3', `ACL ${String(acl)}`);
  const owner = input.ExpectedBucketOwner;
  if (owner !== undefined && owner !== accountId) throw accessDenied('Access Denied');
}
