/**
 * What must hold for every method that gives a reading:
 *  1. VaR does not fall as confidence rises.
 *  2. CVaR is at least VaR.
 *  3. Both scale with the position, and shift with a sure loss.
 *  4. The components sum to the whole within 1e-10.
 *  5. A symbol's marginal is the slope of the whole in its weight.
 *  6. Symbols in another order have the same figures, bit for bit.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultTailRules, type TailMethod } from '../../../../shared/domain/policy/tail-rules.ts';
import { cornishFisherShares, historicalShares, parametricShares, type TailShares } from '../../../../shared/domain/risk/component-risk.ts';
import { correlationShock } from '../../../../shared/domain/risk/correlation-shock.ts';
import { bookReturns, type ReturnPanel } from '../../../../shared/domain/risk/return-panel.ts';
import { readTail } from '../../../../shared/domain/risk/tail-readings.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';

const names = ['A', 'B', 'C', 'D'] as Ticker[];
const methods: readonly TailMethod[] = ['historical', 'parametric', 'cornishFisher', 'evt'];
const shareMethods = { historical: historicalShares, parametric: parametricShares, cornishFisher: cornishFisherShares } as const;

/** Four symbols, fat-tailed, that move with one market. */
function panelOf(seed: number, sessions: number): ReturnPanel {
  const rng = seededRng(seed);
  const fat = (): number => rng.normal() * (rng.uniform() < 0.08 ? 2.5 : 1);
  const market = Float64Array.from({ length: sessions }, fat);
  const returns = names.map((_, i) => market.map((move) => 0.0004 * i + 0.008 * (0.4 + 0.3 * i) * move + 0.006 * fat()));
  return { kind: 'panel', days: new Int32Array(sessions), symbols: names, returns };
}

const aPanel = fc
  .record({ seed: fc.nat(), sessions: fc.integer({ min: 520, max: 1_200 }) })
  .map(({ seed, sessions }) => panelOf(seed, sessions));
const someWeights = fc
  .float64Array({ min: -0.3, max: 0.5, noNaN: true, minLength: 4, maxLength: 4 })
  .filter((weights) => weights.some((weight) => Math.abs(weight) > 0.01));
const aLevel = fc.double({ min: 0.91, max: 0.99, noNaN: true });

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
const refusedElsewhere = (value: TailShares | Refusal): value is Refusal => isRefusal(value);

describe('tail methods', () => {
  test('1. and 2. VaR grows with confidence, and CVaR is at least VaR', () => {
    let readings = 0;
    fc.assert(
      fc.property(aPanel, someWeights, aLevel, aLevel, (panel, weights, a, b) => {
        const book = bookReturns(panel, weights);
        const low = readTail(book, Math.min(a, b), defaultTailRules);
        const high = readTail(book, Math.max(a, b), defaultTailRules);
        for (const method of methods) {
          const [below, above] = [low[method], high[method]];
          if (isRefusal(below) || isRefusal(above)) continue;
          readings++;
          expect(above.varFrac).toBeGreaterThanOrEqual(below.varFrac - 1e-15);
          for (const { varFrac, cvarFrac } of [below, above]) expect(cvarFrac).toBeGreaterThanOrEqual(varFrac - 1e-12);
        }
      }),
    );
    // Most samples are usable by all four: the property is not empty.
    expect(readings).toBeGreaterThan(300);
  });

  test('3. every reading scales with the position and shifts with a sure loss', () => {
    fc.assert(
      fc.property(
        aPanel,
        someWeights,
        aLevel,
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        fc.double({ min: -0.02, max: 0.02, noNaN: true }),
        (panel, weights, level, size, sureLoss) => {
          const book = bookReturns(panel, weights);
          const [base, moved] = [book, book.map((value) => value * size - sureLoss)].map((series) =>
            readTail(series, level, defaultTailRules),
          );
          for (const method of methods) {
            const [before, after] = [base![method], moved![method]];
            if (isRefusal(before) || isRefusal(after)) continue;
            expect(after.varFrac).toBeCloseTo(before.varFrac * size + sureLoss, 10);
            expect(after.cvarFrac).toBeCloseTo(before.cvarFrac * size + sureLoss, 10);
          }
        },
      ),
    );
  });

  test.each(Object.entries(shareMethods))('4. the components of %s sum to its whole', (_, shares) => {
    let shared = 0;
    fc.assert(
      fc.property(aPanel, someWeights, aLevel, (panel, weights, level) => {
        const result = shares(panel, weights, level);
        if (refusedElsewhere(result)) return;
        shared++;
        for (const { totalFrac, componentFrac } of [result.valueAtRisk, result.expectedShortfall]) {
          expect(Math.abs(sum(componentFrac) - totalFrac)).toBeLessThan(1e-10);
        }
      }),
    );
    expect(shared).toBeGreaterThan(50);
  });

  test.each(['parametric', 'cornishFisher'] as const)('5. the marginals of %s are slopes', (method) => {
    fc.assert(
      fc.property(aPanel, someWeights, aLevel, fc.integer({ min: 0, max: 3 }), (panel, weights, level, symbol) => {
        const result = shareMethods[method](panel, weights, level);
        if (refusedElsewhere(result)) return;
        const step = 1e-5;
        const around = [step, -step].map((change) => {
          const moved = weights.map((weight, i) => (i === symbol ? weight + change : weight));
          return readTail(bookReturns(panel, moved), level, defaultTailRules)[method];
        });
        const [up, down] = around;
        if (isRefusal(up) || isRefusal(down)) return;
        const slope = (key: 'varFrac' | 'cvarFrac'): number => (up![key] - down![key]) / (2 * step);
        expect(Math.abs(result.valueAtRisk.marginalFrac[symbol]! - slope('varFrac'))).toBeLessThan(1e-6);
        // Where the shortfall is held at VaR the slope has a corner; a difference across it is no slope.
        const cornered = result.expectedShortfall.totalFrac - result.valueAtRisk.totalFrac < 1e-4;
        if (!cornered) expect(Math.abs(result.expectedShortfall.marginalFrac[symbol]! - slope('cvarFrac'))).toBeLessThan(1e-6);
      }),
    );
  });

  test('6. another order of the symbols changes no bit', () => {
    fc.assert(
      fc.property(aPanel, someWeights, aLevel, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (panel, weights, level, order) => {
        const turned = { ...panel, symbols: order.map((i) => names[i]!), returns: order.map((i) => panel.returns[i]!) };
        const turnedWeights = Float64Array.from(order, (i) => weights[i]!);
        expect(readTail(bookReturns(turned, turnedWeights), level, defaultTailRules)).toEqual(
          readTail(bookReturns(panel, weights), level, defaultTailRules),
        );
        expect(correlationShock(turned, turnedWeights, level, 0.5)).toEqual(correlationShock(panel, weights, level, 0.5));
        for (const shares of Object.values(shareMethods)) {
          const [before, after] = [shares(panel, weights, level), shares(turned, turnedWeights, level)];
          if (refusedElsewhere(before)) expect(after).toEqual(before);
          else
            expect((after as TailShares).valueAtRisk.marginalFrac).toEqual(
              Float64Array.from(order, (i) => before.valueAtRisk.marginalFrac[i]!),
            );
        }
      }),
    );
  });
});
