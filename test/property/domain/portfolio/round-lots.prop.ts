/**
 * What must hold when target weights become shares:
 *  1. One position: never beyond its weight, no trade more than a lot beyond its change, never through zero.
 *  2. A whole book at any prices: every limit that the targets keep, the shares keep; what shrinks uses at most a lot more turnover than was
 *     planned.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocate } from '../../../../shared/domain/portfolio/allocate.ts';
import { sharesToTrade } from '../../../../shared/domain/portfolio/round-lots.ts';
import { aQuestion, frac, sum } from './any-book.ts';

const EQUITY_USD = 100_000;

describe('whole lots', () => {
  test('1. break no limit that the weight keeps', () => {
    const aRequest = fc.record({
      targetWeight: frac(-0.1, 0.1),
      currentShares: fc.integer({ min: -5_000_000, max: 5_000_000 }).map((units) => units / 10_000),
      priceUsd: frac(0.5, 5000),
      equityUsd: fc.constant(EQUITY_USD),
      wholeShares: fc.boolean(),
    });
    fc.assert(
      fc.property(aRequest, (request) => {
        const trade = sharesToTrade(request);
        const after = request.currentShares + trade;
        const ideal = (request.targetWeight * request.equityUsd) / request.priceUsd;
        const slack = 1e-9 * (Math.abs(ideal) + Math.abs(request.currentShares));
        expect(Math.abs(after)).toBeLessThanOrEqual(Math.max(Math.abs(ideal), Math.abs(request.currentShares)) + slack);
        const shrinks = Math.abs(ideal) <= Math.abs(request.currentShares);
        if (shrinks) expect(Math.abs(after)).toBeLessThanOrEqual(Math.abs(ideal) + slack);
        expect(Math.abs(trade)).toBeLessThanOrEqual(Math.abs(ideal - request.currentShares) + (shrinks ? 1 : slack));
        expect(after * request.currentShares).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('2. keep every limit of a whole book at any prices', () => {
    const prices = fc.array(frac(0.5, 5000), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(aQuestion(12), prices, fc.boolean(), (question, pricesUsd, wholeShares) => {
        const held = question.book.map(({ currentWeight }, i) => {
          const ideal = (currentWeight * EQUITY_USD) / pricesUsd[i]!;
          return ideal < 0 ? Math.round(ideal) : Math.round(ideal * 10_000) / 10_000;
        });
        const weigh = (shares: number, i: number): number => (shares * pricesUsd[i]!) / EQUITY_USD;
        const book = question.book.map((candidate, i) => ({ ...candidate, currentWeight: weigh(held[i]!, i) }));
        const { weights } = allocate(book, question.parameters, question.covariance);
        const trades = weights.map(({ targetWeight }, i) =>
          book[i]!.tradable && targetWeight !== book[i]!.currentWeight
            ? sharesToTrade({
                targetWeight,
                currentShares: held[i]!,
                priceUsd: pricesUsd[i]!,
                equityUsd: EQUITY_USD,
                wholeShares,
              })
            : 0,
        );
        const after = held.map((shares, i) => weigh(shares + trades[i]!, i));
        const { rules, exposureScaleFrac } = question.parameters;
        const gross = (concerns: (i: number) => boolean): number => sum(after.map((weight, i) => (concerns(i) ? Math.abs(weight) : 0)));
        const expectWithin = (concerns: (i: number) => boolean, limit: number): void => {
          const stuck = gross((i) => concerns(i) && !book[i]!.tradable);
          expect(gross(concerns)).toBeLessThanOrEqual(Math.max(limit, stuck));
        };
        expectWithin(() => true, rules.grossFracMax * exposureScaleFrac);
        expectWithin((i) => after[i]! > 0, rules.longFracMax * exposureScaleFrac);
        expectWithin((i) => after[i]! < 0, rules.allowShort ? rules.shortFracMax * exposureScaleFrac : 0);
        for (const { sector } of book) expectWithin((i) => book[i]!.sector === sector, rules.sectorFracMax);
        book.forEach((_, i) => {
          expectWithin((j) => j === i, rules.singleNameFracMax);
        });
        const turnover = (change: (i: number) => number): number => sum(book.map((_, i) => Math.abs(change(i))));
        const lots = (i: number): number =>
          Math.abs(weights[i]!.targetWeight) < Math.abs(book[i]!.currentWeight) ? weigh(wholeShares || held[i]! < 0 ? 1 : 1e-4, i) : 0;
        expect(turnover((i) => after[i]! - book[i]!.currentWeight)).toBeLessThanOrEqual(
          turnover((i) => weights[i]!.targetWeight - book[i]!.currentWeight) + turnover(lots) + 1e-12,
        );
      }),
      { numRuns: 1000 },
    );
  });
});
