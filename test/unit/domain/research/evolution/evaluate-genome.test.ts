/** Worked by hand: what a genome earns to the last digit, and what happens at gaps, endings and the ends of a range. */
import { describe, expect, test } from 'vitest';
import { evaluatorOf } from '../../../../../shared/domain/research/evolution/evaluate-genome.ts';
import type { EvaluationRules } from '../../../../../shared/domain/research/evolution/evaluation.ts';
import type { Condition, Genome } from '../../../../../shared/domain/research/evolution/genome.ts';
import { type Ground, groundOf } from '../../../../../shared/domain/research/evolution/ground.ts';
import type { Panel } from '../../../../../shared/domain/research/panel.ts';
import { isRefusal } from '../../../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../../../shared/kernel/units.ts';
import { type HandBar, type HandOptions, panelOf } from '../../../../support/research/hand-panel.ts';

/** The close crosses its average of three at the fourth bar: bought at 12, sold two bars later at 15. */
const bars: readonly HandBar[] = [
  [10, 10, 10, 10, 1],
  [10, 10, 10, 10, 1],
  [10, 10, 10, 10, 1],
  [11, 13, 11, 13, 1],
  [12, 14, 12, 14, 1],
  [13, 13, 12, 12, 1],
  [15, 15, 12, 12, 1],
];
const flat: readonly HandBar[] = bars.map(() => 20);

const crossing: Condition = {
  kind: 'condition',
  left: { name: 'close', parameters: [] },
  relation: 'crosses-above',
  right: { name: 'simple-average', parameters: [3] },
};
const twoBars: Genome = { side: 'long', entry: crossing, exit: null, timeStopBars: 2, volatilityStop: null, sizing: { kind: 'equal' } };

const rules: EvaluationRules = { costBps: 0, borrowAnnualFrac: 0, momentsPerYear: 7, depthMax: 3 };

function groundFrom(panel: Panel, endings?: Parameters<typeof groundOf>[0]['endings']): Ground {
  const ground = groundOf({ panel, ...(endings ? { endings } : {}), cacheBytesMax: 1e6 });
  if (isRefusal(ground)) throw new Error(ground.reason);
  return ground;
}

function earned(rows: Record<string, readonly HandBar[]>, { genome = twoBars, more = {}, options = {} }: Asked = {}) {
  const ground = groundFrom(panelOf(rows, options));
  const evaluate = evaluatorOf(ground, { fromMoment: 0, untilMoment: ground.moments }, { ...rules, ...more });
  return { ...evaluate(genome), returns: [...evaluate.returns] };
}

interface Asked {
  readonly genome?: Genome;
  readonly more?: Partial<EvaluationRules>;
  readonly options?: HandOptions;
}

describe('one round trip', () => {
  test('is decided at a close, bought and sold at opens, and marked at closes between', () => {
    const result = earned({ AAA: bars });
    expect(result.annualReturnFrac).toBeCloseTo(0.25, 12);
    expect(result.returns.map((value) => Number(value.toFixed(9)))).toEqual([0, 0, 0, 0, 0.166666667, -0.142857143, 0.25]);
    expect(result.maxDrawdownFrac).toBeCloseTo(1 / 7, 12);
    expect(result).toMatchObject({ trades: 1, winFrac: 1, timeInMarketFrac: 2 / 7 });
    // 1 bought and 1.25 sold, over mean equity of 7.41666…/7, in one year.
    expect(result.annualTurnover).toBeCloseTo((2.25 * 7) / (6.25 + 7 / 6), 12);
  });

  test('pays costs on the notional of both sides', () => {
    const result = earned({ AAA: bars }, { more: { costBps: 100 } });
    expect(1 + result.annualReturnFrac).toBeCloseTo((1.25 * 0.99) / 1.01, 12);
  });

  test('is paid dividends on what was held overnight, unless they are in the prices', () => {
    const dividends = { AAA: { 4: 99, 5: 0.6 } };
    expect(earned({ AAA: bars }, { options: { dividends } }).annualReturnFrac).toBeCloseTo(0.25 + 0.05, 12);
    expect(earned({ AAA: bars }, { options: { dividends, basis: 'total-return' } }).annualReturnFrac).toBeCloseTo(0.25, 12);
  });

  test('that is short loses what a long one wins, and pays borrow by the moment', () => {
    const genome: Genome = { ...twoBars, side: 'short' };
    expect(earned({ AAA: bars }, { genome }).annualReturnFrac).toBeCloseTo(-0.25, 12);
    // Two nights at a tenth of a moment's price each, on closes of 14 and 12, for a twelfth of a share.
    const borrowed = earned({ AAA: bars }, { genome, more: { borrowAnnualFrac: 0.7 } });
    expect(borrowed.annualReturnFrac).toBeCloseTo(-0.25 - (1.4 + 1.2) / 12, 12);
  });

  test('of one symbol moves its own part of the capital alone', () => {
    expect(earned({ AAA: bars, BBB: flat }).annualReturnFrac).toBeCloseTo(0.125, 12);
  });

  test('is smaller where volatility is above its target, and not begun before that is known', () => {
    const sizing = { kind: 'volatility-target', annualizedVol: 0.2, periodBars: 20 } as const;
    const rows = [...Array.from({ length: 30 }, (_, k): HandBar => (k % 2 === 0 ? 10 : 11)), ...bars];
    const all = earned({ AAA: rows });
    const sized = earned({ AAA: rows }, { genome: { ...twoBars, sizing } });
    expect(sized.annualTurnover).toBeLessThan(all.annualTurnover);
    expect(sized.trades).toBeGreaterThan(0);
    expect(earned({ AAA: bars }, { genome: { ...twoBars, sizing } }).trades).toBe(0);
  });
});

