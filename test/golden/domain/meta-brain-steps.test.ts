/** Every intermediate of the Meta-Brain against NumPy and SciPy; provenance is in the golden file. */
import { expect, test } from 'vitest';
import { decideSymbols } from '../../../shared/domain/ensemble/meta-brain.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import golden from './meta-brain-steps.golden.json' with { type: 'json' };

const { market, results } = decideSymbols(
  golden.inputs.map(({ symbol, opinions, ...input }) => ({
    ...input,
    symbol: symbol as Ticker,
    opinions: opinions.map((opinion) => ({ kind: 'opinion' as const, reasons: [], evidence: {}, ...opinion })),
  })),
  { riskOverride: null, cvarFracMax: 0.06, grossFracMax: 1, currentGrossFrac: golden.grossFrac, allowShort: false },
  defaultPolicy.ensemble,
);

test('median and MAD are those of SciPy', () => {
  expect(market.medianMu).toBeCloseTo(golden.medianMu, 16);
  expect(market.madMu).toBeCloseTo(golden.madMu, 16);
});

test.each(golden.results.map((expected, i) => [expected.symbol, expected, i] as const))('every step for %s', (_, expected, i) => {
  const found = results[i]!;
  expect([found.symbol, found.proposal, found.reasonCodes[0]]).toEqual([expected.symbol, expected.proposal, expected.reason]);
  expected.weights?.forEach((weight, k) => {
    expect(found.weights[k]!.weight).toBeCloseTo(weight, 14);
    expect(found.weights[k]!.standardised).toBeCloseTo(expected.standardised[k]!, 14);
  });
  expect(found.weights.length).toBe(expected.weights?.length ?? 0);
  const names = [
    'confidence',
    'muBeforePenalty',
    'disagreementVariance',
    'disagreementPenalty',
    'mu',
    'z',
    'rank',
    'conviction',
    'excessMu',
    'kelly',
    'recommendedWeight',
  ] as const;
  for (const name of names) {
    if (expected[name] === undefined) expect([0, null], name).toContain(found[name]);
    else expect(Math.abs(found[name]! - expected[name]), name).toBeLessThanOrEqual(1e-11 * Math.max(1e-4, Math.abs(expected[name])));
  }
});
