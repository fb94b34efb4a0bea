/**
 * The checksums S3 knows, as base64. CRC-32 and the digests come from Node; CRC-32C and CRC-64/NVME have no native
 * form there, so they run over tables of their polynomials (reflected: 0x82F63B78, and 0x9A6C9329AC4BC9B5).
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Member name of each algorithm in requests and responses. */
export const CHECKSUM_MEMBERS = {
  CRC32: 'ChecksumCRC32',
  CRC32C: 'ChecksumCRC32C',
  CRC64NVME: 'ChecksumCRC64NVME',
  SHA1: 'ChecksumSHA1',
  SHA256: 'ChecksumSHA256',
  SHA512: 'ChecksumSHA512',
  MD5: 'ChecksumMD5',
} as const;

export type ChecksumAlgorithm = keyof typeof CHECKSUM_MEMBERS;

const ALGORITHMS = Object.keys(CHECKSUM_MEMBERS) as ChecksumAlgorithm[];

export const isChecksumAlgorithm = (name: string): name is ChecksumAlgorithm => name in CHECKSUM_MEMBERS;

export function checksumOf(algorithm: ChecksumAlgorithm, chunks: readonly Uint8Array[]): string {
  switch (algorithm) {
    case 'CRC32':
      return base64OfWords(chunks.reduce((crc, chunk) => crc32(chunk, crc), 0));
    case 'CRC32C':
      return base64OfWords(crc32c(chunks));
    case 'CRC64NVME':
      return base64OfWords(...crc64nvme(chunks));
    default: {
      const hash = createHash(algorithm.toLowerCase());
      for (const chunk of chunks) hash.update(chunk);
      return hash.digest('base64');
    }
  }
}

/** The checksum a request carries, if any: S3 takes at most one. */
export function checksumIn(input: object): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  for (const algorithm of ALGORITHMS) {
    const value = (input as Record<string, unknown>)[CHECKSUM_MEMBERS[algorithm]];
    if (typeof value === 'string') return { algorithm, value };
  }
  return undefined;
}

function base64OfWords(...words: readonly number[]): string {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => {
    bytes.writeUInt32BE(word >>> 0, index * 4);
  });
  return bytes.toString('base64');
}

const CRC32C_TABLE = new Uint32Array(256).map((_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

function crc32c(chunks: readonly Uint8Array[]): number {
  let crc = 0xffffffff;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) crc = (crc >>> 8) ^ CRC32C_TABLE[(crc ^ chunk[i]!) & 0xff]!;
  }
  return ~crc;
}

/** High and low words of each table entry, side by side: 64 bits do not fit a JavaScript integer. */
const CRC64_TABLE = buildCrc64Table();

function buildCrc64Table(): Uint32Array {
  const table = new Uint32Array(512);
  for (let index = 0; index < 256; index++) {
    let crc = BigInt(index);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x9a6c9329ac4bc9b5n : crc >> 1n;
    table[index * 2] = Number(crc >> 32n);
    table[index * 2 + 1] = Number(crc & 0xffffffffn);
  }
  return table;
}

function crc64nvme(chunks: readonly Uint8Array[]): [high: number, low: number] {
  let high = -1;
  let low = -1;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      const entry = ((low ^ chunk[i]!) & 0xff) * 2;
      low = ((low >>> 8) | (high << 24)) ^ CRC64_TABLE[entry + 1]!;
      high = (high >>> 8) ^ CRC64_TABLE[entry]!;
    }
  }
  return [~high, ~low];
}
