/**
 * Object Lock: a version under retention or legal hold cannot be deleted, and a COMPLIANCE retention cannot be
 * shortened by anyone, the account root included. Time is the cloud's clock, so tests can wait years.
 */
import type {
  GetObjectLegalHoldOutput,
  GetObjectLegalHoldRequest,
  GetObjectLockConfigurationOutput,
  GetObjectRetentionOutput,
  GetObjectRetentionRequest,
  PutObjectLegalHoldRequest,
  PutObjectRetentionRequest,
} from '@aws-sdk/client-s3';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError, type CallContext } from '../service.ts';
import { invalidArgument, invalidRequest, lockedByObjectLock, malformedXml } from './errors.ts';
import type { Retention, StoredObject } from './model.ts';
import { arnOfKey, authorize, type Bucket, bucketOf, keyOf, type S3Store } from './store.ts';
import { findForRead } from './versions.ts';

const MS_PER_DAY = 86_400_000;

interface LockRequest {
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockRetainUntilDate?: Date | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

/** The lock a new version gets: what the request says, or the bucket's default. Authorises what it asks for. */
export function lockForNewVersion(
  store: S3Store,
  bucket: Bucket,
  key: string,
  request: LockRequest,
  context: CallContext,
): Pick<StoredObject, 'retention' | 'legalHold'> {
  const asksRetention = request.ObjectLockMode !== undefined || request.ObjectLockRetainUntilDate !== undefined;
  if (asksRetention || request.ObjectLockLegalHoldStatus !== undefined) assertHasObjectLock(bucket);
  if (asksRetention) authorize(context, 's3:PutObjectRetention', arnOfKey(bucket, key));
  if (request.ObjectLockLegalHoldStatus !== undefined) authorize(context, 's3:PutObjectLegalHold', arnOfKey(bucket, key));
  const retention = asksRetention
    ? readRetention(request.ObjectLockMode, request.ObjectLockRetainUntilDate, store.host.clock.now())
    : defaultRetention(bucket, store.host.clock.now());
  return {
    ...(retention && { retention }),
    ...(request.ObjectLockLegalHoldStatus !== undefined && { legalHold: readLegalHold(request.ObjectLockLegalHoldStatus) }),
  };
}

function defaultRetention({ defaultRetention: rule }: Bucket, now: EpochMs): Retention | undefined {
  if (!rule) return undefined;
  if (rule.days !== undefined) return { mode: rule.mode, until: (now + rule.days * MS_PER_DAY) as EpochMs };
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + rule.years!);
  return { mode: rule.mode, until: until.getTime() as EpochMs };
}

/** @throws AwsError AccessDenied while the version is locked and the caller may not pass the lock. */
export function assertDeletable(store: S3Store, bucket: Bucket, version: StoredObject, bypass: boolean, context: CallContext): void {
  if (version.legalHold === 'ON') throw lockedByObjectLock();
  if (!isRetained(version, store.host.clock.now())) return;
  assertMayLoosen(bucket, version, bypass, context);
}

const isRetained = ({ retention }: StoredObject, now: EpochMs): boolean => retention !== undefined && retention.until > now;

function assertMayLoosen(bucket: Bucket, version: StoredObject, bypass: boolean, context: CallContext): void {
  if (version.retention?.mode === 'COMPLIANCE' || !bypass) throw lockedByObjectLock();
  authorize(context, 's3:BypassGovernanceRetention', arnOfKey(bucket, version.key));
}

export function putObjectRetention(store: S3Store, input: PutObjectRetentionRequest, context: CallContext): object {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorize(context, 's3:PutObjectRetention', arnOfKey(bucket, key));
  assertHasObjectLock(bucket);
  const version = findForRead(bucket, key, input.VersionId, context);
  const now = store.host.clock.now();
  const { Mode: mode, RetainUntilDate: until } = input.Retention ?? {};
  const retention = mode === undefined && until === undefined ? null : readRetention(mode, until, now);
  if (isRetained(version, now) && !isAtLeastAsStrict(retention, version.retention!)) {
    assertMayLoosen(bucket, version, input.BypassGovernanceRetention === true, context);
  }
  store.state.commit({ kind: 'retain', bucket: bucket.name, key, versionId: version.versionId, retention });
  return {};
}

const isAtLeastAsStrict = (next: Retention | null, current: Retention): boolean =>
  next !== null && next.until >= current.until && (next.mode === current.mode || next.mode === 'COMPLIANCE');

export function getObjectRetention(store: S3Store, input: GetObjectRetentionRequest, context: CallContext): GetObjectRetentionOutput {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorize(context, 's3:GetObjectRetention', arnOfKey(bucket, key));
  assertHasObjectLock(bucket);
  const { retention } = findForRead(bucket, key, input.VersionId, context);
  if (!retention) throw noLockConfiguration();
  return { Retention: { Mode: retention.mode, RetainUntilDate: new Date(retention.until) } };
}

export function putObjectLegalHold(store: S3Store, input: PutObjectLegalHoldRequest, context: CallContext): object {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorize(context, 's3:PutObjectLegalHold', arnOfKey(bucket, key));
  assertHasObjectLock(bucket);
  const { versionId } = findForRead(bucket, key, input.VersionId, context);
  store.state.commit({ kind: 'hold', bucket: bucket.name, key, versionId, legalHold: readLegalHold(input.LegalHold?.Status) });
  return {};
}

export function getObjectLegalHold(store: S3Store, input: GetObjectLegalHoldRequest, context: CallContext): GetObjectLegalHoldOutput {
  const bucket = bucketOf(store, input.Bucket);
  const key = keyOf(input);
  authorize(context, 's3:GetObjectLegalHold', arnOfKey(bucket, key));
  assertHasObjectLock(bucket);
  const { legalHold } = findForRead(bucket, key, input.VersionId, context);
  if (!legalHold) throw noLockConfiguration();
  return { LegalHold: { Status: legalHold } };
}

export function getObjectLockConfiguration(
  store: S3Store,
  input: { readonly Bucket?: string },
  context: CallContext,
): GetObjectLockConfigurationOutput {
  const bucket = bucketOf(store, input.Bucket);
  authorize(context, 's3:GetBucketObjectLockConfiguration', bucket.arn);
  if (!bucket.hasObjectLock) {
    throw new AwsError('ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket', 404);
  }
  const rule = bucket.defaultRetention;
  const retention = rule && { Mode: rule.mode, ...(rule.days === undefined ? { Years: rule.years } : { Days: rule.days }) };
  return { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', ...(retention && { Rule: { DefaultRetention: retention } }) } };
}

function assertHasObjectLock(bucket: Bucket): void {
  if (!bucket.hasObjectLock) throw invalidRequest('Bucket is missing Object Lock Configuration');
}

const noLockConfiguration = (): AwsError =>
  new AwsError('NoSuchObjectLockConfiguration', 'The specified object does not have a ObjectLock configuration', 404);

function readRetention(mode: string | undefined, until: Date | undefined, now: EpochMs): Retention {
  if (mode === undefined || until === undefined) {
    throw invalidRequest('x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied');
  }
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw invalidArgument('Unknown wormMode directive.', 'x-amz-object-lock-mode');
  if (until.getTime() <= now) throw invalidArgument('The retain until date must be in the future!', 'x-amz-object-lock-retain-until-date');
  return { mode, until: until.getTime() as EpochMs };
}

function readLegalHold(status: string | undefined): 'ON' | 'OFF' {
  if (status !== 'ON' && status !== 'OFF') throw malformedXml();
  return status;
}
