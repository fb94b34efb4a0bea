/**
 * Public keys, and whether one of them stands behind a text: ECDSA with SHA-256, the signature in DER (FIPS 186-5, RFC 3279), the key as a
 * SubjectPublicKeyInfo in DER (RFC 5480), as AWS KMS gives both. It only verifies: a private key has no place here.
 */
import { createPublicKey, verify } from 'node:crypto';

/** A key or a signature that cannot even be read signs nothing. */
export function isSignedBy(spki: Uint8Array, text: string, signature: Uint8Array): boolean {
  try {
    return verify('sha256', Buffer.from(text), { key: Buffer.from(spki), format: 'der', type: 'spki' }, signature);
  } catch {
    return false;
  }
}

export const pemOfSpki = (spki: Uint8Array): string =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({ format: 'pem', type: 'spki' }) as string;

/** DER of a public key that a person handed over as PEM. @throws Error when it is none. */
export const spkiOfPem = (pem: string): Uint8Array => createPublicKey(pem).export({ format: 'der', type: 'spki' });
