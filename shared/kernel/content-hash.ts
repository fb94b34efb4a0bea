/** SHA-256 over texts (as UTF-8) and the bytes of typed arrays, one after another, without putting them together first. */
import { createHash } from 'node:crypto';
import type { Sha256 } from './units.ts';

export function sha256HexOfParts(parts: Iterable<string | ArrayBufferView>): Sha256 {
  const digest = createHash('sha256');
  for (const part of parts) {
    digest.update(typeof part === 'string' ? part : new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  return digest.digest('hex') as Sha256;
}
