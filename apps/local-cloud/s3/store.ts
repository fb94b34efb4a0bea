/** What every operation of S3 works on: the state, the buckets this boot declared, and who may do what in them. */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError, type CallContext, type CloudHost } from '../service.ts';
import type { BucketConfiguration } from './bucket-configuration.ts';
import { accessDenied, invalidArgument, noSuchBucket } from './errors.ts';
import type { Encryption } from './model.ts';
import { type BucketContents, idWithNumber, type S3State } from './state.ts';

export interface Bucket extends BucketConfiguration, Pick<BucketContents, 'objects' | 'uploads'> {
  readonly createdAt: EpochMs;
}

export interface S3Store {
  readonly host: CloudHost;
  readonly state: S3State;
  readonly configurations: ReadonlyMap<string, BucketConfiguration>;
}

/** @throws AwsError NoSuchBucket also for a bucket that has data on disk but that no template declares any more. */
export function bucketOf(store: S3Store, name: string | undefined): Bucket {
  const configuration = store.configurations.get(name ?? '');
  if (!configuration) throw noSuchBucket(name ?? '');
  const { objects, uploads, createdAt } = store.state.bucket(configuration.name);
  return { ...configuration, objects, uploads, createdAt: createdAt as EpochMs };
}

export function keyOf(input: { readonly Key?: string | undefined }): string {
  const key = input.Key ?? '';
  if (key === '') throw invalidArgument('An object key has at least one character', 'Key');
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long', 400, { MaxSizeAllowed: 1024 });
  return key;
}

export const arnOfKey = (bucket: Pick<Bucket, 'arn'>, key: string): string => `${bucket.arn}/${key}`;

export const newVersionId = (store: S3Store, bucket: Bucket): string => (bucket.isVersioned ? newNumberedId(store) : 'null');

export const newNumberedId = (store: S3Store): string => idWithNumber(store.state.nextNumber(), store.host.newId());

/** S3 keeps whole seconds: they are what its dates can say. */
export const nowInSeconds = (store: S3Store): EpochMs => (Math.floor(store.host.clock.now() / 1000) * 1000) as EpochMs;

/** As `CallContext.authorize`, with the code S3 itself uses. @throws AwsError AccessDenied, 403 */
export function authorize(
  context: CallContext,
  action: string,
  resource: string,
  conditions: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  try {
    context.authorize({ action, resource, conditions });
  } catch (error) {
    if (isDenial(error)) throw Object.assign(accessDenied(error.message), { cause: error });
    throw error;
  }
}

/** For what depends on a permission without failing for the lack of it. */
export function isAllowed(context: CallContext, action: string, resource: string): boolean {
  try {
    context.authorize({ action, resource });
    return true;
  } catch (error) {
    if (isDenial(error)) return false;
    throw error;
  }
}

const isDenial = (error: unknown): error is AwsError =>
  error instanceof AwsError && (error.code === 'AccessDeniedException' || error.code === 'AccessDenied');

/** What S3 asks of KMS in the caller's name. Keys that AWS manages need no grant. */
export function authorizeKey(
  store: S3Store,
  context: CallContext,
  encryption: Encryption,
  action: 'kms:GenerateDataKey' | 'kms:Decrypt',
  objectArn: string,
): void {
  if (encryption.keyArn === undefined) return;
  authorize(context, action, encryption.keyArn, {
    'kms:ViaService': `s3.${store.host.region}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': objectArn,
  });
}

export function keyArnOf(host: CloudHost, keyId: string): string {
  if (keyId.startsWith('arn:')) return keyId;
  return `arn:aws:kms:${host.region}:${host.accountId}:${keyId.startsWith('alias/') ? keyId : `key/${keyId}`}`;
}
