/** Cases small enough to be worked out with pencil and paper, which is where every figure here comes from, to the cent. */
import { describe, expect, test } from 'vitest';
import type { BacktestRules } from '../../../../../shared/domain/research/rules.ts';
import { type Desk, SIGNAL, type SignalStrategy } from '../../../../../shared/domain/research/strategy.ts';
import { handRules, panelOf } from '../../../../support/research/hand-panel.ts';
import { answered, fillsOf, order, play } from '../../../../support/research/scripted.ts';

const margin = (initialFrac: number, maintenanceFrac: number): Partial<BacktestRules> => ({
  account: { kind: 'margin', initialFrac, maintenanceFrac },
  allowShort: true,
});

describe('splits', () => {
  const panel = panelOf(
    { AAA: [100, 100, [66, 68, 65, 67, 1_000], [70, 81, 69, 75, 1_000]] },
    { basis: 'as-traded', splits: { AAA: { 2: 1.5 } } },
  );

  test('as traded: shares, a resting order and the fraction of a share on a 3:2 split day', () => {
    const result = play(
      panel,
      {
        0: (desk) => desk.submit(order('BUY', 101)),
        1: (desk) => desk.submit(order('SELL', 101, { type: 'LIMIT', limitPriceUsd: 120, timeInForce: 'GTC' })),
      },
      { cashUsd: 20_000, wholeShares: true },
    );
    expect(fillsOf(result)).toEqual([
      [1, 101, 100],
      [2, -0.5, 66],
      [3, -151, 80],
    ]);
    expect([...result.equity.cashUsd]).toEqual([20_000, 9_900, 9_933, 22_013]);
    expect([...result.equity.equityUsd]).toEqual([20_000, 20_000, 20_050, 22_013]);
    expect(result.trades.profitUsd[0]).toBeCloseTo(2_013, 9);
    expect(result.trades.entryPriceUsd[0]).toBeCloseTo(66.6667, 4);
    expect(result.remarks).toEqual(['fractions of a share left by splits, paid out at the open: 1']);
  });

  test('a resting stop and a round trip under way are restated: mean prices are those of the new shares', () => {
    const halved = panelOf(
      { AAA: [100, 100, 110, [56, 57, 55, 56, 1_000], [46, 47, 44, 46, 1_000]] },
      { basis: 'as-traded', splits: { AAA: { 3: 2 } } },
    );
    const result = play(
      halved,
      {
        0: (desk) => desk.submit(order('BUY', 100)),
        1: (desk) => {
          desk.submit(order('SELL', 50));
          desk.submit(order('SELL', 50, { type: 'STOP', stopPriceUsd: 90, timeInForce: 'GTC' }));
        },
      },
      { cashUsd: 20_000 },
    );
    expect(fillsOf(result)).toEqual([
      [1, 100, 100],
      [2, -50, 110],
      [4, -100, 45],
    ]);
    const { entryPriceUsd, exitPriceUsd, signedShares, profitUsd } = result.trades;
    expect([entryPriceUsd[0], exitPriceUsd[0], signedShares[0], profitUsd[0]]).toEqual([50, 50, 200, 0]);
  });

  test('a short of 200 that splits into 400 leaves the same room for the next purchase', () => {
    const pair = panelOf({ AAA: [100, 100, 50, 50], BBB: [10, 10, 10, 10] }, { basis: 'as-traded', splits: { AAA: { 2: 2 } } });
    const strategy: SignalStrategy = {
      ...{ kind: 'signal', name: 'short-then-long', about: 'Of a test.', source: 'the test', parameters: {} },
      signal: ({ symbol }) => Uint8Array.from(symbol === 'AAA' ? [SIGNAL.short, 0, 0, 0] : [0, SIGNAL.long, 0, 0]),
    };
    const rules = handRules({ cashUsd: 20_000, ...margin(0.4, 0.25) });
    const result = answered({ panel: pair, strategy, parameters: {}, rules, membership: null });
    expect(fillsOf(result)).toEqual([
      [1, -200, 100],
      [2, 3_000, 10],
    ]);
  });

  test('a split that leaves no fraction pays nothing out', () => {
    const even = panelOf({ AAA: [100, 100, 50, 50] }, { basis: 'as-traded', splits: { AAA: { 2: 2 } } });
    const result = play(even, { 0: (desk) => desk.submit(order('BUY', 10)) }, { cashUsd: 1_000, wholeShares: true });
    expect(fillsOf(result)).toEqual([[1, 10, 100]]);
    expect(result.remarks).toEqual([]);
  });

  test('split-adjusted, a dividend on the day of a split is all that happens', () => {
    const paying = panelOf({ AAA: [50, 50, 50] }, { splits: { AAA: { 2: 2 } }, dividends: { AAA: { 2: 1 } } });
    const result = play(paying, { 0: (desk) => desk.submit(order('BUY', 10)) }, { cashUsd: 1_000 });
    expect(result.equity.longUsd[2]).toBe(500);
    expect(result.flows.dividendsUsd).toBe(10);
  });

  test('split-adjusted: the split is in the prices, and changes nothing that is held', () => {
    const adjusted = { ...panel, basis: 'split-adjusted' as const };
    const result = play(adjusted, { 0: (desk) => desk.submit(order('BUY', 10)) }, { cashUsd: 20_000 });
    expect(result.equity.equityUsd[2]).toBe(20_000 - 1_000 + 670);
  });
});

