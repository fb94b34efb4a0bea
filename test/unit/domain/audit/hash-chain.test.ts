import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { stopLossUsd } from '../../../../shared/domain/audit/decision-record.ts';
import { genesisHash, isSound, linkAll, type StoredRecord } from '../../../../shared/domain/audit/hash-chain.ts';
import { InvariantViolation } from '../../../../shared/kernel/errors.ts';
import { chainOf, contentOf } from '../../../support/audit-chain.ts';

const chain = chainOf(12);

describe('a chain of records', () => {
  test('has the hashes that sha256sum gives of its fields, one to a line', () => {
    const { hash, ...first } = chain[0]!;
    const text = ['ballast.audit/1', 0, genesisHash, first.at, first.trailId, first.part, first.type, first.record].join('\n');
    expect(execFileSync('sha256sum', { input: text, encoding: 'utf8' }).split(' ')[0]).toBe(hash);
    expect(chain[1]).toMatchObject({ sequence: 1, previousHash: hash });
  });

  test('hashes text of any script as UTF-8', () => {
    const [record] = linkAll([{ ...contentOf(0), record: '{"text":"Ω é 🜚"}' }]);
    const { hash, sequence, previousHash, at, trailId, part, type, record: text } = record!;
    const input = Buffer.from(['ballast.audit/1', sequence, previousHash, at, trailId, part, type, text].join('\n'), 'utf8');
    expect(execFileSync('sha256sum', { input, encoding: 'utf8' }).split(' ')[0]).toBe(hash);
  });

  test('continues after a head', () => {
    const first = linkAll([0, 1].map((index) => contentOf(index)));
    const rest = linkAll(
      Array.from({ length: 10 }, (_, index) => contentOf(index + 2)),
      first[1],
    );
    expect([...first, ...rest]).toEqual(chain);
  });

  test.each<keyof StoredRecord>(['at', 'trailId', 'part', 'type'])(
    'takes no line feed in %s, which would let two records share a hash',
    (field) => {
      expect(() => linkAll([{ ...contentOf(0), [field]: 'a\nb' }])).toThrow(InvariantViolation);
      expect(isSound({ ...chain[0]!, [field]: 'a\nb' })).toBe(false);
    },
  );

  test('tells apart records whose fields run into each other', () => {
    const [one] = linkAll([{ ...contentOf(0), part: 'decisions', type: 'decision' }]);
    expect(isSound({ ...one!, part: 'decisions\ndecision', type: one!.record, record: '' })).toBe(false);
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
