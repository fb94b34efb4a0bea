/** Whatever is changed in a chain, wherever: it is told, and nothing before it is called bad. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkAll, type StoredRecord } from '../../../../shared/domain/audit/hash-chain.ts';
import { type Anchor, verifyChain } from '../../../../shared/domain/audit/verify-chain.ts';
import { canonicalJson } from '../../../../shared/kernel/canonical-json.ts';
import { attacks } from '../../../support/audit-chain.ts';

const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\n'));
const content = fc.record({
  at: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((at) => at.toISOString()),
  trailId: line,
  part: line,
  type: line,
  record: fc.dictionary(line, fc.oneof(fc.integer(), line)).map(canonicalJson),
});
const chain = fc.array(content, { minLength: 4, maxLength: 30 }).map((contents) => linkAll(contents));
const anchored = (records: readonly StoredRecord[]): Anchor[] => {
  const { sequence, hash } = records.at(-1)!;
  return [{ sequence, hash, what: 'the last checkpoint', isSigned: true }];
};

test('a chain of any records is intact as it was written', () => {
  fc.assert(
    fc.property(chain, (records) => {
      expect(verifyChain(records, anchored(records))).toMatchObject({ kind: 'intact', records: records.length });
    }),
  );
});

test('any field of any record, changed in any character, is told, with that record as the first', () => {
  const fields = ['previousHash', 'hash', 'at', 'trailId', 'part', 'type', 'record'] as const;
  fc.assert(
    fc.property(chain, fc.nat(), fc.constantFrom(...fields), fc.nat(), (records, place, field, position) => {
      const at = place % records.length;
      const text = records[at]![field];
      const i = position % text.length;
      const flipped = text.slice(0, i) + (text[i] === 'x' ? 'y' : 'x') + text.slice(i + 1);
      const forged = records.map((record, index) => (index === at ? { ...record, [field]: flipped } : record));
      expect(verifyChain(forged, anchored(records))).toMatchObject({ kind: 'broken', fault: 'mutate', sequence: at });
    }),
  );
});

test('a number of any record, changed to any other, is told, and no record before it is called bad', () => {
  fc.assert(
    fc.property(chain, fc.nat(), fc.integer({ min: -5, max: 60 }), (records, place, sequence) => {
      const at = place % records.length;
      fc.pre(sequence !== at);
      const forged = records.map((record, index) => (index === at ? { ...record, sequence } : record));
      const verdict = verifyChain(forged, anchored(records));
      expect(verdict.kind).toBe('broken');
      if (verdict.kind === 'broken' && verdict.fault !== 'insert')
        expect(verdict.sequence).toBeGreaterThanOrEqual(Math.min(at, Math.max(0, sequence)));
    }),
  );
});

test.each(attacks)(
  '$fault is told at whatever place it was made, by a naive hand and by one that computes every hash anew',
  ({ naive, rehashing }) => {
    fc.assert(
      fc.property(chain, fc.nat(), (records, place) => {
        const at = 1 + (place % (records.length - 2));
        const byHand = verifyChain(naive(records, at), anchored(records));
        expect(byHand).toMatchObject({ kind: 'broken', sequence: at });
        const anew = verifyChain(rehashing(records, at), anchored(records));
        expect(anew.kind).toBe('broken');
      }),
      { numRuns: 60 },
    );
  },
);
