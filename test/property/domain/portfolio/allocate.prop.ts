/**
 * What must hold for every book and every set of proposals:
 *  1. Every limit holds exactly: gross, long, short, sector, single name.
 *  2. Turnover holds, except for what repairing the book held needed.
 *  3. Permuting the candidates permutes the targets.
 *  4. What may not trade does not.
 *  5. Whole lots keep the limits: no position beyond its weight, no trade beyond its change.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { allocate } from '../../../../shared/domain/portfolio/allocate.ts';
import type { AllocationCandidate } from '../../../../shared/domain/portfolio/allocation.ts';
import { sharesToTrade } from '../../../../shared/domain/portfolio/round-lots.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';

const frac = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const aCandidate = fc.record({
  sector: fc.constantFrom('Energy', 'Utilities', 'Materials', null),
  currentWeight: fc.oneof(fc.constant(0), frac(-0.2, 0.2)),
  tradable: fc.constant(true),
  proposal: fc.constantFrom('BUY', 'SELL', 'HOLD', 'REJECT'),
  recommendedWeight: fc.option(frac(-0.1, 0.1)),
  excessMu: frac(-0.002, 0.002),
  sigma: frac(0.002, 0.08),
}) as fc.Arbitrary<Omit<AllocationCandidate, 'symbol'>>;
const aBook = fc
  .array(aCandidate, { maxLength: 25 })
  .map((items) => items.map((item, i): AllocationCandidate => ({ ...item, symbol: `S${String(i).padStart(2, '0')}` as Ticker })));
const parameters = fc.record({
  rules: fc.boolean().map((allowShort) => ({ ...defaultPolicy.portfolio, allowShort })),
  kellyGamma: fc.constant(0.3),
  exposureScaleFrac: frac(0, 1),
});
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('allocation', () => {
  test('1. every limit holds exactly', () => {
    fc.assert(
      fc.property(aBook, parameters, (book, chosen) => {
        const targets = allocate(book, chosen).weights.map(({ targetWeight }) => targetWeight);
        const { rules, exposureScaleFrac } = chosen;
        expect(sum(targets.map(Math.abs))).toBeLessThanOrEqual(rules.grossFracMax * exposureScaleFrac);
        expect(sum(targets.filter((weight) => weight > 0))).toBeLessThanOrEqual(rules.longFracMax * exposureScaleFrac);
        expect(-sum(targets.filter((weight) => weight < 0))).toBeLessThanOrEqual(
          rules.allowShort ? rules.shortFracMax * exposureScaleFrac : 0,
        );
        expect(targets.every((weight) => Math.abs(weight) <= rules.singleNameFracMax)).toBe(true);
        for (const sector of new Set(book.map((candidate) => candidate.sector))) {
          const held = targets.filter((_, i) => book[i]!.sector === sector).map(Math.abs);
          expect(sum(held)).toBeLessThanOrEqual(rules.sectorFracMax);
        }
      }),
    );
  });

  test('2. turnover holds, except for repairs', () => {
    fc.assert(
      fc.property(aBook, parameters, (book, chosen) => {
        const { weights, totals } = allocate(book, chosen);
        const turnover = sum(weights.map(({ targetWeight }, i) => Math.abs(targetWeight - book[i]!.currentWeight)));
        expect(turnover).toBeLessThanOrEqual(Math.max(chosen.rules.turnoverFracMax, totals.forcedTurnoverFrac + 1e-12));
      }),
    );
  });

  test('3. permuting the candidates permutes the targets', () => {
    fc.assert(
      fc.property(aBook, parameters, (book, chosen) => {
        const straight = new Map(allocate(book, chosen).weights.map((weight) => [weight.symbol, weight]));
        for (const weight of allocate([...book].reverse(), chosen).weights) expect(weight).toEqual(straight.get(weight.symbol));
      }),
    );
  });

  test('4. what may not trade keeps its weight', () => {
    fc.assert(
      fc.property(aBook, parameters, (book, chosen) => {
        const mixed = book.map((candidate, i) => ({ ...candidate, tradable: i % 3 !== 0 }));
        allocate(mixed, chosen).weights.forEach(({ targetWeight }, i) => {
          if (!mixed[i]!.tradable) expect(targetWeight).toBe(mixed[i]!.currentWeight);
        });
      }),
    );
  });

  test('5. whole lots break no limit that the weight keeps', () => {
    const aRequest = fc.record({
      targetWeight: frac(-0.1, 0.1),
      forced: fc.boolean(),
      currentShares: fc.integer({ min: -5_000_000, max: 5_000_000 }).map((units) => units / 10_000),
      priceUsd: frac(0.5, 5000),
      equityUsd: fc.constant(100_000),
      wholeShares: fc.boolean(),
    });
    fc.assert(
      fc.property(aRequest, (request) => {
        const trade = sharesToTrade(request);
        const after = request.currentShares + trade;
        const ideal = (request.targetWeight * request.equityUsd) / request.priceUsd;
        const slack = 1e-9 * (Math.abs(ideal) + Math.abs(request.currentShares));
        expect(Math.abs(after)).toBeLessThanOrEqual(Math.max(Math.abs(ideal), Math.abs(request.currentShares)) + slack);
        if (request.forced) expect(Math.abs(after)).toBeLessThanOrEqual(Math.abs(ideal) + slack);
        else expect(Math.abs(trade)).toBeLessThanOrEqual(Math.abs(ideal - request.currentShares) + slack);
        expect(after * request.currentShares).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
