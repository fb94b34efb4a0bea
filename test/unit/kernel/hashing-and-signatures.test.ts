import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSignedBy, pemOfSpki, spkiOfPem } from '../../../shared/kernel/signatures.ts';
import { sha256HexOfBoth } from '../../../shared/kernel/text-hash.ts';

const plain = (text: string): string => createHash('sha256').update(text).digest('hex');

test.each([
  ['nothing', '', ''],
  ['ASCII', 'head\n', '{"symbol":"AAPL"}'],
  ['letters of two, three and four bytes', 'é“', '𝄞 naïve 日本'],
  ['half a pair of surrogates, as a stranger might store it', 'a', '\ud800b'],
  ['more than the buffer held before', 'x'.repeat(70_000), '日'.repeat(300_000)],
  ['little after much', 'a', 'b'],
])('two texts have the hash of both in one, with %s in them', (_what, first, second) => {
  expect(sha256HexOfBoth(first, second)).toBe(plain(first + second));
});

test('a signature stands for its text and its key, and what is no key or signature for nothing', () => {
  const [ours, other] = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ec', { namedCurve: 'P-256' })];
  const spkiOf = (pair: typeof ours): Buffer => pair.publicKey.export({ format: 'der', type: 'spki' });
  const signature = sign('sha256', Buffer.from('text'), ours.privateKey);
  expect(isSignedBy(spkiOf(ours), 'text', signature)).toBe(true);
  expect(isSignedBy(spkiOf(ours), 'texts', signature)).toBe(false);
  expect(isSignedBy(spkiOf(other), 'text', signature)).toBe(false);
  expect(isSignedBy(Buffer.from('no key'), 'text', signature)).toBe(false);
  expect(isSignedBy(spkiOf(ours), 'text', Buffer.from('no signature'))).toBe(false);
  expect(Buffer.from(spkiOfPem(pemOfSpki(spkiOf(ours))))).toEqual(spkiOf(ours));
  expect(() => spkiOfPem('no PEM')).toThrow();
});