describe('dividends', () => {
  const panel = panelOf(
    { AAA: [50, 50, [49, 49.5, 49, 49.25, 1_000]], BBB: [40, 40, 38.75] },
    { dividends: { AAA: { 2: 0.75 }, BBB: { 2: 1.25 } } },
  );
  const bothSides = {
    0: (desk: Desk) => {
      desk.submit(order('BUY', 100));
      desk.submit(order('SELL', 100, { symbol: 1 }));
    },
  };

  test('longs receive and shorts pay on the ex-date', () => {
    const result = play(panel, bothSides, { cashUsd: 10_000, ...margin(0.5, 0.25) });
    expect([...result.equity.cashUsd]).toEqual([10_000, 9_000, 8_950]);
    expect(result.equity.equityUsd[2]).toBe(10_000);
    expect(result.flows.dividendsUsd).toBe(-50);
    expect([...result.trades.profitUsd]).toEqual([0, 0]);
  });

  test('in total-return prices nothing is paid', () => {
    const result = play({ ...panel, basis: 'total-return' }, bothSides, { cashUsd: 10_000, ...margin(0.5, 0.25) });
    expect(result.equity.cashUsd[2]).toBe(9_000);
    expect(result.flows.dividendsUsd).toBe(0);
  });
});

describe('partial fills', () => {
  const panel = panelOf({
    AAA: [
      [10, 10, 10, 10, 1_000],
      [10, 10, 10, 10, 1_000],
      [10.5, 10.5, 10.5, 10.5, 2_000],
      [11, 11, 11, 11, 5_000],
    ],
  });
  const rules: Partial<BacktestRules> = {
    cashUsd: 10_000,
    participationFracMax: 0.1,
    costs: { ...handRules().costs, commissionUsdPerShare: 0.005, commissionUsdMin: 1 },
  };

  test('over three bars by a cap of 10 % of their volume, with one minimum commission for the order', () => {
    const result = play(panel, { 0: (desk) => desk.submit(order('BUY', 450, { timeInForce: 'GTC' })) }, rules);
    expect(fillsOf(result)).toEqual([
      [1, 100, 10],
      [2, 200, 10.5],
      [3, 150, 11],
    ]);
    expect([...result.fills.feeUsd]).toEqual([1, 0.5, 0.75]);
    expect(result.equity.cashUsd[3]).toBe(5_247.75);
    expect(result.equity.equityUsd[3]).toBe(10_197.75);
    expect(result.orders).toEqual({ submitted: 1, filled: 1, cancelled: 0, expired: 0, rejected: {} });
  });

  test('what a DAY order has not filled expires with its session', () => {
    const result = play(panel, { 0: (desk) => desk.submit(order('BUY', 450)) }, rules);
    expect(fillsOf(result)).toEqual([[1, 100, 10]]);
    expect(result.orders).toEqual({ submitted: 1, filled: 1, cancelled: 0, expired: 1, rejected: {} });
  });

  test('a bar without volume fills nothing under a cap', () => {
    const silent = panelOf({ AAA: [10, [10, 10, 10, 10, 0], [12, 12, 12, 12, 1_000]] });
    const result = play(silent, { 0: (desk) => desk.submit(order('BUY', 50, { timeInForce: 'GTC' })) }, rules);
    expect(fillsOf(result)).toEqual([[2, 50, 12]]);
  });
});

