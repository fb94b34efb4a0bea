import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { openS3, type S3Fixture } from './s3-fixture.ts';

const MS_PER_DAY = 86_400_000;

let fixture: S3Fixture;
beforeEach(() => {
  fixture = openS3();
});

const put = async (Bucket: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  (await fixture.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body, ...more }))).VersionId!;
const read = async (Bucket: string, VersionId?: string) => {
  const { Body } = await fixture.client.send(new GetObjectCommand({ Bucket, Key: 'k', ...(VersionId !== undefined && { VersionId }) }));
  return Body!.transformToString();
};
const remove = (Bucket: string, VersionId?: string, BypassGovernanceRetention?: boolean) =>
  fixture.client.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId, BypassGovernanceRetention }));
const daysFromNow = (days: number): Date => new Date(fixture.host.clock.now() + days * MS_PER_DAY);
const wait = (days: number): void => fixture.host.clock.travelTo((fixture.host.clock.now() + days * MS_PER_DAY) as EpochMs);
const locked = { name: 'AccessDenied', message: expect.stringContaining('object lock'), $metadata: { httpStatusCode: 403 } };

test('S3-30 keeps every version of a versioned bucket and reads each by its id', async () => {
  const [one, two] = [await put('lake', 'one'), await put('lake', 'two')];
  expect([await read('lake'), await read('lake', one), await read('lake', two)]).toEqual(['two', 'one', 'two']);
  await expect(read('lake', 'unknown')).rejects.toMatchObject({ name: 'NoSuchVersion' });
  expect(fixture.caller.takeAsked()).toContain('s3:GetObjectVersion arn:aws:s3:::lake/k');
});

test('S3-31 hides a deleted key behind a marker, and shows it again when the marker is deleted', async () => {
  const one = await put('lake', 'one');
  const marker = await remove('lake');
  expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
  await expect(read('lake')).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect((await fixture.client.send(new ListObjectsV2Command({ Bucket: 'lake' }))).KeyCount).toBe(0);
  await expect(read('lake', marker.VersionId)).rejects.toMatchObject({ name: 'MethodNotAllowed', $metadata: { httpStatusCode: 405 } });
  expect(await read('lake', one)).toBe('one');
  expect(await remove('lake', marker.VersionId)).toMatchObject({ DeleteMarker: true });
  expect(await read('lake')).toBe('one');
});

test('S3-32 lists versions newest first, with markers, in pages', async () => {
  const one = await put('lake', 'one');
  const two = await put('lake', 'two');
  const { VersionId: marker } = await remove('lake');
  const whole = await fixture.client.send(new ListObjectVersionsCommand({ Bucket: 'lake' }));
  expect(whole.Versions!.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
    [two, false],
    [one, false],
  ]);
  expect(whole.DeleteMarkers).toMatchObject([{ VersionId: marker, IsLatest: true }]);
  const first = await fixture.client.send(new ListObjectVersionsCommand({ Bucket: 'lake', MaxKeys: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: 'k', NextVersionIdMarker: two });
  const rest = await fixture.client.send(
    new ListObjectVersionsCommand({ Bucket: 'lake', KeyMarker: first.NextKeyMarker, VersionIdMarker: first.NextVersionIdMarker }),
  );
  expect(rest.Versions!.map(({ VersionId }) => VersionId)).toEqual([one]);
});

