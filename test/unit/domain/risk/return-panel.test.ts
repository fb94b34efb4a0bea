import { describe, expect, test } from 'vitest';
import { sessionsBack } from '../../../../shared/domain/market/calendar.ts';
import { bookReturns, marketReturns, type ReturnPanel, returnPanel, symbolOrder } from '../../../../shared/domain/risk/return-panel.ts';
import { isRefusal, refuse } from '../../../../shared/kernel/refusal.ts';
import { asOf, type Row, toBars, walk } from '../fixtures.ts';
import { panelFrom } from './panels.ts';

describe('return panel', () => {
  const readPanel = (symbol: string, rows = walk(symbol, 252)) => returnPanel([toBars(symbol, rows)], asOf, 251, 200);
  const panelOf = (bars: Parameters<typeof returnPanel>[0]): ReturnPanel => {
    const panel = returnPanel(bars, asOf, 251, 200);
    if (isRefusal(panel)) throw new Error(panel.reason);
    return panel;
  };

  test('holds total returns of the last sessions', () => {
    const rows = walk('A', 252).map((row, i) => (i === 251 ? { ...row, dividend: 1 } : row));
    const panel = readPanel('A', rows);
    if (isRefusal(panel)) throw new Error(panel.reason);
    expect(panel.days.length).toBe(251);
    expect(panel.returns[0]!.at(-1)).toBeCloseTo((rows[251]!.close + 1) / rows[250]!.close - 1, 12);
  });

  test('carries a missing row as no move and then the whole gap', () => {
    const rows = walk('A', 252);
    const panel = readPanel('A', [...rows.slice(0, 100), ...rows.slice(101)]);
    if (isRefusal(panel)) throw new Error(panel.reason);
    expect(panel.returns[0]![99]).toBe(0);
    expect(panel.returns[0]![100]).toBeCloseTo(rows[101]!.close / rows[99]!.close - 1, 12);
  });

  test('refuses what is too short or has no finite return', () => {
    expect(readPanel('A', walk('A', 150))).toMatchObject({ kind: 'refused', reason: 'history-too-short' });
    const holed = walk('A', 252).map((row, i) => (i === 9 ? { ...row, close: Number.NaN } : row));
    expect(readPanel('A', holed)).toMatchObject({ kind: 'refused', reason: 'return-not-finite' });
  });

  test('names its symbols in the order given, and ends the session before', () => {
    const panel = panelOf([toBars('B', walk('B', 252)), toBars('A', walk('A', 252))]);
    expect(panel).toMatchObject({ kind: 'panel', symbols: ['B', 'A'] });
    expect(panel.days.at(-1)).toBe(sessionsBack(asOf, 1));
    expect(panel.returns.map((series) => series.length)).toEqual([251, 251]);
  });

  test('begins where the last of its symbols has two rows', () => {
    const [long, short] = [walk('A', 252), walk('B', 231)];
    for (const rows of [[long, short] as const, [short, long] as const]) {
      const { days } = panelOf(rows.map((one, i) => toBars(`S${i}`, one)));
      expect(days[0]).toBe(short[1]!.day);
      expect(days).toHaveLength(230);
    }
  });

  test('is as short as asked for at least, and not shorter', () => {
    expect(readPanel('A', walk('A', 201))).toMatchObject({ kind: 'panel' });
    expect(readPanel('A', walk('A', 200))).toEqual(refuse('history-too-short', { sessions: 199, sessionsMin: 200 }));
  });

  test.each([0, 1])('refuses a symbol with %d rows', (count) => {
    expect(readPanel('A', walk('A', 252).slice(0, count))).toMatchObject({ reason: 'history-too-short', details: { sessions: 0 } });
  });

  test.each([
    ['a last close of zero', 251, 0],
    ['a close of zero before the first session', 0, 0],
    ['a close without bound', 251, Number.POSITIVE_INFINITY],
    ['a close below zero', 251, -1],
  ])('refuses %s', (_, at, close) => {
    const rows: Row[] = walk('A', 252).map((row, i) => (i === at ? { ...row, close } : row));
    expect(readPanel('A', rows)).toEqual(refuse('return-not-finite', { symbol: 'A' }));
  });
});

describe('returns of a book', () => {
  test('are its weights times the returns; what is not held may have none', () => {
    const panel = panelFrom([
      [0.01, -0.02],
      [0.03, 0.01],
      [Number.NaN, Number.NaN],
    ]);
    expect([...bookReturns(panel, Float64Array.of(0.5, -1, 0))]).toEqual([expect.closeTo(-0.025, 15), expect.closeTo(-0.02, 15)]);
  });

  test('of the market are the mean over its symbols', () => {
    expect([
      ...marketReturns(
        panelFrom([
          [0.01, -0.02],
          [0.03, 0.01],
        ]),
      ),
    ]).toEqual([expect.closeTo(0.02, 15), expect.closeTo(-0.005, 15)]);
  });

  test('are summed in order of symbols', () => {
    for (const names of [
      ['A', 'B', 'C'],
      ['C', 'A', 'B'],
      ['B', 'C', 'A'],
      ['C', 'B', 'A'],
    ]) {
      const order = symbolOrder(panelFrom([[0], [0], [0]], names));
      expect([...order].map((i) => names[i])).toEqual(['A', 'B', 'C']);
    }
  });
});
