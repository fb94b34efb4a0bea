/**
 * SHA-256 over the UTF-8 of some texts, one after another. They are written into one buffer that is used again and again: joined as a string
 * first, a large text would be copied twice, and hashing many of them would take a third longer.
 */
import { hash } from 'node:crypto';
import type { Sha256 } from './units.ts';

/** UTF-8 takes at most three bytes for one of UTF-16's code units. */
const bytesPerUnitMax = 3;

let buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** What sha256Hex gives of `first + second`, where no pair of surrogates is cut between the two. */
export function sha256HexOfBoth(first: string, second: string): Sha256 {
  const bytesMax = (first.length + second.length) * bytesPerUnitMax;
  if (bytesMax > buffer.length) buffer = Buffer.allocUnsafeSlow(2 * bytesMax);
  const start = buffer.write(first);
  return hash('sha256', buffer.subarray(0, start + buffer.write(second, start))) as Sha256;
}
