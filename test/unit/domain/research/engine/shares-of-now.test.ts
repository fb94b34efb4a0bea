import { describe, expect, test } from 'vitest';
import { laterSplits, SharesOfNow, signalSeries } from '../../../../../shared/domain/research/engine/shares-of-now.ts';
import { fuzzLookAhead } from '../../../../../shared/domain/research/look-ahead.ts';
import { momentumStrategy } from '../../../../../shared/domain/research/strategies/momentum.strategy.ts';
import { pairsStrategy } from '../../../../../shared/domain/research/strategies/pairs.strategy.ts';
import { smaCrossStrategy } from '../../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import type { OrderStrategy, SignalStrategy } from '../../../../../shared/domain/research/strategy.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';
import { handRules, panelOf, simulatedPanel } from '../../../../support/research/hand-panel.ts';
import { answered, fillsOf, order, play } from '../../../../support/research/scripted.ts';

/** 2:1 before the third bar and 3:1 before the fifth; BBB stands still. */
const splitTwice = panelOf(
  {
    AAA: [
      [120, 126, 114, 120, 1_000],
      [132, 132, 132, 132, 1_000],
      [72, 72, 72, 72, 2_000],
      [78, 78, 78, 78, 2_000],
      [28, 28, 28, 28, 6_000],
    ],
    BBB: [10, 10, 10, 10, 10],
  },
  { basis: 'as-traded', splits: { AAA: { 2: 2, 4: 3 } }, dividends: { AAA: { 1: 1.2 } } },
);

describe('what a strategy reads of as-traded prices', () => {
  test('is in the shares of the moment: splits until then, and none that is still to come', () => {
    const seen: number[][] = [];
    const look = [1, 2, 3, 4].map((moment) => [
      moment,
      (_: unknown, now: { close: (symbol: number, lag: number) => number }) =>
        seen.push(Array.from({ length: moment + 1 }, (__, lag) => now.close(0, lag))),
    ]);
    play(splitTwice, Object.fromEntries(look));
    expect(seen).toEqual([
      [132, 120],
      [72, 66, 60],
      [78, 72, 66, 60],
      [28, 26, 24, 22, 20],
    ]);
  });

  test('prices and dividends are divided by a split, and volumes multiplied', () => {
    const seen: unknown[] = [];
    play(splitTwice, {
      4: (_, now) => {
        const { open, high, low, close, volume, dividend, splitRatio } = now.history(0, 5);
        seen.push([open[0], high[0], low[0], close[0], volume[0], dividend[1]], [...splitRatio]);
        seen.push([now.open(0, 4), now.high(0, 4), now.low(0, 4), now.volume(0, 4), now.volume(0, 1), now.volume(0, 0)]);
      },
    });
    expect(seen).toEqual([
      [20, 21, 19, 20, 6_000, 1.2 / 6],
      [1, 1, 2, 1, 3],
      [20, 21, 19, 6_000, 6_000, 6_000],
    ]);
  });

  test('where nothing splits, and on other bases, the bars are the panel’s own', () => {
    const own = new SharesOfNow(splitTwice);
    expect(own.of(1, 4)).toBe(splitTwice.series[1]);
    expect(own.of(0, 1)).toBe(splitTwice.series[0]);
    const adjusted = { ...splitTwice, basis: 'split-adjusted' } as const;
    expect(new SharesOfNow(adjusted).of(0, 4)).toBe(adjusted.series[0]);
    expect(signalSeries(adjusted)).toBe(adjusted.series);
    expect(signalSeries(splitTwice)[1]).toBe(splitTwice.series[1]);
  });

  test('a strategy of orders is told that splits are in what it reads', () => {
    const told: string[] = [];
    const asked: OrderStrategy = {
      ...{ kind: 'orders', name: 'asks', about: 'Of a test.', source: 'the test', parameters: {} },
      start({ basis }) {
        told.push(basis);
        return { decide: () => undefined };
      },
    };
    for (const basis of ['as-traded', 'total-return'] as const)
      answered({ panel: { ...splitTwice, basis }, strategy: asked, parameters: {}, rules: handRules(), membership: null });
    expect(told).toEqual(['split-adjusted', 'total-return']);
  });
});

