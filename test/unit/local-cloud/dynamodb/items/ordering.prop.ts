/** Ordered key texts against Node's own byte comparison. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionText, segmentOf, sortText } from '../../../../../apps/local-cloud/dynamodb/items/ordering.ts';

const sign = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

test('orders text as its UTF-8 bytes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '€', '\ud7ff', '\ue000', '\uffff', '😀', '𐀀') });
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(sign(sortText({ S: left }), sortText({ S: right }))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
      expect(sortText({ S: left + right }).startsWith(sortText({ S: left }))).toBe(true);
    }),
  );
});

test('orders binary as unsigned bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 5 });
  fc.assert(
    fc.property(bytes, bytes, (left, right) => {
      expect(sign(sortText({ B: left }), sortText({ B: right }))).toBe(Buffer.compare(left, right));
    }),
  );
});

test('spreads partitions over scan segments', () => {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 4_000; i++) counts[segmentOf(partitionText({ S: `order#${i}` }), 4)]!++;
  for (const count of counts) expect(count).toBeGreaterThan(800);
});
