import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { type MeasuredBook, measureBook, type RiskPosition } from '../../../../shared/domain/risk/measure-book.ts';
import type { ReturnPanel } from '../../../../shared/domain/risk/return-panel.ts';
import { isRefusal, type Refusal, refuse } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { ticker } from '../fixtures.ts';
import { panelFrom } from './panels.ts';

const rng = seededRng('measured book');
const noise = (scale: number): Float64Array => Float64Array.from({ length: 251 }, () => scale * rng.normal());
const panel = panelFrom([noise(0.01), noise(0.012), noise(0.014)]);

const position = (symbol: string, targetWeight: number, change: Partial<RiskPosition> = {}): RiskPosition => ({
  symbol: ticker(symbol),
  sector: 'Energy',
  currentWeight: 0,
  targetWeight,
  ...change,
});
const measure = (positions: readonly RiskPosition[], on: ReturnPanel | Refusal = panel) => measureBook(positions, on, defaultPolicy, 252);

function measured(positions: readonly RiskPosition[], on: ReturnPanel = panel): MeasuredBook {
  const book = measure(positions, on);
  if (isRefusal(book)) throw new Error(`expected measures, was refused: ${book.reason}`);
  return book;
}

describe('a measured book', () => {
  test('has its symbols and its sectors in order, however they came', () => {
    const positions = [
      position('C', 0.05, { sector: 'Energy' }),
      position('A', 0.04, { sector: 'Utilities' }),
      position('B', -0.03, { sector: null }),
    ];
    for (const one of [positions, positions.toReversed(), [positions[1]!, positions[0]!, positions[2]!]]) {
      const { kind, perSymbol, measures } = measured(one);
      expect(kind).toBe('measured-book');
      expect(perSymbol.map(({ symbol }) => symbol)).toEqual(['A', 'B', 'C']);
      expect(measures.sectors).toEqual([
        { sector: 'Energy', grossFrac: 0.05 },
        { sector: 'UNCLASSIFIED', grossFrac: 0.03 },
        { sector: 'Utilities', grossFrac: 0.04 },
      ]);
      expect(measures.grossFrac).toBeCloseTo(0.12, 15);
    }
  });

  test('adds longs and shorts of one sector up', () => {
    const { sectors } = measured([position('A', 0.05), position('B', -0.04)]).measures;
    expect(sectors).toEqual([{ sector: 'Energy', grossFrac: expect.closeTo(0.09, 15) }]);
  });

  test('leaves out what is to be closed, which needs no returns', () => {
    const closing = position('Z', 0, { sector: 'Utilities', currentWeight: 0.1 });
    expect(measured([position('A', 0.05), closing])).toEqual(measured([position('A', 0.05)]));
  });

  test('has volatility by the year', () => {
    const { annualizedVol } = measured([position('A', 1)], panelFrom([[...Array(126).fill(0.01), ...Array(126).fill(-0.01)]])).measures;
    // The sample deviation of 252 returns of one per cent either way is 1 % · √(252/251).
    expect(annualizedVol).toBeCloseTo(0.01 * Math.sqrt(252 / 251) * Math.sqrt(252), 12);
  });

  test('says null where VaR cannot be shared out; CVaR always can', () => {
    const lopsided = Float64Array.from({ length: 100 }, (_, k) => (k < 2 ? -1 : k < 6 ? 0.001 : 0.01));
    expect(measured([position('A', 0.5)], panelFrom([lopsided])).perSymbol).toEqual([
      {
        symbol: 'A',
        marginalCvarFrac: expect.closeTo(0.3994, 12),
        componentCvarFrac: expect.closeTo(0.1997, 12),
        marginalVarFrac: null,
        componentVarFrac: null,
        beta: expect.closeTo(1, 12),
      },
    ]);
  });

  test('counts a held symbol without returns as the first of the most volatile', () => {
    const wild = noise(0.05);
    // B and C are as wild as each other, and move against each other: B comes first.
    const twins = panelFrom([panel.returns[0]!, wild, wild.map((value) => -value)]);
    const unknown = position('Z', 0.05, { currentWeight: 0.06 });
    const betaOf = (positions: readonly RiskPosition[], symbol: string) =>
      measured(positions, twins).perSymbol.find((one) => one.symbol === symbol)!.beta;
    expect(betaOf([unknown], 'Z')).toBe(betaOf([position('B', 0.1)], 'B'));
    expect(measured([unknown], twins).measures.cvarFrac).toBe(measured([position('B', 0.05)], twins).measures.cvarFrac);
  });
});

describe('a book that cannot be measured', () => {
  test('is one with a new or grown position without returns', () => {
    expect(measure([position('Z', 0.05)])).toEqual(refuse('returns-missing', { symbol: 'Z' }));
    expect(measure([position('Z', 0.05, { currentWeight: 0.04 })])).toMatchObject({ reason: 'returns-missing' });
    expect(measure([position('Z', 0.05, { currentWeight: 0.05 })])).toMatchObject({ kind: 'measured-book' });
    expect(measure([position('Z', -0.05, { currentWeight: -0.06 })])).toMatchObject({ kind: 'measured-book' });
  });

  test('is one that holds something where no symbol has returns: nothing is not the wildest there is', () => {
    const held = position('Z', 0.05, { currentWeight: 0.06 });
    expect(measure([held], panelFrom([]))).toEqual(refuse('returns-missing', { symbol: 'Z' }));
  });

  test('is one with a weight that is no number', () => {
    expect(measure([position('A', Number.NaN)])).toEqual(refuse('weight-not-finite', { weights: 3 }));
  });

  test('is one without a panel, unless it is empty', () => {
    const missing = refuse('history-too-short', { sessions: 3 });
    expect(measure([position('A', 0.05)], missing)).toEqual(missing);
    expect(measure([position('A', 0, { currentWeight: 0.1 })], missing)).toMatchObject({
      kind: 'measured-book',
      measures: { grossFrac: 0, varFrac: 0, cvarFrac: 0, annualizedVol: 0, sectors: [], averageCorrelation: null },
      perSymbol: [],
    });
  });
});
