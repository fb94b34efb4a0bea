import { describe, expect, test } from 'vitest';
import { parseDay } from '../../../shared/kernel/days.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { openDataset } from '../../../shared/providers/files/open-dataset.ts';
import { fileProvider } from '../../../shared/providers/files/provider.ts';
import { simulatedProvider } from '../../../shared/providers/simulator.ts';

const csv = [
  'symbol,date,open,high,low,close,volume',
  'NA,2019-01-03,1,1,1,3,1',
  'NA,2019-01-02,1,1,1,-2,1',
  'NA,2019-01-02,1,1,1,2,1',
  'constructor,2019-01-02,1,1,1,2,1',
];
const range = { from: parseDay('2019-01-02'), to: parseDay('2019-01-02') };

describe('a provider', () => {
  test('of a file leaves out rows outside the range and no others, and answers in the order asked', async () => {
    const provider = fileProvider(await openDataset(Buffer.from(csv.join('\n')), 'a.csv'), { NA: 'Energy' });
    const symbols = ['constructor', 'UNKNOWN', 'NA'] as Ticker[];
    const bars = await provider.dailyBars(symbols, range);
    expect(bars.map(({ symbol, close }) => [symbol, ...close])).toEqual([
      ['constructor', 2],
      ['NA', -2, 2],
    ]);
    expect([...(await provider.dailyBars(['NA' as Ticker]))[0]!.close]).toEqual([3, -2, 2]);
  });

  test('of a file knows the sectors it was given, and takes no ticker for one', async () => {
    const provider = fileProvider(await openDataset(Buffer.from(csv.join('\n')), 'a.csv'), { NA: 'Energy' });
    expect(await provider.listSymbols()).toEqual([{ symbol: 'NA', sector: 'Energy' }, { symbol: 'constructor' }]);
  });

  test('of the simulator serves the bars of its seed', async () => {
    const provider = simulatedProvider(5);
    const instruments = await provider.listSymbols();
    expect(instruments).toHaveLength(60);
    const [bars] = await provider.dailyBars([instruments[0]!.symbol], { from: parseDay('2020-03-01'), to: parseDay('2020-03-31') });
    expect(bars).toMatchObject({ symbol: 'QALD' });
    expect(bars!.day).toHaveLength(22);
  });
});
