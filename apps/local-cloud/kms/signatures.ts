/** Sign, Verify, GetPublicKey, GenerateMac and VerifyMac. */
import { constants, createHmac, createPrivateKey, createPublicKey, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import type {
  GenerateMacRequest,
  GenerateMacResponse,
  GetPublicKeyRequest,
  GetPublicKeyResponse,
  SigningAlgorithmSpec,
  SignRequest,
  SignResponse,
  VerifyMacRequest,
  VerifyMacResponse,
  VerifyRequest,
  VerifyResponse,
} from '@aws-sdk/client-kms';
import { AwsError, type CallContext } from '../service.ts';
import { assertAlgorithm, authorize, findKey, type Kms, usableKey, validation } from './access.ts';
import { KEY_SPECS } from './key-specs.ts';
import type { Key } from './key-store.ts';
import { signDigest, verifyDigest } from './prehashed-ecdsa.ts';
import { signPkcs1Digest, signPssDigest, verifyPkcs1Digest, verifyPssDigest } from './prehashed-rsa.ts';

const MAX_MESSAGE_BYTES = 4096;

export function signMessage(kms: Kms, input: SignRequest, context: CallContext): SignResponse {
  const key = usableKey(kms, input.KeyId, 'SIGN_VERIFY', context, 'kms:Sign', conditionsOf(input));
  const scheme = schemeOf(assertAlgorithm(key, input.SigningAlgorithm));
  const message = messageOf(input, scheme);
  const privateKey = privateKeyOf(key);
  const Signature =
    input.MessageType === 'DIGEST'
      ? signPrehashed(scheme, privateKey, message)
      : sign(scheme.hash, message, { key: privateKey, ...paddingOf(scheme) });
  return { KeyId: key.arn, Signature, SigningAlgorithm: scheme.algorithm };
}

/** @throws AwsError KMSInvalidSignatureException: KMS never answers `SignatureValid: false`. */
export function verifySignature(kms: Kms, input: VerifyRequest, context: CallContext): VerifyResponse {
  const key = usableKey(kms, input.KeyId, 'SIGN_VERIFY', context, 'kms:Verify', conditionsOf(input));
  const scheme = schemeOf(assertAlgorithm(key, input.SigningAlgorithm));
  const message = messageOf(input, scheme);
  const signature = input.Signature ?? new Uint8Array(0);
  const publicKey = createPublicKey(privateKeyOf(key));
  const isValid =
    input.MessageType === 'DIGEST'
      ? verifyPrehashed(scheme, publicKey, message, signature)
      : verify(scheme.hash, message, { key: publicKey, ...paddingOf(scheme) }, signature);
  if (!isValid) throw new AwsError('KMSInvalidSignatureException', '');
  return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: scheme.algorithm };
}

interface Scheme {
  readonly algorithm: SigningAlgorithmSpec;
  readonly family: 'ECDSA' | 'PKCS1' | 'PSS';
  readonly hash: 'sha256' | 'sha384' | 'sha512';
}

/** `RSASSA_PSS_SHA_256` and its like say what they are. */
function schemeOf(algorithm: string): Scheme {
  const family = algorithm.startsWith('ECDSA') ? 'ECDSA' : algorithm.includes('PSS') ? 'PSS' : 'PKCS1';
  return { algorithm: algorithm as SigningAlgorithmSpec, family, hash: `sha${algorithm.slice(-3)}` as Scheme['hash'] };
}

const paddingOf = ({ family }: Scheme): { padding?: number; saltLength?: number } =>
  family === 'PSS' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};

function signPrehashed({ family, hash }: Scheme, key: KeyObject, digest: Uint8Array): Uint8Array {
  if (family === 'ECDSA') return signDigest(key, digest);
  return family === 'PSS' ? signPssDigest(key, hash, digest) : signPkcs1Digest(key, hash, digest);
}