describe('margin', () => {
  const panel = panelOf({ AAA: [100, 100, 75, 65, [64, 66, 64, 66, 1_000], 66] });

  test('an order beyond equity / initial margin is rejected, one within it is taken', () => {
    const result = play(
      panel,
      {
        0: (desk) => {
          desk.submit(order('BUY', 201));
          desk.submit(order('BUY', 190));
          desk.submit(order('BUY', 11));
        },
      },
      { cashUsd: 10_000, ...margin(0.5, 0.3) },
    );
    expect(fillsOf(result)[0]).toEqual([1, 190, 100]);
    expect(result.orders.rejected).toEqual({ 'initial-margin': 2 });
  });

  test('exhausted: under maintenance at a close, cut at the next open to what the initial margin carries', () => {
    const result = play(
      panel,
      {
        0: (desk) => desk.submit(order('BUY', 190)),
        3: (desk) => desk.submit(order('BUY', 1)),
      },
      { cashUsd: 10_000, wholeShares: true, ...margin(0.5, 0.3) },
    );
    expect(fillsOf(result)).toEqual([
      [1, 190, 100],
      [4, -87, 64],
    ]);
    expect([...result.equity.equityUsd]).toEqual([10_000, 10_000, 5_250, 3_350, 3_366, 3_366]);
    expect(result.orders.rejected).toEqual({ 'margin-call': 1 });
    expect(result.remarks).toEqual(['closes under maintenance margin, with holdings cut at the next open: 1']);
  });

  test('equity that is gone closes everything, and nothing new is ordered', () => {
    const crash = panelOf({ AAA: [100, 100, 40, 45, 45] });
    const buys = Object.fromEntries([0, 2, 3, 4].map((moment) => [moment, (desk: Desk) => desk.submit(order('BUY', 190))]));
    const result = play(crash, buys, { cashUsd: 10_000, ...margin(0.5, 0.3) });
    expect(fillsOf(result)).toEqual([
      [1, 190, 100],
      [3, -190, 45],
    ]);
    expect([...result.equity.equityUsd]).toEqual([10_000, 10_000, -1_400, -450, -450]);
    expect(result.orders.submitted).toBe(2);
  });
});

describe('gaps', () => {
  const panel = panelOf({ AAA: [10, null, [12, 13, 11, 12.5, 1_000], 12], BBB: [1, 1, 1, 1] });

  test('a DAY order whose symbol has no bar expires', () => {
    const result = play(panel, { 0: (desk) => desk.submit(order('BUY', 10)) });
    expect(result.fills.count).toBe(0);
    expect(result.orders).toEqual({ submitted: 1, filled: 0, cancelled: 0, expired: 1, rejected: {} });
    expect(result.remarks).toEqual(['orders expired because their symbol had no bar: 1']);
  });

  test('a GTC order waits for the next bar, and fills at its open', () => {
    const result = play(panel, { 0: (desk) => desk.submit(order('BUY', 10, { timeInForce: 'GTC' })) });
    expect(fillsOf(result)).toEqual([[2, 10, 12]]);
  });

  test('a holding keeps its last mark through the gap', () => {
    const held = panelOf({ AAA: [10, [10, 11, 10, 11, 1_000], null, 14] });
    const result = play(held, { 0: (desk) => desk.submit(order('BUY', 10)) }, { cashUsd: 1_000 });
    expect([...result.equity.equityUsd]).toEqual([1_000, 1_010, 1_010, 1_040]);
  });
});

