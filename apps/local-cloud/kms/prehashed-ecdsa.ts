/**
 * ECDSA over a digest the caller computed (KMS's MessageType DIGEST), which node:crypto does not offer: it hashes what it
 * signs. Signing borrows a fresh key pair for the secret nonce k and the point k·G, so no curve arithmetic handles a
 * secret; verifying does the arithmetic, on public values. Source: FIPS 186-5, section 6.4. Signatures are DER, as KMS's.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';

interface Curve {
  readonly name: string;
  readonly bytes: number;
  /** The field's prime. */
  readonly p: bigint;
  /** The order of the base point. */
  readonly n: bigint;
  readonly base: Point;
}

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** Domain parameters of SP 800-186, section 3.2.1; both curves have a = −3. */
const CURVES: Readonly<Record<string, Curve>> = {
  'P-256': {
    name: 'P-256',
    bytes: 32,
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    base: {
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    },
  },
  'P-384': {
    name: 'P-384',
    bytes: 48,
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    base: {
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
    },
  },
};

export function signDigest(key: KeyObject, digest: Uint8Array): Uint8Array {
  const jwk = key.export({ format: 'jwk' });
  const curve = CURVES[jwk.crv!]!;
  const secret = fromBase64url(jwk.d!);
  for (;;) {
    const nonce = generateKeyPairSync('ec', { namedCurve: curve.name }).privateKey.export({ format: 'jwk' });
    const r = mod(fromBase64url(nonce.x!), curve.n);
    const s = mod(inverse(fromBase64url(nonce.d!), curve.n) * (numberOf(digest, curve) + r * secret), curve.n);
    if (r !== 0n && s !== 0n) return derOf(r, s);
  }
}

export function verifyDigest(key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const jwk = key.export({ format: 'jwk' });
  const curve = CURVES[jwk.crv!]!;
  const pair = readDer(signature);
  if (!pair) return false;
  const [r, s] = pair;
  if (r <= 0n || r >= curve.n || s <= 0n || s >= curve.n) return false;
  const w = inverse(s, curve.n);
  const left = multiply(curve, curve.base, mod(numberOf(digest, curve) * w, curve.n));
  const right = multiply(curve, { x: fromBase64url(jwk.x!), y: fromBase64url(jwk.y!) }, mod(r * w, curve.n));
  const sum = add(curve, left, right);
  return sum !== undefined && mod(sum.x, curve.n) === r;
}

/** Infinity is `undefined`. */
function add({ p }: Curve, a: Point | undefined, b: Point | undefined): Point | undefined {
  if (!a) return b;
  if (!b) return a;
  if (a.x === b.x && mod(a.y + b.y, p) === 0n) return undefined;
  const slope = a.x === b.x ? (3n * a.x * a.x - 3n) * inverse(2n * a.y, p) : (b.y - a.y) * inverse(b.x - a.x, p);
  const x = mod(slope * slope - a.x - b.x, p);
  return { x, y: mod(slope * (a.x - x) - a.y, p) };
}

function multiply(curve: Curve, point: Point, factor: bigint): Point | undefined {
  let product: Point | undefined;
  let power: Point | undefined = point;
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) product = add(curve, product, power);
    power = add(curve, power, power);
  }
  return product;
}

const mod = (value: bigint, modulus: bigint): bigint => {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
};

/** By the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [mod(value, modulus), modulus];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return mod(x, modulus);
}

/** The leftmost bits of the digest, as many as the order has. */
const numberOf = (digest: Uint8Array, { bytes }: Curve): bigint => fromBytes(digest.subarray(0, bytes));

const fromBytes = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);

const fromBase64url = (text: string): bigint => fromBytes(Buffer.from(text, 'base64url'));

function derOf(...values: readonly bigint[]): Uint8Array {
  const integers = values.map((value) => {
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
    const unsigned = bytes[0]! & 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
    return Buffer.concat([Buffer.from([0x02, unsigned.length]), unsigned]);
  });
  const content = Buffer.concat(integers);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

/** Both curves' signatures are below 128 bytes, so every length is one byte. */
function readDer(der: Uint8Array): [bigint, bigint] | undefined {
  const firstLength = der[3] ?? 0;
  const secondLength = der[5 + firstLength] ?? 0;
  const isPair = der[0] === 0x30 && der[1] === der.length - 2 && der[2] === 0x02 && der[4 + firstLength] === 0x02;
  if (!isPair || der.length !== 6 + firstLength + secondLength) return undefined;
  return [fromBytes(der.subarray(4, 4 + firstLength)), fromBytes(der.subarray(6 + firstLength))];
}