test('a signal gets what a share of the first bar has become', () => {
  const { close, volume, dividend } = signalSeries(splitTwice)[0]!;
  expect([...close]).toEqual([120, 132, 144, 156, 168]);
  expect([...volume]).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  expect(dividend[1]).toBe(1.2);
});

test('later splits are those after a bar, multiplied', () => {
  expect([...laterSplits(splitTwice.series[0]!)!]).toEqual([6, 6, 3, 3, 1]);
  expect(laterSplits(splitTwice.series[1]!)).toBeNull();
});

/** AAA rises by a tenth a bar through a 2:1 split, BBB by a twentieth; quoted prices of AAA are halved by it. */
const rising = (from: number, growth: number, halvedAt = Number.POSITIVE_INFINITY): number[] =>
  Array.from({ length: 8 }, (_, bar) => (from * growth ** bar) / (bar < halvedAt ? 1 : 2));
const quoted = panelOf({ AAA: rising(64, 1.125, 4), BBB: rising(32, 1.0625) }, { basis: 'as-traded', splits: { AAA: { 4: 2 } } });
const adjusted = panelOf({ AAA: rising(32, 1.125), BBB: rising(32, 1.0625) }, { splits: { AAA: { 4: 2 } } });

describe('a 2:1 split as traded changes no decision', () => {
  const question = { rules: handRules({ cashUsd: 1_024 }), membership: null } as const;

  test('of momentum, which would take it for a loss of a half', () => {
    const asked = {
      ...question,
      strategy: momentumStrategy,
      parameters: { lookback: 2, top: 1, gross: 0.5 },
      rebalance: 'every-bar',
    } as const;
    const [traded, expected] = [answered({ ...asked, panel: quoted }), answered({ ...asked, panel: adjusted })];
    expect(new Set(traded.fills.symbol)).toEqual(new Set([0]));
    expect([...traded.fills.moment]).toEqual([...expected.fills.moment]);
    expect([...traded.equity.equityUsd]).toEqual([...expected.equity.equityUsd]);
    expect([...traded.fills.signedShares]).toEqual(
      [...expected.fills.signedShares].map((shares, i) => (traded.fills.moment[i]! < 4 ? shares / 2 : shares)),
    );
  });

  test('of a crossover, which would sell on it', () => {
    const asked = { ...question, strategy: smaCrossStrategy, parameters: { fast: 1, slow: 2 } };
    const dipping = (prices: number[]): number[] => prices.map((price, bar) => (bar < 2 ? price * (2 - bar) : price));
    const panels = [
      panelOf({ AAA: dipping(rising(64, 1.125, 4)) }, { basis: 'as-traded', splits: { AAA: { 4: 2 } } }),
      panelOf({ AAA: dipping(rising(32, 1.125)) }, { splits: { AAA: { 4: 2 } } }),
    ];
    const [traded, expected] = panels.map((panel) => answered({ ...asked, panel }));
    expect(fillsOf(traded!).map(([moment]) => moment)).toEqual([3]);
    expect(traded!.fills.signedShares[0]).toBe(expected!.fills.signedShares[0]! / 2);
    expect([...traded!.equity.equityUsd]).toEqual([...expected!.equity.equityUsd]);
  });
});