test('S3-33 replaces and deletes for good in a bucket without versions', async () => {
  expect(await put('plain', 'one')).toBeUndefined();
  await put('plain', 'two');
  expect(await read('plain')).toBe('two');
  await remove('plain');
  await expect(read('plain')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await remove('plain');
});

test('S3-34 deletes many at once, answering for each', async () => {
  const version = await put('worm', 'audit');
  await fixture.client.send(new PutObjectCommand({ Bucket: 'worm', Key: 'a&b <c>', Body: 'x' }));
  const { Deleted, Errors } = await fixture.client.send(
    new DeleteObjectsCommand({
      Bucket: 'worm',
      Delete: { Objects: [{ Key: 'k', VersionId: version }, { Key: 'a&b <c>' }, { Key: 'never was' }] },
    }),
  );
  expect(Errors).toMatchObject([{ Key: 'k', VersionId: version, Code: 'AccessDenied' }]);
  expect(Deleted).toMatchObject([
    { Key: 'a&b <c>', DeleteMarker: true },
    { Key: 'never was', DeleteMarker: true },
  ]);
});

test('S3-35 protects a version by the default retention of its bucket until the clock has passed it', async () => {
  const version = await put('worm', 'audit');
  const head = await fixture.client.send(new HeadObjectCommand({ Bucket: 'worm', Key: 'k' }));
  expect(head).toMatchObject({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: daysFromNow(30) });
  await expect(remove('worm', version)).rejects.toMatchObject(locked);
  await expect(remove('worm', version, true)).rejects.toMatchObject(locked);
  expect(await remove('worm')).toMatchObject({ DeleteMarker: true });
  expect(await read('worm', version)).toBe('audit');
  wait(31);
  await remove('worm', version);
  await expect(read('worm', version)).rejects.toMatchObject({ name: 'NoSuchVersion' });
});

test('S3-36 lets a COMPLIANCE retention grow and never shrink, weaken or go', async () => {
  await put('worm', 'audit');
  const retain = (Retention: object, BypassGovernanceRetention = true) =>
    fixture.client.send(new PutObjectRetentionCommand({ Bucket: 'worm', Key: 'k', Retention, BypassGovernanceRetention }));
  await expect(retain({ Mode: 'COMPLIANCE', RetainUntilDate: daysFromNow(29) })).rejects.toMatchObject(locked);
  await expect(retain({ Mode: 'GOVERNANCE', RetainUntilDate: daysFromNow(99) })).rejects.toMatchObject(locked);
  await expect(retain({})).rejects.toMatchObject(locked);
  await retain({ Mode: 'COMPLIANCE', RetainUntilDate: daysFromNow(60) });
  const { Retention } = await fixture.client.send(new GetObjectRetentionCommand({ Bucket: 'worm', Key: 'k' }));
  expect(Retention).toEqual({ Mode: 'COMPLIANCE', RetainUntilDate: daysFromNow(60) });
  await expect(retain({ Mode: 'COMPLIANCE', RetainUntilDate: daysFromNow(-1) })).rejects.toMatchObject({ name: 'InvalidArgument' });
});

test('S3-37 lets only who may bypass it delete or shorten under GOVERNANCE', async () => {
  const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: daysFromNow(10) } as const;
  const version = await put('guarded', 'x', lock);
  expect(fixture.caller.takeAsked()).toContain('s3:PutObjectRetention arn:aws:s3:::guarded/k');
  await expect(remove('guarded', version)).rejects.toMatchObject(locked);
  fixture.caller.denies = ({ action }) => action === 's3:BypassGovernanceRetention';
  await expect(remove('guarded', version, true)).rejects.toMatchObject({ name: 'AccessDenied' });
  fixture.caller.denies = () => false;
  const shorten = new PutObjectRetentionCommand({
    Bucket: 'guarded',
    Key: 'k',
    Retention: { Mode: 'GOVERNANCE', RetainUntilDate: daysFromNow(1) },
    BypassGovernanceRetention: true,
  });
  await fixture.client.send(shorten);
  await remove('guarded', version, true);
});

test('S3-38 keeps a version under legal hold without any date', async () => {
  const version = await put('guarded', 'x', { ObjectLockLegalHoldStatus: 'ON' });
  wait(10_000);
  await expect(remove('guarded', version, true)).rejects.toMatchObject(locked);
  expect((await fixture.client.send(new GetObjectLegalHoldCommand({ Bucket: 'guarded', Key: 'k' }))).LegalHold).toEqual({ Status: 'ON' });
  await fixture.client.send(new PutObjectLegalHoldCommand({ Bucket: 'guarded', Key: 'k', LegalHold: { Status: 'OFF' } }));
  await remove('guarded', version);
});

test('S3-39 refuses locks on a bucket without Object Lock, and half a retention', async () => {
  await expect(put('lake', 'x', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: daysFromNow(1) })).rejects.toMatchObject({
    name: 'InvalidRequest',
  });
  await expect(put('guarded', 'x', { ObjectLockMode: 'GOVERNANCE' })).rejects.toMatchObject({ name: 'InvalidRequest' });
  await put('guarded', 'x');
  await expect(fixture.client.send(new GetObjectRetentionCommand({ Bucket: 'guarded', Key: 'k' }))).rejects.toMatchObject({
    name: 'NoSuchObjectLockConfiguration',
  });
});

test('S3-40 refuses an upload under retention that carries no checksum, as AWS does', () => {
  const upload = { Bucket: 'worm', Key: 'k', Body: new Uint8Array(3) } as never;
  expect(() => fixture.s3.execute('PutObject', upload, fixture.caller)).toThrow(/Content-MD5 OR x-amz-checksum-/);
});

test('S3-41 tells what a bucket is: region, versioning, lock rule, and nothing of one that is not there', async () => {
  const { client } = fixture;
  expect((await client.send(new HeadBucketCommand({ Bucket: 'lake' }))).BucketRegion).toBe('us-east-1');
  expect((await client.send(new GetBucketLocationCommand({ Bucket: 'lake' }))).LocationConstraint).toBeFalsy();
  expect((await client.send(new GetBucketVersioningCommand({ Bucket: 'lake' }))).Status).toBe('Enabled');
  expect((await client.send(new GetBucketVersioningCommand({ Bucket: 'plain' }))).Status).toBeUndefined();
  expect((await client.send(new GetObjectLockConfigurationCommand({ Bucket: 'worm' }))).ObjectLockConfiguration).toEqual({
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } },
  });
  await expect(client.send(new GetObjectLockConfigurationCommand({ Bucket: 'lake' }))).rejects.toMatchObject({
    name: 'ObjectLockConfigurationNotFoundError',
  });
  await expect(client.send(new HeadBucketCommand({ Bucket: 'nowhere' }))).rejects.toMatchObject({ name: 'NotFound' });
});
