/** Sweeps: the columns that come back, what is refused and why, and columns that combinations share. */
import { describe, expect, test } from 'vitest';
import { sharedColumn, sharingColumns } from '../../../../../shared/domain/research/fast/shared-column.ts';
import { type SweepQuestion, sweepSignals } from '../../../../../shared/domain/research/fast/sweep-signals.ts';
import { momentumStrategy } from '../../../../../shared/domain/research/strategies/momentum.strategy.ts';
import { smaCrossStrategy } from '../../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import type { SignalStrategy } from '../../../../../shared/domain/research/strategy.ts';
import { handRules, panelOf } from '../../../../support/research/hand-panel.ts';

/** In at the first bar, out at the bar of that number. */
const untilBar: SignalStrategy = {
  ...{ kind: 'signal', name: 'until-bar', about: 'Long until a bar.', source: 'none' },
  parameters: { bar: { about: 'Bar', initial: 2, min: 0, max: 9, whole: true } },
  signal: ({ day }, { bar }) => Uint8Array.from(day, (_, row) => (row === bar ? 2 : row === 0 ? 1 : 0)),
};

const question: SweepQuestion = {
  panel: panelOf({ AAA: [10, 10, 20, 5, 10], BBB: [null, 10, 10, null, 30] }, { dividends: { AAA: { 2: 1 } } }),
  strategy: untilBar,
  grid: { names: ['bar'], values: [[1, 2, 9]] },
  rules: handRules({ cashUsd: 1000 }),
};

function swept(change: Partial<SweepQuestion> = {}): Extract<ReturnType<typeof sweepSignals>, { kind: 'sweep' }> {
  const answer = sweepSignals({ ...question, ...change });
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer));
  return answer;
}

describe('a sweep', () => {
  test('has a row for each combination and symbol, worked by hand', () => {
    const { symbols, finalEquityUsd, cashUsd, orders, maxDrawdownFrac, bars, isCalled } = swept();
    expect(symbols).toEqual(['AAA', 'BBB']);
    // AAA: bought at 10, sold at 20 after a dividend of 1 a share, or at 5, or held to the end. BBB: an exit of its second bar waits in the gap and finds 30; one of its last finds none.
    expect([...finalEquityUsd]).toEqual([2100, 3000, 600, 3000, 1100, 3000]);
    expect([...cashUsd]).toEqual([2100, 3000, 600, 0, 100, 0]);
    expect([...orders]).toEqual([2, 2, 2, 1, 1, 1]);
    expect([...maxDrawdownFrac].map((frac) => frac.toFixed(4))).toEqual(['0.0000', '0.0000', '0.7143', '0.0000', '0.7143', '0.0000']);
    expect([...isCalled]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(bars).toBe(3 * (5 + 3));
  });

  test('trades within its range alone, and counts Sharpe ratios as trials', () => {
    const { finalEquityUsd, sharpePerBar, sharpe } = swept({ fromMoment: 1, toMoment: 2 });
    expect([...finalEquityUsd]).toEqual([1000, 1000, 1000, 1000, 1000, 1000]);
    expect([...sharpePerBar]).toEqual(Array.from({ length: 6 }, () => Number.NaN));
    expect(sharpe.count).toBe(0);
    expect(swept().sharpe.count).toBe(6);
  });

  test('marks a run that ends in a margin call, and gives no figures for it', () => {
    const rules = handRules({
      ...{ cashUsd: 1000, allowShort: true, sizing: { kind: 'weight', frac: 1.9 } },
      account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.25 },
    });
    const shorts: SignalStrategy = { ...untilBar, signal: ({ day }) => Uint8Array.from(day, (_, row) => (row === 0 ? 3 : 0)) };
    const { isCalled, finalEquityUsd } = swept({ strategy: shorts, rules, grid: { names: ['bar'], values: [[1]] } });
    expect([...isCalled]).toEqual([1, 1]);
    expect([...finalEquityUsd]).toEqual([Number.NaN, Number.NaN]);
  });

  test.each<[string, Partial<SweepQuestion>, string]>([
    ['a cap', { rules: handRules({ participationFracMax: 0.1 }) }, 'a participation cap fills an order over many bars'],
    ['impact', { rules: handRules({ costs: { ...handRules().costs, impactCoefficient: 1 } }) }, 'impact depends on'],
    ['financing', { rules: handRules({ financing: { cashAnnualFrac: 0.02, marginAnnualFrac: 0, borrowAnnualFrac: 0 } }) }, 'interest'],
    ['another kind of strategy', { strategy: momentumStrategy }, 'a strategy of weights looks at all symbols at once'],
    ['splits', { panel: panelOf({ A: [10, 5] }, { basis: 'as-traded', splits: { A: { 1: 2 } } }) }, 'splits of as-traded prices'],
  ])('is refused for %s, and says why', (_, change, because) => {
    expect(sweepSignals({ ...question, ...change })).toMatchObject({
      reason: 'not-on-the-fast-path',
      details: { because: expect.stringContaining(because) as string },
    });
  });

  test('is refused for rules that cannot be kept, and for a range that the axis does not have', () => {
    expect(sweepSignals({ ...question, rules: handRules({ allowShort: true }) })).toMatchObject({ reason: 'rules-invalid' });
    expect(sweepSignals({ ...question, toMoment: 5 })).toMatchObject({ reason: 'no-bars' });
  });

  test('of averages computes each of them once for all its combinations', () => {
    const panel = panelOf({ AAA: Array.from({ length: 60 }, (_, bar) => 10 + Math.sin(bar)) });
    const close = panel.series[0]!.close;
    let computed = 0;
    sharingColumns(() => {
      for (const period of [5, 9, 5, 9, 5]) {
        sharedColumn(close, `average ${period}`, () => {
          computed++;
          return close;
        });
      }
    });
    expect(computed).toBe(2);
    const grid = {
      names: ['fast', 'slow'],
      values: [
        [2, 3],
        [5, 8],
      ],
    };
    expect(swept({ panel, strategy: smaCrossStrategy, grid }).combinations.number).toHaveLength(4);
  });
});

describe('a shared column', () => {
  test('is kept within a sweep alone, and one sweep within another has its own', () => {
    const source = Float64Array.of(1);
    let computed = 0;
    const ask = (): Float64Array => sharedColumn(source, 'x', () => Float64Array.of(++computed));
    expect([ask()[0], ask()[0]]).toEqual([1, 2]);
    sharingColumns(() => {
      expect([ask()[0], ask()[0]]).toEqual([3, 3]);
      sharingColumns(() => expect(ask()[0]).toBe(4));
      expect(ask()[0]).toBe(3);
    });
    expect(ask()[0]).toBe(5);
  });
});
