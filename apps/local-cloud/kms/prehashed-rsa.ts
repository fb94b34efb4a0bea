/**
 * RSA signatures over a digest the caller computed. node:crypto hashes what it signs, so the padding is laid here and
 * only the raw RSA step is Node's. Source: RFC 8017, sections 8.1 (PSS, salt as long as the digest) and 8.2 (PKCS #1 v1.5).
 */
import { constants, createHash, type KeyObject, privateEncrypt, publicDecrypt, randomBytes, timingSafeEqual } from 'node:crypto';

/** DER of `DigestInfo` up to the digest, from RFC 8017, section 9.2, note 1. */
const DIGEST_INFO: Readonly<Record<string, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

export function signPkcs1Digest(key: KeyObject, hash: string, digest: Uint8Array): Uint8Array {
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(hash, digest));
}

export function verifyPkcs1Digest(key: KeyObject, hash: string, digest: Uint8Array, signature: Uint8Array): boolean {
  try {
    const signed = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
    return areEqual(signed, digestInfo(hash, digest));
  } catch {
    // What does not decrypt to this padding is not a signature by this key.
    return false;
  }
}

const digestInfo = (hash: string, digest: Uint8Array): Buffer => Buffer.concat([Buffer.from(DIGEST_INFO[hash]!, 'hex'), digest]);

export function signPssDigest(key: KeyObject, hash: string, digest: Uint8Array): Uint8Array {
  const encodedBytes = modulusBytes(key);
  const salt = randomBytes(digest.length);
  const seed = pssHash(hash, digest, salt);
  const block = Buffer.alloc(encodedBytes - seed.length - 1);
  block[block.length - salt.length - 1] = 1;
  salt.copy(block, block.length - salt.length);
  const masked = xor(block, mask(hash, seed, block.length));
  // The modulus is a whole number of bytes, so exactly the top bit stays clear.
  masked[0]! &= 0x7f;
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.concat([masked, seed, Buffer.from([0xbc])]));
}

export function verifyPssDigest(key: KeyObject, hash: string, digest: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== modulusBytes(key)) return false;
  let encoded: Buffer;
  try {
    encoded = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    // A number above the modulus is no signature.
    return false;
  }
  const blockBytes = encoded.length - digest.length - 1;
  const masked = encoded.subarray(0, blockBytes);
  const seed = encoded.subarray(blockBytes, -1);
  if (encoded.at(-1) !== 0xbc || masked[0]! & 0x80) return false;
  const block = xor(masked, mask(hash, seed, blockBytes));
  block[0]! &= 0x7f;
  const separator = blockBytes - digest.length - 1;
  if (block[separator] !== 1 || block.subarray(0, separator).some((byte) => byte !== 0)) return false;
  return areEqual(seed, pssHash(hash, digest, block.subarray(separator + 1)));
}

const pssHash = (hash: string, digest: Uint8Array, salt: Uint8Array): Buffer =>
  createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();

/** MGF1 of RFC 8017, appendix B.2.1. */
function mask(hash: string, seed: Uint8Array, bytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0, made = 0; made < bytes; counter++, made += seed.length) {
    const index = Buffer.alloc(4);
    index.writeUInt32BE(counter);
    blocks.push(createHash(hash).update(seed).update(index).digest());
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}

const xor = (left: Uint8Array, right: Uint8Array): Buffer => Buffer.from(left.map((byte, index) => byte ^ right[index]!));

const areEqual = (left: Uint8Array, right: Uint8Array): boolean => left.length === right.length && timingSafeEqual(left, right);

const modulusBytes = (key: KeyObject): number => key.asymmetricKeyDetails!.modulusLength! / 8;
