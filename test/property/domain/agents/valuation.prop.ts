/** What must hold of valuations and confidences whatever the numbers are. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrate, calibrationFault } from '../../../../shared/domain/agents/calibration.ts';
import { twoStageValueUsd } from '../../../../shared/domain/agents/valuation/discounted-cash-flow.ts';
import { symmetricGrowth } from '../../../../shared/domain/agents/valuation/trailing.ts';
import { weighMeasures } from '../../../../shared/domain/agents/valuation/weigh-measures.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';

const seed = 20190614;
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const rules = defaultPolicy.valuation.discountedCashFlow;
const worth = (cash: number, growth: number, change: Partial<typeof rules> = {}): number =>
  twoStageValueUsd(cash, growth, { ...rules, ...change }) as number;

describe('two-stage discounted cash flow', () => {
  test('scales with the cash flow', () => {
    fc.assert(
      fc.property(between(0.01, 100), between(-0.3, 0.3), between(0.1, 10), (cash, growth, times) => {
        expect(worth(cash * times, growth) / (times * worth(cash, growth))).toBeCloseTo(1, 12);
      }),
      { seed },
    );
  });

  test('is worth more with more growth, and less with a higher discount', () => {
    fc.assert(
      fc.property(between(-0.3, 0.3), between(0.001, 0.1), (growth, more) => {
        expect(worth(1, growth + more)).toBeGreaterThan(worth(1, growth));
        expect(worth(1, growth, { equityPremiumFrac: rules.equityPremiumFrac + more })).toBeLessThan(worth(1, growth));
      }),
      { seed },
    );
  });
});

describe('weighed measures', () => {
  const measure = fc.record({
    name: fc.constant('m'),
    value: fc.option(between(-1e6, 1e6)),
    yardstick: fc.record({ usual: between(-1, 1), scale: between(0.001, 10), weight: between(0.01, 1) }),
    lowIsGood: fc.boolean(),
  });

  test('stay bounded, and agree in full when there is one', () => {
    fc.assert(
      fc.property(fc.array(measure, { maxLength: 8 }), (measures) => {
        const { score, agreement, coverageFrac } = weighMeasures(measures);
        expect(Math.abs(score)).toBeLessThanOrEqual(1 + 1e-12);
        expect(agreement).toBeGreaterThanOrEqual(0);
        expect(agreement).toBeLessThanOrEqual(1 + 1e-12);
        expect(coverageFrac).toBeGreaterThanOrEqual(0);
        expect(coverageFrac).toBeLessThanOrEqual(1 + 1e-12);
        const known = measures.filter(({ value }) => value !== null);
        if (known.length === 1 && score !== 0) expect(agreement).toBe(1);
      }),
      { seed },
    );
  });

  test('symmetric growth turns its sign with the order of the years, within two', () => {
    fc.assert(
      fc.property(between(-1e9, 1e9), between(-1e9, 1e9), (now, before) => {
        const growth = symmetricGrowth(now, before);
        if (growth === null) return;
        expect(Math.abs(growth)).toBeLessThanOrEqual(2 + 1e-12);
        expect(symmetricGrowth(before, now)).toBe(growth === 0 ? 0 : -growth);
      }),
      { seed },
    );
  });
});

describe('calibration', () => {
  const knots = fc
    .array(fc.tuple(between(0, 1), between(0, 1)), { minLength: 1, maxLength: 6 })
    .map((pairs) => {
      const raw = [...new Set(pairs.map(([x]) => x + 0))].sort((a, b) => a - b);
      const calibrated = pairs.map(([, y]) => y).sort((a, b) => a - b);
      return raw.map((x, i) => [x, calibrated[i]!] as const);
    })
    .filter((list) => calibrationFault(list) === null);

  test('never falls as the raw confidence rises, and stays within its knots', () => {
    fc.assert(
      fc.property(knots, between(0, 1), between(0, 1), (list, a, b) => {
        const map = { maps: { any: list } };
        const [low, high] = [calibrate(map, 'any', Math.min(a, b)), calibrate(map, 'any', Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high + 1e-12);
        expect(low).toBeGreaterThanOrEqual(list[0]![1] - 1e-12);
        expect(high).toBeLessThanOrEqual(list.at(-1)![1] + 1e-12);
      }),
      { seed },
    );
  });
});
