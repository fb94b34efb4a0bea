import { describe, expect, test } from 'vitest';
import { noFacts, type SymbolFacts } from '../../../shared/domain/market/facts.ts';
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

  test('are the market as typed arrays, bit for bit as it was loaded', async () => {
    const { documents } = cycle();
    const market = { ...quietMarket(3), simpleReturn: Float64Array.of(0.1 + 0.2, -1 / 3, 5e-324) };
    await documents.write('market', storedMarket(market));
    expect(await documents.market()).toEqual(market);
  });

  test('are there, or the order of the machine is broken', async () => {
    const { documents } = cycle();
    await expect(documents.market()).rejects.toThrow(InvariantViolation);
    await expect(documents.market()).rejects.toThrow('an earlier phase left market.json');
  });
});