describe('a commission a share, where splits are in the prices', () => {
  const costs = { ...handRules().costs, commissionUsdPerShare: 0.01 };
  const panel = panelOf({ AAA: [10, 10, 10, 10, 10] }, { splits: { AAA: { 3: 4 } } });

  test('is on shares as they were traded: a quarter of them before a 4:1 split', () => {
    const result = play(
      panel,
      {
        0: (desk) => desk.submit(order('BUY', 400)),
        2: (desk) => desk.submit(order('SELL', 200)),
        3: (desk) => desk.submit(order('SELL', 200)),
      },
      { costs, cashUsd: 10_000 },
    );
    expect([...result.fills.feeUsd]).toEqual([1, 2, 2]);
  });

  test('all cash pays for as many more', () => {
    const all = { ...smaCrossStrategy, signal: () => Uint8Array.of(1, 0, 0, 0, 0) };
    const result = answered({ panel, strategy: all, parameters: {}, rules: handRules({ costs, cashUsd: 4_001 }), membership: null });
    expect(result.fills.signedShares[0]).toBeCloseTo(400, 9);
    expect(result.fills.feeUsd[0]).toBeCloseTo(1, 9);
    expect(result.equity.cashUsd[1]).toBeCloseTo(0, 9);
  });

  test('an order that a cap spreads over the split is charged each part on its own', () => {
    const thin = panelOf({ AAA: Array.from({ length: 5 }, () => [10, 10, 10, 10, 1_000] as const) }, { splits: { AAA: { 2: 2 } } });
    const result = play(
      thin,
      { 0: (desk) => desk.submit(order('BUY', 200, { timeInForce: 'GTC' })) },
      { costs, participationFracMax: 0.1 },
    );
    expect([...result.fills.feeUsd]).toEqual([0.5, 1]);
  });

  test('as traded it is on the shares there are', () => {
    const asTraded = panelOf({ AAA: [40, 40, 40, 10, 10] }, { basis: 'as-traded', splits: { AAA: { 3: 4 } } });
    const result = play(asTraded, { 0: (desk) => desk.submit(order('BUY', 100)) }, { costs, cashUsd: 10_000 });
    expect(result.fills.feeUsd[0]).toBe(1);
  });
});

describe('the look-ahead fuzzer finds nothing', () => {
  const costs = { ...handRules().costs, commissionUsdPerShare: 0.01 };
  const walk = simulatedPanel({ symbols: 4, moments: 50, seed: 'splits', splits: { S000: { 12: 2, 30: 3 }, S002: { 25: 0.5 } } });

  test.each([
    ['as-traded', smaCrossStrategy.name, smaCrossStrategy, { fast: 2, slow: 5 }],
    ['as-traded', momentumStrategy.name, momentumStrategy, { lookback: 5, top: 2 }],
    ['split-adjusted', momentumStrategy.name, momentumStrategy, { lookback: 5, top: 2 }],
    ['split-adjusted', pairsStrategy.name, pairsStrategy, { formation: 12, trading: 20, pairs: 2, open: 0.5 }],
  ] as const)('on %s prices with splits, of %s', (basis, _name, strategy, parameters) => {
    const rules = handRules({ costs, allowShort: true, account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.25 } });
    const question = { panel: { ...walk, basis }, strategy, parameters, rules, membership: null, rebalance: 'week-end' } as const;
    expect(fuzzLookAhead(question, { rng: seededRng('splits'), probes: 30 })).toMatchObject({ kind: 'clean', refused: 0 });
  });

  test('what a back-adjusted column would tell is found', () => {
    const cheap: SignalStrategy = {
      ...{ kind: 'signal', name: 'cheap', about: 'Of a test.', source: 'the test', parameters: {} },
      signal: ({ close, splitRatio }) => {
        const later = splitRatio.map((_, row) => splitRatio.subarray(row + 1).reduce((product, ratio) => product * ratio, 1));
        return Uint8Array.from(close, (price, row) => (price / later[row]! < 30 ? 1 : 2));
      },
    };
    const question = {
      panel: { ...walk, basis: 'as-traded' },
      strategy: cheap,
      parameters: {},
      rules: handRules(),
      membership: null,
    } as const;
    expect(fuzzLookAhead(question, { rng: seededRng('splits'), probes: 60 })).toMatchObject({ kind: 'looks-ahead' });
  });
});
