/** The kinds of keys this KMS has, what each is for, and the algorithms it takes. */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

export interface KeySpec {
  readonly usage: 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY' | 'GENERATE_VERIFY_MAC';
  readonly algorithms: readonly string[];
  /** Fresh key material as base64: raw bytes of symmetric keys, PKCS #8 of private keys. */
  generate(): string;
}

const symmetric = (bytes: number) => (): string => randomBytes(bytes).toString('base64');

const pkcs8Of = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'der' }).toString('base64');

const rsa = (modulusLength: number): KeySpec => ({
  usage: 'SIGN_VERIFY',
  algorithms: ['PSS', 'PKCS1_V1_5'].flatMap((padding) => [256, 384, 512].map((bits) => `RSASSA_${padding}_SHA_${bits}`)),
  generate: () => pkcs8Of(generateKeyPairSync('rsa', { modulusLength }).privateKey),
});

const elliptic = (namedCurve: string, bits: number): KeySpec => ({
  usage: 'SIGN_VERIFY',
  algorithms: [`ECDSA_SHA_${bits}`],
  generate: () => pkcs8Of(generateKeyPairSync('ec', { namedCurve }).privateKey),
});

export const KEY_SPECS: Readonly<Record<string, KeySpec>> = {
  SYMMETRIC_DEFAULT: { usage: 'ENCRYPT_DECRYPT', algorithms: ['SYMMETRIC_DEFAULT'], generate: symmetric(32) },
  HMAC_256: { usage: 'GENERATE_VERIFY_MAC', algorithms: ['HMAC_SHA_256'], generate: symmetric(32) },
  ECC_NIST_P256: elliptic('P-256', 256),
  ECC_NIST_P384: elliptic('P-384', 384),
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
};
