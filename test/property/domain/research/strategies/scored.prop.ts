import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bottomBy, scoreAll, topBy } from '../../../../../shared/domain/research/strategies/parts/scored.ts';

/** Few different values, so that there are ties, and some that are no score. */
const score = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 0.5),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

test('the best are those that a stable sort puts first, whatever the ties', () => {
  fc.assert(
    fc.property(fc.array(score, { maxLength: 40 }), fc.nat(45), (scores, count) => {
      const ranked = scoreAll([...scores.keys()], (symbol) => scores[symbol]!);
      const finite = [...scores.keys()].filter((symbol) => Number.isFinite(scores[symbol]!));
      const best = finite.toSorted((a, b) => scores[b]! - scores[a]! || a - b).slice(0, count);
      const worst = finite.toSorted((a, b) => scores[a]! - scores[b]! || a - b).slice(0, count);
      expect(topBy(ranked, count)).toEqual(best.toSorted((a, b) => a - b));
      expect(bottomBy(ranked, count)).toEqual(worst.toSorted((a, b) => a - b));
    }),
    { numRuns: 300 },
  );
});
