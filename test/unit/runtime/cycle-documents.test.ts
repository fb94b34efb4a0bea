import { describe, expect, test } from 'vitest';
import { noFacts, type SymbolFacts } from '../../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { InvariantViolation } from '../../../shared/kernel/errors.ts';
import type { CycleId, EpochMs } from '../../../shared/kernel/units.ts';
import { CycleDocuments } from '../../../shared/runtime/cycle-documents.ts';
import { Lake } from '../../../shared/stores/lake/lake.ts';
import { storedMarket } from '../../../shared/stores/lake/stored-market.ts';
import { day, quietMarket, symbolInput, ticker, walk } from '../domain/fixtures.ts';
import { bucket, inMemoryS3 } from '../lake/in-memory-s3.ts';

const inputs = ['A', 'NA', 'ON'].map((symbol) => symbolInput(symbol, walk(symbol, 1300)));

const told: SymbolFacts = {
  ...noFacts(ticker('NA')),
  earnings: [{ availableDay: day('2019-05-02'), session: 'post', epsUsd: 0.1, epsEstimateUsd: null }],
  news: [{ publishedAt: 1_560_000_000_000 as EpochMs, text: 'NA beats' }],
};

function cycle() {
  const lake = new Lake(inMemoryS3().client, bucket);
  return { lake, documents: new CycleDocuments(lake, 'c1' as CycleId) };
}

describe('the inputs of a cycle', () => {
  test('are every symbol of the universe, with bars and facts where they were loaded', async () => {
    const { lake, documents } = cycle();
    await documents.write(
      'universe',
      inputs.map(({ bars: _, facts: __, ...symbol }) => symbol),
    );
    await documents.write('facts', [told]);
    await documents.write('policy', defaultPolicy);
    const { key } = await lake.writeSnapshot(inputs.slice(0, 2).map(({ bars }) => bars!));
    const symbols = await documents.symbols(lake, key);
    expect(symbols.map(({ symbol, bars }) => [symbol, bars?.day.length ?? null])).toEqual([
      ['A', 252],
      ['NA', 252],
      ['ON', null],
    ]);
    expect(symbols.map(({ facts }) => facts)).toEqual([noFacts(ticker('A')), told, noFacts(ticker('ON'))]);
    expect(symbols[0]!.bars).toEqual(inputs[0]!.bars);
  });

  test('carry what a language model read in the news where the policy asks for one, and only there', async () => {
    const reading = { tone: -0.5, confidence: 1, model: 'small', answerSha256: 'f00' };
    const read = [{ symbol: ticker('NA'), headline: 'NA beats', reading }];
    const newsUnder = async (reader: 'lexicon' | 'llm') => {
      const { lake, documents } = cycle();
      const { bars: _, facts: __, ...symbol } = inputs[1]!;
      await documents.write('universe', [symbol]);
      await documents.write('facts', [told]);
      await documents.write('policy', { ...defaultPolicy, sentiment: { ...defaultPolicy.sentiment, reader } });
      await documents.write('readings', { model: 'small', promptVersion: 'tone/1', readNow: 1, read, unread: [] });
      const { key } = await lake.writeSnapshot([]);
      return (await documents.symbols(lake, key))[0]!.facts.news;
    };
    expect(await newsUnder('llm')).toEqual([{ ...told.news[0]!, reading }]);
    expect(await newsUnder('lexicon')).toEqual(told.news);
  });

  test('are the market as typed arrays, bit for bit as it was loaded', async () => {
    const { documents } = cycle();
    const market = { ...quietMarket(3), simpleReturn: Float64Array.of(0.1 + 0.2, -1 / 3, 5e-324) };
    await documents.write('market', storedMarket(market));
    expect(await documents.market()).toEqual(market);
  });

  test('that do not come out the same twice are those that were written first', async () => {
    const { documents } = cycle();
    const first = { model: 'small', promptVersion: 'tone/1', readNow: 0, read: [], unread: [] };
    expect(await documents.settle('readings', first)).toEqual(first);
    expect(await documents.settle('readings', { ...first, readNow: 1 })).toEqual(first);
    expect(await documents.read('readings')).toEqual(first);
  });

  test('are there, or the order of the machine is broken', async () => {
    const { documents } = cycle();
    await expect(documents.market()).rejects.toThrow(InvariantViolation);
    await expect(documents.market()).rejects.toThrow('an earlier phase left market.json');
  });
});
