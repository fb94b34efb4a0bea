import { expect, test } from 'vitest';
import { checksumOf } from '../../../../apps/local-cloud/s3/checksums.ts';

/**
 * The check values over "123456789". CRCs: Greg Cook, "Catalogue of parametrised CRC algorithms" (CRC-32/ISO-HDLC,
 * CRC-32/ISCSI, CRC-64/NVME). SHA-1 and SHA-256: coreutils sha1sum and sha256sum.
 */
const CHECK_VALUES = [
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
  ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
] as const;

test.each(CHECK_VALUES)('%s of "123456789" is %s, in one piece and in several', (algorithm, hex) => {
  const expected = Buffer.from(hex, 'hex').toString('base64');
  expect(checksumOf(algorithm, [Buffer.from('123456789')])).toBe(expected);
  expect(checksumOf(algorithm, [Buffer.from('1234'), Buffer.from(''), Buffer.from('56789')])).toBe(expected);
});
