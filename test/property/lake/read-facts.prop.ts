/**
 * Whatever is stored, what the lake hands out for a day was known before it: no report, release or headline of that day or later,
 * and everything of the last weeks that is older. Asking for an earlier day never shows anything that asking for a later one does not.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SymbolFacts } from '../../../shared/domain/market/facts.ts';
import { newYorkDay } from '../../../shared/domain/market/new-york-time.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochDay, EpochMs, Sha256, Ticker } from '../../../shared/kernel/units.ts';
import { newsBackDays } from '../../../shared/stores/lake/facts-window.ts';
import { Lake } from '../../../shared/stores/lake/lake.ts';
import { bucket, inMemoryS3 } from '../../unit/lake/in-memory-s3.ts';

const from = parseDay('2018-11-01');
const aDay = fc.integer({ min: from, max: from + 120 }).map((day) => day as EpochDay);
const anAmount = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null });

const factsOf = (symbol: string): fc.Arbitrary<SymbolFacts> =>
  fc.record({
    symbol: fc.constant(symbol as Ticker),
    reports: fc
      .array(
        fc.record({
          periodEnd: aDay,
          availableDay: aDay,
          revenueUsd: anAmount,
          netIncomeUsd: anAmount,
          totalAssetsUsd: anAmount,
          equityUsd: anAmount,
          operatingCashFlowUsd: anAmount,
          capitalExpenditureUsd: anAmount,
          freeCashFlowUsd: anAmount,
          sharesOutstanding: anAmount,
        }),
      )
      .map((list) => list.sort((a, b) => a.availableDay - b.availableDay)),
    earnings: fc
      .array(
        fc.record({
          availableDay: aDay,
          session: fc.constantFrom('pre', 'post', 'unknown'),
          epsUsd: fc.double({ noNaN: true, noDefaultInfinity: true }),
          epsEstimateUsd: anAmount,
        }),
      )
      .map((list) => list.sort((a, b) => a.availableDay - b.availableDay)),
    news: fc
      .array(
        fc.record({
          publishedAt: fc.integer({ min: from * 86_400_000, max: (from + 120) * 86_400_000 }).map((at) => at as EpochMs),
          text: fc.string({ minLength: 1, unit: 'grapheme' }),
        }),
      )
      .map((list) => list.sort((a, b) => a.publishedAt - b.publishedAt)),
  });

async function lakeWith(facts: readonly SymbolFacts[]): Promise<Lake> {
  const lake = new Lake(inMemoryS3().client, bucket);
  const span = { rows: 1, firstDay: from, lastDay: (from + 120) as EpochDay };
  const factsParts = [await lake.writeFacts('d', 0, facts.slice(0, 1)), await lake.writeFacts('d', 1, facts.slice(1))].flat();
  await lake.writeManifest({
    datasetId: 'd',
    provider: 'test',
    contentHash: 'a'.repeat(64) as Sha256,
    ...span,
    instruments: facts.map(({ symbol }, index) => ({ symbol, ...span, part: Math.min(index, 1) })),
    parts: [],
    qualityKeys: [],
    factsParts,
    marketKey: null,
  });
  return lake;
}

test('facts come back as they were stored, and only those known before the day', async () => {
  await fc.assert(
    fc.asyncProperty(fc.tuple(factsOf('A'), factsOf('NA'), factsOf('TRUE')), aDay, async (stored, before) => {
      const lake = await lakeWith(stored);
      const read = await lake.readFacts({ datasetId: 'd', symbols: ['TRUE', 'A', 'NA'], before });
      if (isRefusal(read)) throw new Error(read.reason);
      expect(read).toEqual(
        stored.map(({ symbol, reports, earnings, news }) => ({
          symbol,
          reports: reports.filter(({ availableDay }) => availableDay < before),
          earnings: earnings.filter(({ availableDay }) => availableDay < before),
          news: news.filter(({ publishedAt }) => {
            const day = newYorkDay(publishedAt);
            return day < before && day >= before - newsBackDays;
          }),
        })),
      );
    }),
    { numRuns: 60 },
  );
});
