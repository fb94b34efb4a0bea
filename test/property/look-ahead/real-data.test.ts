/**
 * Forty large companies as they were, with their reports, releases, headlines and the S&P 500, on three days that are remembered: a
 * store that knows how it went on decides what one decides that ends the evening before. Under the default policy, as it stands.
 *
 * The store is cut behind the ingest, where prices and per-share figures are in the shares of the vendor's last day: a file cut before a
 * split no longer says that its prices have been divided by it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import { readEarnings } from '../../../shared/providers/files/earnings.ts';
import { factsOf } from '../../../shared/providers/files/facts-of.ts';
import { readFundamentals } from '../../../shared/providers/files/fundamentals.ts';
import { readNews } from '../../../shared/providers/files/news.ts';
import { openDataset } from '../../../shared/providers/files/open-dataset.ts';
import { sectorsFromCsv } from '../../../shared/providers/files/sectors.ts';
import { changes } from '../../support/look-ahead/changes.ts';
import { decide, type Situation, situationOn } from '../../support/look-ahead/decide.ts';
import { type StoredData, tickerOf } from '../../support/look-ahead/stored-data.ts';

const folder = process.env.BALLAST_MARKET_DATA ?? '../shared/data';
const present = existsSync(join(folder, 'daily/core40_daily_2005_2023.csv.gz')) && existsSync(join(folder, 'fundamentals'));

function read<Result>(path: string, reader: (bytes: Uint8Array, fileName: string) => Result): Result {
  return reader(readFileSync(join(folder, path)), path.split('/').at(-1)!);
}

async function realData(): Promise<StoredData> {
  const [companies, indices] = await Promise.all([
    read('daily/core40_daily_2005_2023.csv.gz', openDataset),
    read('index/us_indices_daily.csv.gz', openDataset),
  ]);
  const facts = {
    fundamentals: [
      read('fundamentals/pit_quarterly_wide.csv.gz', readFundamentals),
      read('fundamentals/sec_pit_sp500.csv.gz', readFundamentals),
    ],
    earnings: [read('fundamentals/earnings_surprises_2012_2019.csv.gz', readEarnings)],
    news: [read('news/dated_ticker_headlines.csv.gz', readNews)],
  };
  const bars = await companies.bars(companies.symbols);
  const [index] = await indices.bars([tickerOf('^GSPC')]);
  return {
    bars,
    facts: bars.map((one) => factsOf(one, facts)),
    index: index!,
    sectors: new Map(Object.entries(read('sectors/gics_sectors.csv', sectorsFromCsv))),
  };
}

describe.skipIf(!present)('decisions on real data (needs market data)', () => {
  let data: StoredData;
  beforeAll(async () => {
    data = await realData();
  });

  test.each(['2017-06-01', '2020-03-16', '2022-06-16'])('on %s do not know what came after', (date) => {
    const asOf = parseDay(date);
    const situation: Situation = { ...situationOn(data, asOf, { JPM: 500, MSFT: 600, XOM: 900 }), policy: defaultPolicy };
    const decided = decide(data, situation);
    expect(decided).toContain('"agent":"fundamental","confidence"');
    expect(decide(changes['nothing follows'](data, asOf, seededRng(date)), situation) === decided, 'had the store ended there').toBe(true);
    expect(
      decide(changes['later bars hold other prices'](data, asOf, seededRng(date)), situation) === decided,
      'had it gone otherwise',
    ).toBe(true);
  });
});