function verifyPrehashed({ family, hash }: Scheme, key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  if (family === 'ECDSA') return verifyDigest(key, digest, signature);
  return family === 'PSS' ? verifyPssDigest(key, hash, digest, signature) : verifyPkcs1Digest(key, hash, digest, signature);
}

function messageOf({ Message, MessageType = 'RAW' }: SignRequest | VerifyRequest, { hash, algorithm }: Scheme): Uint8Array {
  const message = Message ?? new Uint8Array(0);
  if (message.length === 0 || message.length > MAX_MESSAGE_BYTES) {
    throw validation(`Value at 'message' failed to satisfy constraint: Member must have length between 1 and ${MAX_MESSAGE_BYTES}`);
  }
  if (MessageType === 'DIGEST') {
    if (message.length !== Number(hash.slice(3)) / 8) throw validation(`Digest is invalid length for algorithm ${algorithm}.`);
  } else if (MessageType !== 'RAW') {
    throw validation(`MessageType ${MessageType} is not one of RAW, DIGEST`);
  }
  return message;
}

const privateKeyOf = (key: Key): KeyObject => createPrivateKey({ key: Buffer.from(key.material, 'base64'), format: 'der', type: 'pkcs8' });

const conditionsOf = ({ SigningAlgorithm, MessageType = 'RAW' }: SignRequest | VerifyRequest): Record<string, string> => ({
  'kms:MessageType': MessageType,
  ...(SigningAlgorithm !== undefined && { 'kms:SigningAlgorithm': SigningAlgorithm }),
});

export function getPublicKey(kms: Kms, input: GetPublicKeyRequest, context: CallContext): GetPublicKeyResponse {
  const key = findKey(kms, input.KeyId);
  authorize(context, 'kms:GetPublicKey', key);
  if (KEY_SPECS[key.spec]!.usage !== 'SIGN_VERIFY') throw new AwsError('UnsupportedOperationException', `${key.arn} has no public key.`);
  return {
    KeyId: key.arn,
    PublicKey: createPublicKey(privateKeyOf(key)).export({ type: 'spki', format: 'der' }),
    KeySpec: key.spec as NonNullable<GetPublicKeyResponse['KeySpec']>,
    CustomerMasterKeySpec: key.spec as NonNullable<GetPublicKeyResponse['CustomerMasterKeySpec']>,
    KeyUsage: 'SIGN_VERIFY',
    SigningAlgorithms: [...KEY_SPECS[key.spec]!.algorithms] as SigningAlgorithmSpec[],
  };
}

export function generateMac(kms: Kms, input: GenerateMacRequest, context: CallContext): GenerateMacResponse {
  const key = usableKey(kms, input.KeyId, 'GENERATE_VERIFY_MAC', context, 'kms:GenerateMac');
  assertAlgorithm(key, input.MacAlgorithm);
  return { Mac: macOf(key, input.Message), MacAlgorithm: 'HMAC_SHA_256', KeyId: key.arn };
}

/** @throws AwsError KMSInvalidMacException */
export function verifyMac(kms: Kms, input: VerifyMacRequest, context: CallContext): VerifyMacResponse {
  const key = usableKey(kms, input.KeyId, 'GENERATE_VERIFY_MAC', context, 'kms:VerifyMac');
  assertAlgorithm(key, input.MacAlgorithm);
  const mac = macOf(key, input.Message);
  const claimed = input.Mac ?? new Uint8Array(0);
  if (claimed.length !== mac.length || !timingSafeEqual(claimed, mac)) throw new AwsError('KMSInvalidMacException', '');
  return { KeyId: key.arn, MacValid: true, MacAlgorithm: 'HMAC_SHA_256' };
}

function macOf(key: Key, message: Uint8Array | undefined): Uint8Array {
  if (!message || message.length === 0 || message.length > MAX_MESSAGE_BYTES) {
    throw validation(`Value at 'message' failed to satisfy constraint: Member must have length between 1 and ${MAX_MESSAGE_BYTES}`);
  }
  return createHmac('sha256', Buffer.from(key.material, 'base64')).update(message).digest();
}
