/** Overlays only ever take growth away: whatever held before them holds after them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultOverlayRules } from '../../../../shared/domain/policy/overlay-rules.ts';
import { applyOverlays } from '../../../../shared/domain/portfolio/overlays/apply-overlays.ts';
import { quietMarket, ticker } from '../../../unit/domain/fixtures.ts';

const weight = fc.double({ min: -0.2, max: 0.2, noNaN: true });
const book = fc.array(
  fc.record({
    sector: fc.constantFrom('Energy', 'Utilities', 'Materials', null),
    heldWeight: fc.oneof(fc.constant(0), weight),
    targetWeight: fc.oneof(fc.constant(0), weight),
    beta: fc.double({ min: -1, max: 3, noNaN: true }),
  }),
  { minLength: 1, maxLength: 15 },
);
const market = quietMarket(300);

test('every weight ends between what is held and what was aimed at', () => {
  fc.assert(
    fc.property(
      book,
      fc.double({ min: 0, max: 0.3, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      (entries, bandFrac, band) => {
        const holdings = entries.map((entry, i) => ({ symbol: ticker(`S${String(i).padStart(2, '0')}`), ...entry }));
        const { weights, beta } = applyOverlays({
          holdings,
          sectors: 4,
          grossFracMax: 1,
          equityUsd: 1e6,
          market,
          riskFreeAnnualFrac: 0.02,
          sessionsPerYear: 252,
          scenarios: [],
          rules: { ...defaultOverlayRules, sectorBalance: { enabled: true, bandFrac }, beta: { enabled: true, target: 0, band } },
        });
        for (const [i, { heldWeight, targetWeight }] of holdings.entries()) {
          const start = Math.sign(heldWeight) === Math.sign(targetWeight) ? heldWeight : 0;
          expect(weights[i]).toBeGreaterThanOrEqual(Math.min(start, targetWeight) - 1e-15);
          expect(weights[i]).toBeLessThanOrEqual(Math.max(start, targetWeight) + 1e-15);
          expect(Math.abs(weights[i]! - heldWeight)).toBeLessThanOrEqual(Math.abs(targetWeight - heldWeight) + 1e-15);
        }
        expect(Math.abs(beta.betaAfter)).toBeLessThanOrEqual(Math.abs(beta.betaBefore) + 1e-12);
      },
    ),
    { numRuns: 1000 },
  );
});
