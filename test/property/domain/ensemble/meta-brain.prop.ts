/** What must hold of the Meta-Brain whatever the opinions are. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideSymbols, type EnsembleContext, type SymbolOpinions } from '../../../../shared/domain/ensemble/meta-brain.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { ticker } from '../../../unit/domain/fixtures.ts';

const seed = 20190614;
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const rules = defaultPolicy.ensemble;

const opinions = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('opinion' as const),
        agent: fc.constantFrom('a', 'b', 'c'),
        expectedReturn: between(-0.01, 0.01),
        confidence: between(0, 1),
        reasons: fc.constant([]),
        evidence: fc.constant({}),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'abstain' as const, agent: 'd', reason: 'no-data' }) },
  ),
  { maxLength: 5 },
);
const entries: fc.Arbitrary<SymbolOpinions[]> = fc
  .array(
    fc.record({
      opinions,
      sigma: between(0.001, 0.1),
      marginalCvarFrac: between(0, 0.08),
      dataQualityScore: between(0.5, 1),
      currentWeight: between(-0.1, 0.1),
    }),
    { maxLength: 20 },
  )
  .map((list) => list.map((one, i) => ({ ...one, symbol: ticker(`S${String(i).padStart(2, '0')}`) })));
const context: fc.Arbitrary<EnsembleContext> = fc.record({
  riskOverride: fc.option(fc.constant('breaker'), { freq: 10 }),
  cvarFracMax: fc.constant(0.06),
  grossFracMax: fc.constant(1),
  currentGrossFrac: between(0, 1.1),
  allowShort: fc.boolean(),
});

describe('Meta-Brain', () => {
  test('permuting symbols permutes the results, bit for bit', () => {
    fc.assert(
      fc.property(entries, context, fc.integer({ min: 0, max: 19 }), (list, where, turn) => {
        const turned = [...list.slice(turn), ...list.slice(0, turn)].reverse();
        const straight = decideSymbols(list, where, rules);
        const other = decideSymbols(turned, where, rules);
        expect(other.market).toEqual(straight.market);
        for (const result of straight.results) expect(other.results.find(({ symbol }) => symbol === result.symbol)).toEqual(result);
      }),
      { seed, numRuns: 300 },
    );
  });

  test('weights sum to 1, disagreement never adds, and no recommendation is beyond the limit or short where that is forbidden', () => {
    fc.assert(
      fc.property(entries, context, (list, where) => {
        for (const result of decideSymbols(list, where, rules).results) {
          if (result.mu === null) {
            expect(result).toMatchObject({ proposal: 'REJECT', rank: null, control: [] });
            continue;
          }
          expect(result.weights.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
          expect(Math.abs(result.mu)).toBeLessThanOrEqual(Math.abs(result.muBeforePenalty!));
          expect(Math.abs(result.recommendedWeight!)).toBeLessThanOrEqual(rules.positionFracMax);
          if (!where.allowShort) expect(result.recommendedWeight).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed, numRuns: 300 },
    );
  });

  test('proposes a trade only where the risk agent is clear, and every opinion either counts or is ignored for a reason', () => {
    fc.assert(
      fc.property(entries, context, (list, where) => {
        decideSymbols(list, where, rules).results.forEach((result, i) => {
          const risk = result.control.find(({ agent }) => agent === 'risk');
          if (result.proposal !== 'REJECT') expect(risk?.verdict).toBe('clear');
          if (risk?.verdict === 'override') expect(result.proposal).toBe('REJECT');
          if (result.mu !== null) expect(result.weights.length + result.ignored.length).toBe(list[i]!.opinions.length);
        });
      }),
      { seed, numRuns: 300 },
    );
  });
});
