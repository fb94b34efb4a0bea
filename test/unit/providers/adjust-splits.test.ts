import { describe, expect, test } from 'vitest';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { openDataset } from '../../../shared/providers/files/open-dataset.ts';

describe('as-traded bars', () => {
  test('are put in shares of the last row: prices fall, volume grows, by every later split', async () => {
    const text = [
      'symbol,date,open,high,low,close,volume,dividend_cash,split_ratio',
      'X,2020-01-02,600,600,600,600,10,6,1',
      'X,2020-01-03,300,300,300,300,20,0,2',
      'X,2020-01-06,100,100,100,100,60,0,3',
    ];
    for (const rows of [text, [text[0]!, ...text.slice(1).reverse()]]) {
      const [bars] = await (await openDataset(Buffer.from(rows.join('\n')), 'x.csv')).bars(['X' as Ticker]);
      expect([...bars!.close]).toEqual([100, 100, 100]);
      expect([...bars!.volume]).toEqual([60, 60, 60]);
      expect([...bars!.dividend].sort()).toEqual([0, 0, 1]);
      expect([...bars!.splitRatio].sort()).toEqual([1, 2, 3]);
    }
  });

  test('are only taken as such where the layout says so', async () => {
    const text = 'symbol,date,open,high,low,close,volume,dividend,split_ratio\nX,2020-01-02,6,6,6,6,10,0,1\nX,2020-01-03,6,6,6,6,20,0,2\n';
    const [bars] = await (await openDataset(Buffer.from(text), 'x.csv')).bars(['X' as Ticker]);
    expect([...bars!.close]).toEqual([6, 6]);
  });
});
