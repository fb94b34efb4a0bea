import { expect, test } from 'vitest';
import { readBucketConfiguration } from '../../../../apps/local-cloud/s3/bucket-configuration.ts';

const read = (properties: Record<string, unknown>, logicalId = 'LakeB4F2') =>
  readBucketConfiguration({ stack: 'Ballast-Data', logicalId, type: 'AWS::S3::Bucket', properties, metadata: {} }, (id) => `arn:key/${id}`);

test('derives a legal name that is the same at every boot', () => {
  expect(read({}).name).toBe('ballast-data-lakeb4f2');
  const long = read({}, `Very${'Long'.repeat(30)}F00D`).name;
  expect(long.length).toBeLessThanOrEqual(63);
  expect(long).toMatch(/^ballast-data-[a-z0-9]+f00d$/);
});

test('takes versioning, lock rule and key from the template; a lock implies versions', () => {
  expect(
    read({
      BucketName: 'audit',
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 7 } } },
    }),
  ).toMatchObject({
    arn: 'arn:aws:s3:::audit',
    isVersioned: true,
    hasObjectLock: true,
    defaultRetention: { mode: 'COMPLIANCE', years: 7 },
    encryption: { algorithm: 'AES256' },
  });
});

test.each([
  [{ NotificationConfiguration: {} }, /NotificationConfiguration/],
  [{ VersioningConfiguration: { Status: 'Suspended' } }, /Suspended/],
  [{ BucketName: 'Has_Capitals' }, /not valid/],
  [{ BucketName: '127.0.0.1' }, /not valid/],
  [{ ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 1 } } } }, /ObjectLockEnabled/],
])('refuses %j by name', (properties, message) => {
  expect(() => read(properties)).toThrow(message);
});
