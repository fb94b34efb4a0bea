/** From what a request names (id, ARN, alias) to a key that exists, is of the right use, and may be used. */
import { AwsError, type CallContext, type CloudHost } from '../service.ts';
import { KEY_SPECS, type KeySpec } from './key-specs.ts';
import type { Key, KeyStore } from './key-store.ts';

export interface Kms {
  readonly host: CloudHost;
  readonly store: KeyStore;
}

/** @throws AwsError NotFoundException */
export function findKey({ host, store }: Kms, name: string | undefined): Key {
  if (name === undefined || name === '')
    throw validation("1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null");
  const arnPrefix = `arn:aws:kms:${host.region}:${host.accountId}:`;
  const local = name.startsWith(arnPrefix) ? name.slice(arnPrefix.length) : name;
  if (local.startsWith('alias/')) {
    const key = store.keys.get(store.aliases.get(local) ?? '');
    if (!key) throw notFound(`Alias ${arnPrefix}${local} is not found.`);
    return key;
  }
  const keyId = local.replace(/^key\//, '');
  const key = store.keys.get(keyId);
  if (!key) throw notFound(`Key '${local.startsWith('arn:') ? local : `${arnPrefix}key/${keyId}`}' does not exist`);
  return key;
}

/** Finds, authorises, and checks that the key is enabled and made for this. */
export function usableKey(
  kms: Kms,
  name: string | undefined,
  usage: KeySpec['usage'],
  context: CallContext,
  action: string,
  conditions: Record<string, string> = {},
): Key {
  const key = findKey(kms, name);
  authorize(context, action, key, {
    ...conditions,
    ...(name?.includes('alias/') && { 'kms:RequestAlias': name.slice(name.indexOf('alias/')) }),
  });
  if (!key.isEnabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  if (KEY_SPECS[key.spec]!.usage !== usage) {
    throw new AwsError(
      'InvalidKeyUsageException',
      `${key.arn} key usage is ${KEY_SPECS[key.spec]!.usage} which is not valid for ${action.slice(4)}.`,
    );
  }
  return key;
}

export const authorize = (context: CallContext, action: string, key: Key, conditions: Record<string, string> = {}): void =>
  context.authorize({ action, resource: key.arn, conditions });

/** @throws AwsError InvalidKeyUsageException for an algorithm that this kind of key does not have. */
export function assertAlgorithm(key: Key, algorithm: string | undefined): string {
  if (algorithm !== undefined && KEY_SPECS[key.spec]!.algorithms.includes(algorithm)) return algorithm;
  throw new AwsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
}

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

const notFound = (message: string): AwsError => new AwsError('NotFoundException', message);
