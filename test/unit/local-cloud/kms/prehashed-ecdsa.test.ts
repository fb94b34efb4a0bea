import { createHash, createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyDigest } from '../../../../apps/local-cloud/kms/prehashed-ecdsa.ts';

/** RFC 6979, appendices A.2.5 (P-256, SHA-256) and A.2.6 (P-384, SHA-384): key and signature of the message "sample". */
const VECTORS = [
  {
    crv: 'P-256',
    hash: 'sha256',
    x: '60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6',
    y: '7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299',
    r: 'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716',
    s: 'F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8',
  },
  {
    crv: 'P-384',
    hash: 'sha384',
    x: 'EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13',
    y: '8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720',
    r: '94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46',
    s: '99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8',
  },
];

const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');

function der(r: string, s: string): Buffer {
  const integer = (hex: string): Buffer => {
    const bytes = Buffer.from(Number.parseInt(hex.slice(0, 2), 16) >= 0x80 ? `00${hex}` : hex, 'hex');
    return Buffer.concat([Buffer.from([2, bytes.length]), bytes]);
  };
  const content = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

test.each(VECTORS)('verifies the $crv signature of RFC 6979 by its digest, and no other digest', ({ crv, hash, x, y, r, s }) => {
  const key = createPublicKey({ key: { kty: 'EC', crv, x: base64url(x), y: base64url(y) }, format: 'jwk' });
  const digestOf = (message: string): Buffer => createHash(hash).update(message).digest();
  expect(verifyDigest(key, digestOf('sample'), der(r, s))).toBe(true);
  expect(verifyDigest(key, digestOf('test'), der(r, s))).toBe(false);
  expect(verifyDigest(key, digestOf('sample'), der(s, r))).toBe(false);
  expect(verifyDigest(key, digestOf('sample'), Buffer.alloc(8))).toBe(false);
});