describe('financing from Friday to Monday', () => {
  const days = ['2014-01-02', '2014-01-03', '2014-01-06'];
  const panel = panelOf({ AAA: [36, 36, 36] }, { days });
  const financing = { cashAnnualFrac: 0.05, marginAnnualFrac: 0.08, borrowAnnualFrac: 0.1 };

  test('idle cash earns for three days out of 360', () => {
    const result = play(panel, {}, { cashUsd: 36_000, financing });
    expect([...result.equity.cashUsd]).toEqual([36_000, 36_005, 36_005 + 15.002083333333333]);
  });

  test('what is short pays borrow on its market value', () => {
    const free = { ...financing, cashAnnualFrac: 0 };
    const result = play(
      panel,
      { 0: (desk) => desk.submit(order('SELL', 100)) },
      { cashUsd: 36_000, financing: free, ...margin(0.5, 0.25) },
    );
    expect(result.flows.borrowUsd).toBe(-3);
    expect(result.equity.equityUsd[2]).toBe(35_997);
  });

  test('cash below zero pays the margin rate', () => {
    const result = play(panel, { 0: (desk) => desk.submit(order('BUY', 150)) }, { cashUsd: 3_600, financing, ...margin(0.5, 0.25) });
    expect(result.equity.cashUsd[1]).toBeCloseTo(-1_799.5, 9);
    expect(result.flows.interestUsd).toBeCloseTo(0.5 - 1.199666666666667, 9);
  });
});

describe('costs', () => {
  test('half the spread and the slippage are in the price, the commission is on what was paid', () => {
    const panel = panelOf({ AAA: [50, 50] });
    const costs = { ...handRules().costs, spreadBps: 10, slippageBps: 5, commissionBps: 10 };
    const result = play(panel, { 0: (desk) => desk.submit(order('BUY', 100)) }, { costs });
    expect(result.fills.priceUsd[0]).toBeCloseTo(50.05, 9);
    expect(result.fills.priceCostUsd[0]).toBeCloseTo(5, 9);
    expect(result.fills.feeUsd[0]).toBeCloseTo(5.005, 9);
  });

  test('square-root impact: 1 % of the volume after twenty returns of plus and minus 10 %', () => {
    const closes = Array.from({ length: 22 }, (_, moment) => (moment % 2 === 0 ? 100 : 110));
    const panel = panelOf({ AAA: [...closes, [100, 100, 100, 100, 10_000]] });
    const costs = { ...handRules().costs, impactCoefficient: 1 };
    const result = play(panel, { 21: (desk) => desk.submit(order('BUY', 100)) }, { costs });
    expect(result.fills.priceUsd[0]).toBeCloseTo(100.97786181, 6);
    expect(result.remarks).toEqual([]);
  });

  test('a split is no volatility', () => {
    const closes = Array.from({ length: 22 }, (_, moment) => (moment % 2 === 0 ? 100 : 110) / (moment < 10 ? 1 : 2));
    const panel = panelOf({ AAA: [...closes, [50, 50, 50, 50, 10_000]] }, { basis: 'as-traded', splits: { AAA: { 10: 2 } } });
    const costs = { ...handRules().costs, impactCoefficient: 1 };
    const result = play(panel, { 21: (desk) => desk.submit(order('BUY', 100)) }, { costs });
    expect(result.fills.priceUsd[0]).toBeCloseTo(50.48893091, 6);
  });

  test('without enough bars for a volatility there is no impact, and that is said', () => {
    const costs = { ...handRules().costs, impactCoefficient: 1 };
    const result = play(panelOf({ AAA: [100, 100] }), { 0: (desk) => desk.submit(order('BUY', 100)) }, { costs });
    expect(result.fills.priceUsd[0]).toBe(100);
    expect(result.remarks).toEqual(['fills without impact, for want of 21 bars before them, of movement in those, or of volume: 1']);
  });

  test('a limit never fills beyond its limit, whatever the costs', () => {
    const costs = { ...handRules().costs, slippageBps: 200 };
    const buy = order('BUY', 10, { type: 'LIMIT', limitPriceUsd: 50.5 });
    const sell = order('SELL', 10, { type: 'LIMIT', limitPriceUsd: 49.5 });
    const result = play(panelOf({ AAA: [50, 50, 50] }), { 0: (desk) => desk.submit(buy), 1: (desk) => desk.submit(sell) }, { costs });
    expect(fillsOf(result)).toEqual([
      [1, 10, 50.5],
      [2, -10, 49.5],
    ]);
    expect([...result.fills.priceCostUsd]).toEqual([5, 5]);
  });
});
