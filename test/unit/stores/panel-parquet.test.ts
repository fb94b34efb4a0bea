import { describe, expect, test } from 'vitest';
import { withinDays } from '../../../shared/domain/research/build-panel.ts';
import type { Panel } from '../../../shared/domain/research/panel.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { decodePanel, encodePanel, panelHeader } from '../../../shared/stores/panel-parquet.ts';
import { panelOf, simulatedPanel } from '../../support/research/hand-panel.ts';

const fileOf = (bytes: Uint8Array) => ({
  byteLength: bytes.byteLength,
  slice: async (start: number, end?: number) => bytes.slice(start, end).buffer,
});

describe('a panel that was encoded', () => {
  const panel = simulatedPanel({ symbols: 4, moments: 60, seed: 'parquet', missingFrac: 0.2 });

  test('comes back as it was: bars, gaps, axis, basis and source', async () => {
    expect(await decodePanel(encodePanel(panel))).toEqual(panel);
  });

  test('has the same bytes every time, and others when one price differs', () => {
    const [first, ...others] = panel.series;
    const dearer: Panel = {
      ...panel,
      series: [{ ...first!, close: first!.close.map((close, row) => (row === 7 ? close + 0.01 : close)) }, ...others],
    };
    expect(encodePanel(panel)).toEqual(encodePanel(panel));
    expect(encodePanel(dearer)).not.toEqual(encodePanel(panel));
  });

  test('says where it is from and how large it is without its bars being read', async () => {
    expect(await panelHeader(fileOf(encodePanel(panel)))).toEqual({
      bars: panel.series.reduce((sum, { day }) => sum + day.length, 0),
      symbols: 4,
      moments: 60,
      datasetName: panel.source.name,
      datasetSha256: panel.source.sha256,
      fromDay: '2014-01-02',
      toDay: '2014-03-28',
    });
  });
});

test('a part of a panel keeps the hash of the whole, by which its trials are counted', async () => {
  const panel = simulatedPanel({ symbols: 2, moments: 60, seed: 'part' });
  const part = withinDays(panel, parseDay('2014-02-03'), parseDay('2014-02-28'));
  if (isRefusal(part)) throw new Error('the panel has bars in February');
  const decoded = await decodePanel(encodePanel(part));
  expect(decoded.source).toEqual(panel.source);
  expect(decoded.day).toEqual(part.day);
});

test('minutes of the day come back with their bars', async () => {
  const panel = panelOf({ AAA: [10, 11], BBB: [20, null] }, { days: ['2014-01-02', '2014-01-02'], endMinutes: [571, 572] });
  expect(await decodePanel(encodePanel(panel))).toEqual(panel);
});

test('a file that nobody encoded here is refused by rule, not read by guess', async () => {
  await expect(decodePanel(Buffer.from('no parquet at all'))).rejects.toThrow('a stored panel is readable Parquet');
});
