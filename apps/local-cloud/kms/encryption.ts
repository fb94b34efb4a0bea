/** Encrypt, Decrypt and the data keys: AES-256-GCM, with the encryption context bound to the ciphertext. */
import { randomBytes } from 'node:crypto';
import type {
  DecryptRequest,
  DecryptResponse,
  EncryptRequest,
  EncryptResponse,
  GenerateDataKeyRequest,
  GenerateDataKeyResponse,
} from '@aws-sdk/client-kms';
import { canonicalJson } from '../../../shared/kernel/canonical-json.ts';
import { AwsError, type CallContext, notEmulated } from '../service.ts';
import { findKey, type Kms, usableKey, validation } from './access.ts';
import type { Key } from './key-store.ts';
import { seal, unseal } from './sealing.ts';

const MAX_PLAINTEXT_BYTES = 4096;
/** A ciphertext opens with a version byte and the 16 bytes of its key's id, so that Decrypt needs no key name. */
const VERSION = 1;
const HEADER_BYTES = 17;

type EncryptionContext = Record<string, string> | undefined;

export function encrypt(kms: Kms, input: EncryptRequest, context: CallContext): EncryptResponse {
  assertSymmetric(input.EncryptionAlgorithm);
  const key = usableKey(kms, input.KeyId, 'ENCRYPT_DECRYPT', context, 'kms:Encrypt', conditionsOf(input.EncryptionContext));
  const plaintext = input.Plaintext ?? new Uint8Array(0);
  if (plaintext.length === 0 || plaintext.length > MAX_PLAINTEXT_BYTES) {
    throw validation(`Value at 'plaintext' failed to satisfy constraint: Member must have length between 1 and ${MAX_PLAINTEXT_BYTES}`);
  }
  return {
    CiphertextBlob: encryptUnder(key, plaintext, input.EncryptionContext),
    KeyId: key.arn,
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
}

export function decrypt(kms: Kms, input: DecryptRequest, context: CallContext): DecryptResponse {
  assertSymmetric(input.EncryptionAlgorithm);
  const blob = input.CiphertextBlob ?? new Uint8Array(0);
  const keyId = blob[0] === VERSION && blob.length > HEADER_BYTES ? idOf(blob.subarray(1, HEADER_BYTES)) : undefined;
  if (keyId === undefined || !kms.store.keys.has(keyId)) throw invalidCiphertext();
  const key = usableKey(kms, keyId, 'ENCRYPT_DECRYPT', context, 'kms:Decrypt', conditionsOf(input.EncryptionContext));
  if (input.KeyId !== undefined && findKey(kms, input.KeyId).keyId !== keyId) {
    throw new AwsError('IncorrectKeyException', 'The key ID in the request does not identify a CMK that can perform this operation.');
  }
  const plaintext = unseal(bytesOf(key), blob.subarray(HEADER_BYTES), labelOf(key, input.EncryptionContext));
  if (!plaintext) throw invalidCiphertext();
  return { Plaintext: plaintext, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
}

export function generateDataKey(kms: Kms, input: GenerateDataKeyRequest, context: CallContext): GenerateDataKeyResponse {
  return makeDataKey(kms, input, context, 'kms:GenerateDataKey');
}

export function generateDataKeyWithoutPlaintext(kms: Kms, input: GenerateDataKeyRequest, context: CallContext): GenerateDataKeyResponse {
  const { Plaintext: _forgotten, ...rest } = makeDataKey(kms, input, context, 'kms:GenerateDataKeyWithoutPlaintext');
  return rest;
}

function makeDataKey(kms: Kms, input: GenerateDataKeyRequest, context: CallContext, action: string): GenerateDataKeyResponse {
  const key = usableKey(kms, input.KeyId, 'ENCRYPT_DECRYPT', context, action, conditionsOf(input.EncryptionContext));
  const { KeySpec: spec, NumberOfBytes: count } = input;
  if ((spec === undefined) === (count === undefined)) throw validation('Please specify either number of bytes or key spec.');
  const bytes = count ?? (spec === 'AES_128' ? 16 : 32);
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 1024) throw validation("Value at 'numberOfBytes' must be between 1 and 1024");
  const plaintext = randomBytes(bytes);
  return { Plaintext: plaintext, CiphertextBlob: encryptUnder(key, plaintext, input.EncryptionContext), KeyId: key.arn };
}

const encryptUnder = (key: Key, plaintext: Uint8Array, encryptionContext: EncryptionContext): Uint8Array =>
  Buffer.concat([
    Buffer.from([VERSION]),
    Buffer.from(key.keyId.replaceAll('-', ''), 'hex'),
    seal(bytesOf(key), plaintext, labelOf(key, encryptionContext)),
  ]);

const bytesOf = (key: Key): Uint8Array => Buffer.from(key.material, 'base64');

const labelOf = (key: Key, encryptionContext: EncryptionContext): string =>
  canonicalJson({ key: key.keyId, context: encryptionContext ?? {} });

function idOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function conditionsOf(encryptionContext: EncryptionContext): Record<string, string> {
  return Object.fromEntries(Object.entries(encryptionContext ?? {}).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]));
}

function assertSymmetric(algorithm: string | undefined): void {
  if (algorithm !== undefined && algorithm !== 'SYMMETRIC_DEFAULT') throw notEmulated('kms', `encryption by ${algorithm}`);
}

/** KMS says no more than the code, so that nothing can be learned from trying. */
const invalidCiphertext = (): AwsError => new AwsError('InvalidCiphertextException', '');
