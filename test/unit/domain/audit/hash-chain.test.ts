import { describe, expect, test } from 'vitest';
import { stopLossUsd } from '../../../../shared/domain/audit/decision-record.ts';
import {
  type ChainHead,
  genesisHash,
  type LinkedRecord,
  linkAll,
  linkRecord,
  verifyChain,
} from '../../../../shared/domain/audit/hash-chain.ts';
import { canonicalJson, sha256Hex } from '../../../../shared/kernel/canonical-json.ts';

const records = ['a', 'b', 'c', 'd', 'e'].map((name, i) => ({ name, i }));
const chain = linkAll(records);
const head: ChainHead = { sequence: 4, hash: chain[4]!.hash };
const verdict = (changed: readonly LinkedRecord[], expected: ChainHead | null = null) => verifyChain(changed, expected);

describe('hash chain', () => {
  test('links each record to the one before by the hash of its canonical text', () => {
    const { hash } = linkRecord(genesisHash, 0, { b: 1, a: 2 });
    expect(hash).toBe(sha256Hex(`{"previousHash":"${genesisHash}","record":{"a":2,"b":1},"sequence":0}`));
    expect(canonicalJson(chain[1]!.previousHash)).toBe(canonicalJson(chain[0]!.hash));
  });

  test('finds an untouched chain intact, with its head', () => {
    expect(verdict(chain, head)).toEqual({ kind: 'intact', records: 5, head });
    expect(verdict([])).toEqual({ kind: 'intact', records: 0, head: null });
  });

  test('continues after a head', () => {
    const first = linkAll(records.slice(0, 2));
    const rest = linkAll(records.slice(2), { sequence: 1, hash: first[1]!.hash });
    expect([...first, ...rest]).toEqual(chain);
  });

  test('finds a changed record', () => {
    const changed = chain.map((link, i) => (i === 2 ? { ...link, record: { name: 'x', i: 2 } } : link));
    expect(verdict(changed)).toMatchObject({ kind: 'broken', fault: 'mutation', at: 2 });
  });

  test('finds a record left out', () => {
    expect(verdict(chain.filter((_, i) => i !== 2))).toMatchObject({ kind: 'broken', fault: 'drop', at: 2 });
  });

  test('finds records that changed places', () => {
    expect(verdict([chain[0]!, chain[2]!, chain[1]!, chain[3]!, chain[4]!])).toMatchObject({ fault: 'reorder', at: 1 });
  });

  test('finds a record put in', () => {
    const forged = { ...linkRecord(chain[1]!.hash, 2, 'forged'), record: 'forged' };
    expect(verdict([...chain.slice(0, 2), forged, ...chain.slice(2)])).toMatchObject({ fault: 'insert', at: 3 });
    expect(verdict([...chain.slice(0, 3), chain[2]!, ...chain.slice(3)])).toMatchObject({ fault: 'insert', at: 3 });
  });

  test('finds a chain that was rewritten from a record on', () => {
    const rewritten = [...chain.slice(0, 3), ...linkAll(['x', 'y'], { sequence: 2, hash: chain[2]!.hash })];
    expect(verdict(rewritten)).toMatchObject({ kind: 'intact' });
    expect(verdict(rewritten, head)).toMatchObject({ kind: 'broken', fault: 'fork', at: 4 });
    const spliced = [...chain.slice(0, 2), ...linkAll(['x'], { sequence: 1, hash: genesisHash })];
    expect(verdict(spliced)).toMatchObject({ fault: 'fork', at: 2 });
  });

  test('finds a cut tail, given a head kept elsewhere', () => {
    expect(verdict(chain.slice(0, 4))).toMatchObject({ kind: 'intact' });
    expect(verdict(chain.slice(0, 4), head)).toMatchObject({ kind: 'broken', fault: 'drop-tail', at: 4 });
    expect(verdict([], head)).toMatchObject({ kind: 'broken', fault: 'drop-tail', at: 0 });
  });
});

describe('stop loss', () => {
  test('lies two average ranges against the position, never below zero', () => {
    expect(stopLossUsd(0.05, 100, 3, 2)).toBe(94);
    expect(stopLossUsd(-0.05, 100, 3, 2)).toBe(106);
    expect(stopLossUsd(0.05, 4, 3, 2)).toBe(0);
    expect(stopLossUsd(0, 100, 3, 2)).toBeNull();
    expect(stopLossUsd(0.05, Number.NaN, 3, 2)).toBeNull();
  });
});
