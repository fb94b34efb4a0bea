/** The Meta-Brain's numbers against the formulas worked in another language; provenance is in the golden file. */
import { expect, test } from 'vitest';
import { decideSymbols } from '../../../shared/domain/ensemble/meta-brain.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import golden from './meta-brain.golden.json' with { type: 'json' };

test('weighs, penalises, standardises and sizes as specified', () => {
  const { market, results } = decideSymbols(
    golden.inputs.map(({ symbol, sigma, opinions }) => ({
      symbol: symbol as Ticker,
      sigma,
      opinions: opinions.map((opinion, i) => ({ kind: 'opinion' as const, agent: `agent-${i}`, reasons: [], evidence: {}, ...opinion })),
      marginalCvarFrac: 0.02,
      dataQualityScore: 1,
      currentWeight: 0,
    })),
    { riskOverride: null, cvarFracMax: 0.06, grossFracMax: 1, currentGrossFrac: 0, allowShort: true },
    defaultPolicy.ensemble,
  );
  expect(market.medianMu).toBeCloseTo(golden.medianMu, 15);
  expect(market.madMu).toBeCloseTo(golden.madMu, 15);
  golden.results.forEach((expected, i) => {
    for (const name of ['muBeforePenalty', 'disagreementPenalty', 'mu', 'z', 'conviction', 'kelly'] as const) {
      expect(results[i]![name]).toBeCloseTo(expected[name], 11);
    }
  });
});