describe('exits', () => {
  test('a volatility stop sells when the close is that far below the highest since the decision', () => {
    const calm = Array.from({ length: 12 }, (): HandBar => [10, 10.5, 9.5, 10, 1]);
    // True ranges are 1, so two of them below the highest close of 13 is 11.
    const rows: HandBar[] = [
      ...calm,
      [10, 13, 10, 13, 1],
      [13, 13, 12.4, 12.4, 1],
      [12, 12, 10.5, 10.5, 1],
      [8, 8, 8, 8, 1],
      [8, 8, 8, 8, 1],
    ];
    const genome: Genome = { ...twoBars, timeStopBars: null, volatilityStop: { periodBars: 10, multiple: 1.5 } };
    const result = earned({ AAA: rows }, { genome, more: { momentsPerYear: rows.length } });
    expect(result.trades).toBe(1);
    expect(1 + result.annualReturnFrac).toBeCloseTo(8 / 13, 12);
  });

  test('a position that is open at the end is marked at the last close and is no round trip', () => {
    const result = earned({ AAA: bars.slice(0, 6) }, { more: { momentsPerYear: 6 } });
    expect(result).toMatchObject({ trades: 0, winFrac: null });
    expect(result.annualReturnFrac).toBeCloseTo(0, 12);
  });
});

describe('where there are no bars', () => {
  test('an entry lapses over a gap', () => {
    const gapped = bars.map((bar, k) => (k === 4 ? null : bar));
    expect(earned({ AAA: gapped, BBB: flat })).toMatchObject({ trades: 0, timeInMarketFrac: 0 });
  });

  test('an exit waits for the next open', () => {
    const gapped: HandBar[] = [...bars.slice(0, 6), null, bars[6]!];
    const result = earned({ AAA: gapped, BBB: [...flat, 20] }, { more: { momentsPerYear: 8 } });
    expect(result.trades).toBe(1);
    expect(result.annualReturnFrac).toBeCloseTo(0.125, 12);
  });

  test('a symbol that ends is settled at its last close times its recovery', () => {
    const panel = panelOf({ AAA: bars.slice(0, 5), BBB: flat });
    const settled = (recoveryFrac?: number): number => {
      const endings = recoveryFrac === undefined ? undefined : new Map([['AAA' as Ticker, { kind: 'delisted', recoveryFrac } as const]]);
      const ground = groundFrom(panel, endings);
      return evaluatorOf(ground, { fromMoment: 0, untilMoment: 7 }, rules)(twoBars).annualReturnFrac;
    };
    expect(settled()).toBeCloseTo((14 / 12 - 1) / 2, 12);
    expect(settled(0.5)).toBeCloseTo((7 / 12 - 1) / 2, 12);
  });
});

describe('a range', () => {
  test('begins flat, with indicators that are warm', () => {
    const ground = groundFrom(panelOf({ AAA: bars }));
    expect(evaluatorOf(ground, { fromMoment: 3, untilMoment: 7 }, rules)(twoBars).trades).toBe(1);
    expect(evaluatorOf(ground, { fromMoment: 4, untilMoment: 7 }, rules)(twoBars).trades).toBe(0);
  });

  test('of fewer than two moments is nobody’s question', () => {
    const ground = groundFrom(panelOf({ AAA: bars }));
    expect(() => evaluatorOf(ground, { fromMoment: 3, untilMoment: 4 }, rules)).toThrow('a range holds at least two moments of its ground');
  });

  test('in which nothing is held has no Sharpe ratio', () => {
    expect(earned({ AAA: flat })).toMatchObject({ sharpe: null, annualReturnFrac: 0, maxDrawdownFrac: 0, annualTurnover: 0 });
  });
});

describe('refused', () => {
  test.each([
    ['no-bars', {}, {}],
    ['bars-invalid', { AAA: [10, Number.NaN, 10] }, {}],
    ['bars-invalid', { AAA: [10, 0, 10] }, {}],
    ['splits-in-prices', { AAA: [10, 5, 5] }, { basis: 'as-traded', splits: { AAA: { 1: 2 } } }],
  ] as const)('%s', (reason, rows, options: HandOptions) => {
    expect(groundOf({ panel: panelOf(rows, options), cacheBytesMax: 1e6 })).toMatchObject({ kind: 'refused', reason });
  });
});

test('columns are kept while there is room, the one unused for longest goes first', () => {
  const panel = panelOf({ AAA: bars });
  const ground = groundOf({ panel, cacheBytesMax: 2 * 7 * 8 });
  if (isRefusal(ground)) throw new Error(ground.reason);
  const average = (period: number): Float64Array => ground.column({ name: 'simple-average', parameters: [period] });
  const [third, fifth] = [average(3), average(5)];
  expect(average(3)).toBe(third);
  average(8);
  expect(average(3)).toBe(third);
  expect(average(5)).not.toBe(fifth);
});
