import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type CheckpointStatement,
  checkCheckpoints,
  type NamedCheckpoint,
  signedText,
} from '../../../../shared/domain/audit/checkpoint.ts';
import { sha256Hex } from '../../../../shared/kernel/canonical-json.ts';
import { pemOfSpki, spkiOfPem } from '../../../../shared/kernel/signatures.ts';
import { chainOf, Signer } from '../../../support/audit-chain.ts';

const chain = chainOf(30);
const signer = new Signer();
const signed = [9, 19, 29].map((at) => signer.sign(chain[at]!));
const changed = (at: number, over: Partial<CheckpointStatement>): NamedCheckpoint[] =>
  signed.map((one, index) => (index === at ? { ...one, checkpoint: { ...one.checkpoint, ...over } } : one));

test('gives an anchor for each checkpoint with a good signature', () => {
  const { anchors, findings } = checkCheckpoints(signed, signer.spki);
  expect(findings).toEqual([]);
  expect(anchors.map(({ sequence, hash, isSigned }) => [sequence, hash, isSigned])).toEqual(
    [9, 19, 29].map((at) => [at, chain[at]!.hash, true]),
  );
});

test('is signed as openssl verifies it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-checkpoint-'));
  const { checkpoint } = signed[1]!;
  writeFileSync(join(folder, 'key.pem'), pemOfSpki(signer.spki));
  writeFileSync(join(folder, 'text'), signedText(checkpoint));
  writeFileSync(join(folder, 'sig'), Buffer.from(checkpoint.signature, 'base64'));
  const verify = ['dgst', '-sha256', '-verify', 'key.pem', '-signature', 'sig', 'text'];
  expect(execFileSync('openssl', verify, { cwd: folder, encoding: 'utf8' })).toBe('Verified OK\n');
  expect(Buffer.from(spkiOfPem(pemOfSpki(signer.spki)))).toEqual(signer.spki);
});

test.each<[keyof CheckpointStatement, Partial<CheckpointStatement>]>([
  ['sequence', { sequence: 18 }],
  ['hash', { hash: chain[18]!.hash }],
  ['records', { records: 19 }],
  ['at', { at: '2024-01-03T00:00:20.000Z' }],
  ['previousCheckpointSha256', { previousCheckpointSha256: null }],
  ['keyId', { keyId: 'another' }],
])('a checkpoint whose %s was changed has a bad signature, and vouches for nothing', (_field, over) => {
  const { anchors, findings } = checkCheckpoints(changed(1, over), signer.spki);
  expect(findings).toContainEqual(expect.objectContaining({ fault: 'bad-signature', key: signed[1]!.key }));
  expect(anchors.map(({ sequence }) => sequence)).toEqual([9, 29]);
});

test('one that another key signed is not one of ours, though its signature is good', () => {
  const other = new Signer();
  const forged = [...signed.slice(0, 2), other.sign(chain[28]!)];
  expect(checkCheckpoints(forged, signer.spki).findings).toContainEqual(expect.objectContaining({ fault: 'other-key', sequence: 28 }));
  expect(checkCheckpoints([other.sign(chain[3]!)], signer.spki).anchors).toEqual([]);
  const disguised = { ...other.sign(chain[28]!, { publicKeySha256: sha256Hex(signer.spki) }) };
  const inOurName = { ...disguised, checkpoint: { ...disguised.checkpoint, publicKey: signer.spki.toString('base64') } };
  expect(checkCheckpoints([inOurName], signer.spki).findings).toContainEqual(expect.objectContaining({ fault: 'bad-signature' }));
});

test.each<[string, NamedCheckpoint[]]>([
  ['the first', signed.slice(1)],
  ['one between two others', [signed[0]!, signed[2]!]],
])('%s cannot be left out unnoticed', (_which, left) => {
  expect(checkCheckpoints(left, signer.spki).findings).toMatchObject([
    { fault: 'checkpoint-missing', sequence: left.at(_which === 'the first' ? 0 : 1)!.checkpoint.sequence },
  ]);
});

test('one that lies under the name of another, or counts what cannot be, is told', () => {
  const renamed = [{ ...signed[0]!, key: 'checkpoints/000000000010.json' }];
  expect(checkCheckpoints(renamed, signer.spki).findings).toMatchObject([{ fault: 'misnamed' }]);
  const odd = new Signer();
  expect(checkCheckpoints([odd.sign(chain[9]!, { records: 12 })], odd.spki).findings).toMatchObject([{ fault: 'impossible' }]);
});

test('a key that is none, and a signature that is none, vouch for nothing', () => {
  const { checkpoint, key } = signed[0]!;
  const unreadable = [{ key, checkpoint: { ...checkpoint, signature: 'AAAA' } }];
  expect(checkCheckpoints(unreadable, signer.spki).findings).toMatchObject([{ fault: 'bad-signature' }]);
  expect(checkCheckpoints([], null)).toEqual({ anchors: [], findings: [] });
});
