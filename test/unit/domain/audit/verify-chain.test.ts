/** The six attacks on a chain of thirty records, with checkpoints at records 9, 19 and 29. */
import { describe, expect, test } from 'vitest';
import { compareCopies } from '../../../../shared/domain/audit/compare-copies.ts';
import type { StoredRecord } from '../../../../shared/domain/audit/hash-chain.ts';
import { linkAll } from '../../../../shared/domain/audit/hash-chain.ts';
import { type Anchor, linkOf, verifyChain } from '../../../../shared/domain/audit/verify-chain.ts';
import { attacks, bare, chainOf } from '../../../support/audit-chain.ts';

const chain = chainOf(30);
const anchors: Anchor[] = [9, 19, 29].map((sequence) => ({
  sequence,
  hash: chain[sequence]!.hash,
  what: `the checkpoint at record ${sequence}`,
  isSigned: true,
}));
const links = (records: readonly StoredRecord[]) => records.map(linkOf);
const at = 13;

test('finds an untouched chain intact, with its head', () => {
  expect(verifyChain(chain, anchors)).toEqual({ kind: 'intact', records: 30, head: { sequence: 29, hash: chain[29]!.hash } });
  expect(verifyChain([])).toEqual({ kind: 'intact', records: 0, head: null });
  expect(verifyChain(chain.slice(10), anchors, chain[9])).toMatchObject({ kind: 'intact', records: 20 });
  expect(compareCopies(links(chain), links(chain))).toEqual({ findings: [], behind: 0 });
});

test('takes a record that was archived twice once', () => {
  expect(verifyChain([...chain.slice(0, 20), ...chain.slice(12)], anchors)).toMatchObject({ kind: 'intact', records: 30 });
});

describe.each(attacks)('$fault', ({ fault, naive, rehashing }) => {
  test('is told, with the first bad record, when the hashes were left as they were', () => {
    const verdict = verifyChain(naive(chain, at), anchors);
    expect(verdict).toMatchObject({ kind: 'broken', fault, sequence: at });
  });

  test('is told to the stretch between two checkpoints when every later hash was computed anew, and not at all without them', () => {
    const forgery = rehashing(chain, at);
    expect(verifyChain(forgery)).toMatchObject({ kind: 'intact' });
    const verdict = verifyChain(forgery, anchors);
    const expected = fault === 'drop-tail' ? { fault, sequence: at } : { fault: 'fork', sequence: 10, through: 19 };
    expect(verdict).toMatchObject({ kind: 'broken', ...expected });
  });

  test('is told to the record when the other copy is there', () => {
    const [first] = compareCopies(links(rehashing(chain, at)), links(chain)).findings;
    expect(first).toMatchObject({ sequence: at, found: expect.anything(), expected: expect.anything() });
    if (fault !== 'drop-tail') expect(first).toMatchObject({ trailId: expect.any(String) as string, type: expect.any(String) as string });
  });
});

test('a record that was changed with its own hash is the bad one, not the one after it, where a checkpoint vouches for that', () => {
  const [forgery] = linkAll([{ ...bare(chain[at]!), record: '{"symbol":"FORGED"}' }], chain[at - 1]);
  const forged = [...chain.slice(0, at), forgery!, ...chain.slice(at + 1)];
  expect(verifyChain(forged, anchors)).toMatchObject({ fault: 'mutate', sequence: at });
  expect(verifyChain(forged)).toMatchObject({ fault: 'fork', sequence: at + 1 });
});

test.each([
  ['dropped', 'drop', (all: readonly StoredRecord[]) => [...all.slice(0, at), ...all.slice(at + 1)]],
  ['put in', 'insert', (all: readonly StoredRecord[]) => [...all.slice(0, at), all[2]!, ...all.slice(at)]],
])('a record that was %s is told where the ones after it were only numbered anew', (_what, fault, changed) => {
  const renumbered = changed(chain).map((record, sequence) => ({ ...record, sequence }));
  expect(verifyChain(renumbered, anchors)).toMatchObject({ kind: 'broken', fault, sequence: at });
});

test('records that stand in the file in another order, numbers and all, are told too', () => {
  const moved = [...chain.slice(0, at), chain[at + 1]!, chain[at + 2]!, chain[at]!, ...chain.slice(at + 3)];
  const verdict = verifyChain(moved, anchors);
  expect(verdict).toMatchObject({ kind: 'broken', fault: 'reorder', sequence: at });
  expect(verdict.kind === 'broken' && verdict.findings).toHaveLength(1);
});

test('a record with no number at all is put in', () => {
  const verdict = verifyChain([...chain.slice(0, 5), { ...chain[5]!, sequence: Number.NaN }, ...chain.slice(5)], anchors);
  expect(verdict).toMatchObject({ kind: 'broken', fault: 'insert', sequence: 5 });
});

test('every attack is told, each with its record, where several were made', () => {
  const forged = chain.filter((_, index) => index !== 22).map((record, index) => (index === 4 ? { ...record, type: 'hold' } : record));
  const verdict = verifyChain(forged, anchors);
  expect(verdict.kind === 'broken' && verdict.findings.map(({ fault, sequence }) => [fault, sequence])).toEqual([
    ['mutate', 4],
    ['drop', 22],
  ]);
});

test('a copy that is behind by its tail is no fault, and one that lacks a record within is', () => {
  expect(compareCopies(links(chain), links(chain.slice(0, 25)))).toEqual({ findings: [], behind: 5 });
  const holed = compareCopies(links(chain), links(chain.filter((_, index) => index !== 7)));
  expect(holed.findings).toMatchObject([{ fault: 'drop', sequence: 7, trailId: chain[7]!.trailId }]);
});
