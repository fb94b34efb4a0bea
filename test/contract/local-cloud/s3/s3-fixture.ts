/** An S3 with the buckets of these cards, and a client for it. */
import { S3Client } from '@aws-sdk/client-s3';
import { createS3, type S3 } from '../../../../apps/local-cloud/s3/index.ts';
import { clientDefaults, sdkOverWire, TestCaller, type TestHost, testHost } from '../sdk-over-wire.ts';

export const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/5b1e3a52-0d3c-4c8e-9a9d-2f3c5c7a1b00';

const BUCKETS: Readonly<Record<string, object>> = {
  plain: {},
  lake: { VersioningConfiguration: { Status: 'Enabled' }, LifecycleConfiguration: { Rules: [] } },
  worm: {
    ObjectLockEnabled: true,
    ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } } },
  },
  guarded: { ObjectLockEnabled: true },
  sealed: {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY_ARN } }],
    },
  },
};

export interface S3Fixture {
  readonly host: TestHost;
  readonly s3: S3;
  readonly caller: TestCaller;
  readonly client: S3Client;
}

export function openS3(options: { directory?: string; seed?: number; pathStyle?: boolean } = {}): S3Fixture {
  const host = testHost(options);
  const s3 = createS3(host);
  for (const [name, properties] of Object.entries(BUCKETS)) {
    void s3.declare({
      stack: 'test',
      logicalId: name,
      type: 'AWS::S3::Bucket',
      properties: { BucketName: name, ...properties },
      metadata: {},
    });
  }
  const caller = new TestCaller();
  const client = new S3Client({ ...clientDefaults, forcePathStyle: options.pathStyle ?? false, requestHandler: sdkOverWire(s3, caller) });
  return { host, s3, caller, client };
}
