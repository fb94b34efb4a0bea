/**
 * What must hold of the facts of a simulated market, for every seed:
 *  1. No report is available before its quarter has ended; quarters follow one another, each told once.
 *  2. Nothing is told of days that the company's bars do not cover.
 *  3. A surprise and the overnight move that answers it have the same sign far more often than not.
 *  4. Prices are those that the seed had before there were facts.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newYorkDay } from '../../../shared/domain/market/new-york-time.ts';
import { simulateMarket } from '../../../shared/domain/market/simulator/simulate-market.ts';

const aSeed = fc.integer({ min: 0, max: 1_000_000 });
const forSomeSeeds = (holds: (seed: number) => void): void => fc.assert(fc.property(aSeed, holds), { numRuns: 3 });

describe('facts of a simulated market', () => {
  test('1. reports follow their quarters by one to eight weeks, in order, each quarter once', () => {
    forSomeSeeds((seed) => {
      for (const { reports } of simulateMarket({ seed }).facts.values()) {
        for (const [index, { periodEnd, availableDay }] of reports.entries()) {
          expect(availableDay - periodEnd).toBeGreaterThanOrEqual(7);
          expect(availableDay - periodEnd).toBeLessThanOrEqual(56);
          if (index > 0) expect(periodEnd - reports[index - 1]!.periodEnd).toBeGreaterThan(88);
        }
      }
    });
  });

  test('2. facts lie within the days of the bars', () => {
    forSomeSeeds((seed) => {
      const { bars, facts } = simulateMarket({ seed });
      expect([...facts.keys()]).toEqual([...bars.keys()]);
      for (const [symbol, { reports, earnings, news }] of facts) {
        const { day } = bars.get(symbol)!;
        const known = [...reports, ...earnings]
          .map(({ availableDay }) => availableDay)
          .concat(news.map((one) => newYorkDay(one.publishedAt)));
        expect(Math.min(...known)).toBeGreaterThanOrEqual(day[0]!);
        expect(Math.max(...known)).toBeLessThanOrEqual(day.at(-1)!);
      }
    });
  });

  test('3. prices open the way the surprise points', () => {
    forSomeSeeds((seed) => {
      const { bars, facts } = simulateMarket({ seed });
      let [same, all] = [0, 0];
      for (const [symbol, { earnings }] of facts) {
        const { day, open, close } = bars.get(symbol)!;
        for (const { availableDay, session, epsUsd, epsEstimateUsd } of earnings) {
          const row = day.indexOf(availableDay) + (session === 'post' ? 1 : 0);
          const surprise = epsUsd - epsEstimateUsd!;
          if (surprise === 0 || !(row > 0 && row < day.length)) continue;
          all++;
          if (Math.sign(open[row]! - close[row - 1]!) === Math.sign(surprise)) same++;
        }
      }
      expect(all).toBeGreaterThan(1500);
      expect(same / all).toBeGreaterThan(0.75);
    });
  });

  test('4. seed 1 has the prices it had before facts were simulated', () => {
    const hash = createHash('sha256');
    for (const { day, open, high, low, close, volume, dividend, splitRatio } of simulateMarket({ seed: 1 }).bars.values())
      for (const column of [day, open, high, low, close, volume, dividend, splitRatio])
        hash.update(Buffer.from(column.buffer, column.byteOffset, column.byteLength));
    // Taken from the simulator of version 1.
    expect(hash.digest('hex')).toBe('ddfe90496575ca35ce2b2bbcb7e4108a456672577cf7d47d8f4aecdf3a688940');
  });
});
