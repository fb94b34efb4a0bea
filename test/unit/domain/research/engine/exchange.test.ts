import { describe, expect, test } from 'vitest';
import { freeCosts } from '../../../../../shared/domain/research/rules.ts';
import { SIGNAL, type SignalStrategy } from '../../../../../shared/domain/research/strategy.ts';
import { ContractViolation } from '../../../../../shared/kernel/errors.ts';
import { handRules, panelOf } from '../../../../support/research/hand-panel.ts';
import { answered, fillsOf, order, play } from '../../../../support/research/scripted.ts';

const flat = panelOf({ AAA: [10, 10, 10, 10], BBB: [10, 10, 10, 10] });

describe('one sequence', () => {
  test('sells go before buys, then by symbol, so that what is sold pays for what is bought', () => {
    const result = play(
      flat,
      {
        0: (desk) => desk.submit(order('BUY', 100, { symbol: 1 })),
        1: (desk) => {
          desk.submit(order('BUY', 100, { symbol: 0 }));
          desk.submit(order('SELL', 100, { symbol: 1 }));
        },
      },
      { cashUsd: 1_000 },
    );
    expect([...result.fills.symbol]).toEqual([1, 1, 0]);
    expect(result.equity.cashUsd.at(-1)).toBe(0);
  });
});

describe('a cash account', () => {
  test('cuts a buy to what the cash pays for, commission included, and cancels the rest', () => {
    const costs = { ...freeCosts, commissionBps: 100 };
    const result = play(flat, { 0: (desk) => desk.submit(order('BUY', 200)) }, { cashUsd: 1_010, wholeShares: true, costs });
    expect(fillsOf(result)).toEqual([[1, 100, 10]]);
    expect(result.equity.cashUsd.at(-1)).toBe(0);
    expect(result.orders).toMatchObject({ filled: 1, cancelled: 1 });
    expect(result.remarks).toEqual(['buys cut to what the cash paid for: 1']);
  });

  test('rejects a buy that it cannot pay a share of', () => {
    const result = play(flat, { 0: (desk) => desk.submit(order('BUY', 2)) }, { cashUsd: 9, wholeShares: true });
    expect(result.orders.rejected).toEqual({ 'insufficient-cash': 1 });
  });

  test('sells no more than it holds, and rejects a sell of nothing', () => {
    const result = play(flat, {
      0: (desk) => desk.submit(order('BUY', 5)),
      1: (desk) => desk.submit(order('SELL', 8)),
      2: (desk) => desk.submit(order('SELL', 8)),
    });
    expect(fillsOf(result)).toEqual([
      [1, 5, 10],
      [2, -5, 10],
    ]);
    expect(result.orders).toMatchObject({ cancelled: 1, rejected: { 'no-shares-to-sell': 1 } });
  });

  test('pays the minimum commission out of the same cash', () => {
    const costs = { ...freeCosts, commissionUsdMin: 10 };
    const result = play(flat, { 0: (desk) => desk.submit(order('BUY', 200)) }, { cashUsd: 1_000, costs });
    expect(fillsOf(result)).toEqual([[1, 99, 10]]);
  });
});

describe('time in force', () => {
  const thin = panelOf({ AAA: [10, [10, 10, 10, 10, 100], [10, 10, 10, 10, 1_000], 10] });
  const capped = { participationFracMax: 0.5 };

  test('IOC takes what the first bar has and cancels the rest', () => {
    const result = play(thin, { 0: (desk) => desk.submit(order('BUY', 80, { timeInForce: 'IOC' })) }, capped);
    expect(fillsOf(result)).toEqual([[1, 50, 10]]);
    expect(result.orders).toMatchObject({ filled: 1, cancelled: 1 });
  });

  test('FOK takes all or nothing', () => {
    const whole = play(thin, { 0: (desk) => desk.submit(order('BUY', 50, { timeInForce: 'FOK' })) }, capped);
    const none = play(thin, { 0: (desk) => desk.submit(order('BUY', 51, { timeInForce: 'FOK' })) }, capped);
    expect(fillsOf(whole)).toEqual([[1, 50, 10]]);
    expect(none.orders).toMatchObject({ filled: 0, cancelled: 1 });
  });

  test('IOC finds no bar and is cancelled', () => {
    const gap = panelOf({ AAA: [10, null, 10], BBB: [1, 1, 1] });
    const result = play(gap, { 0: (desk) => desk.submit(order('BUY', 5, { timeInForce: 'IOC' })) });
    expect(result.orders).toMatchObject({ filled: 0, cancelled: 1 });
  });

  test('a resting DAY order of minutes works until its session ends, also over a minute without a trade', () => {
    const minutes = panelOf(
      { AAA: [10, null, 9, 9, 9], BBB: [1, 1, 1, 1, 1] },
      { days: ['2014-01-02', '2014-01-02', '2014-01-02', '2014-01-02', '2014-01-03'], endMinutes: [571, 572, 573, 960, 571] },
    );
    const patient = order('BUY', 5, { type: 'LIMIT', limitPriceUsd: 9.5 });
    const tooLow = order('BUY', 5, { type: 'LIMIT', limitPriceUsd: 8 });
    const result = play(minutes, {
      0: (desk) => {
        desk.submit(patient);
        desk.submit(tooLow);
      },
    });
    expect(fillsOf(result)).toEqual([[2, 5, 9]]);
    expect(result.orders.expired).toBe(1);
  });
});

describe('the desk', () => {
  test('cancels, and says what works', () => {
    const seen: Array<readonly number[]> = [];
    const low = order('BUY', 5, { type: 'LIMIT', limitPriceUsd: 1, timeInForce: 'GTC' });
    const result = play(flat, {
      0: (desk) => {
        const first = desk.submit(low);
        desk.submit(low);
        desk.cancel(first);
      },
      1: (desk) => {
        seen.push(desk.working(0), desk.working(1));
        desk.cancel(99);
      },
    });
    expect(seen).toEqual([[1], []]);
    expect(result.orders).toMatchObject({ submitted: 2, cancelled: 1, filled: 0 });
  });

  test('replaces shares and limit of an order that works, and cancels one that has filled more', () => {
    const thin = panelOf({ AAA: [10, [10, 10, 10, 10, 20], [12, 12, 12, 12, 200], 12] });
    const result = play(
      thin,
      {
        0: (desk) => desk.submit(order('BUY', 50, { type: 'LIMIT', limitPriceUsd: 10, timeInForce: 'GTC' })),
        1: (desk) => desk.replace(0, 30, 12),
      },
      { participationFracMax: 0.5 },
    );
    expect(fillsOf(result)).toEqual([
      [1, 10, 10],
      [2, 20, 12],
    ]);
    const fewer = play(
      thin,
      {
        0: (desk) => desk.submit(order('BUY', 50, { timeInForce: 'GTC' })),
        1: (desk) => desk.replace(0, 10),
      },
      { participationFracMax: 0.5 },
    );
    expect(fewer.orders).toMatchObject({ filled: 1, cancelled: 1 });
  });

  test('targets a part of equity at the close; through zero in two orders', () => {
    const result = play(
      flat,
      {
        0: (desk) => desk.target(0, 0.5),
        1: (desk) => desk.target(0, -0.25),
        2: (desk) => desk.target(0, 0),
      },
      { cashUsd: 1_000, allowShort: true, account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.25 } },
    );
    expect(fillsOf(result)).toEqual([
      [1, 50, 10],
      [2, -50, 10],
      [2, -25, 10],
      [3, 25, 10],
    ]);
    expect([...result.trades.signedShares]).toEqual([50, -25]);
  });

  test('an order of less than one share is rejected where orders are whole shares', () => {
    const result = play(flat, { 0: (desk) => desk.submit(order('BUY', 0.9)) }, { wholeShares: true });
    expect(result.orders.rejected).toEqual({ 'less-than-one-share': 1 });
  });

  test.each([
    ['no shares', order('BUY', 0)],
    ['shares that are no number', order('BUY', Number.NaN)],
    ['an unknown symbol', order('BUY', 1, { symbol: 2 })],
    ['a LIMIT without a limit', order('BUY', 1, { type: 'LIMIT' })],
    ['a MARKET with a limit', order('BUY', 1, { limitPriceUsd: 3 })],
    ['a STOP without a stop', order('BUY', 1, { type: 'STOP' })],
  ])('throws for %s', (_what, request) => {
    expect(() => play(flat, { 0: (desk) => desk.submit(request) })).toThrow(ContractViolation);
  });
});

describe('with signal-close', () => {
  test('a market order fills at the close that it was decided on; a limit waits for the next bar', () => {
    const panel = panelOf({
      AAA: [
        [10, 10, 10, 11, 100],
        [12, 12, 10.5, 12, 100],
      ],
    });
    const result = play(
      panel,
      {
        0: (desk) => {
          desk.submit(order('BUY', 1));
          desk.submit(order('BUY', 1, { type: 'LIMIT', limitPriceUsd: 11 }));
        },
      },
      { fill: 'signal-close' },
    );
    expect(fillsOf(result)).toEqual([
      [0, 1, 11],
      [1, 1, 11],
    ]);
    expect(result.equity.longUsd[0]).toBe(11);
  });
});

describe('initial margin', () => {
  const margin = { allowShort: true, account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.25 } } as const;

  test('counts what a flip closes before what it opens', () => {
    const through = (weight: number) =>
      play(flat, { 0: (desk) => desk.target(0, 1), 1: (desk) => desk.target(0, weight) }, { cashUsd: 10_000, ...margin });
    expect(through(-1.9).orders.rejected).toEqual({});
    const tooFar = through(-2.5);
    expect(tooFar.orders.rejected).toEqual({ 'initial-margin': 1 });
    expect(tooFar.equity.shortUsd.at(-1)).toBe(0);
  });

  test('counts a resting order that would add exposure in full', () => {
    const resting = order('BUY', 1_500, { type: 'LIMIT', limitPriceUsd: 5, timeInForce: 'GTC' });
    const result = play(
      flat,
      { 0: (desk) => desk.submit(resting), 1: (desk) => desk.submit(order('BUY', 600)) },
      { cashUsd: 10_000, ...margin },
    );
    expect(result.orders.rejected).toEqual({ 'initial-margin': 1 });
  });

  test('does not admit what has no price to be measured by', () => {
    const late = panelOf({ AAA: [null, 10, 10], BBB: [1, 1, 1] });
    const result = play(late, { 0: (desk) => desk.submit(order('BUY', 1)) }, { cashUsd: 10_000, ...margin });
    expect(result.orders.rejected).toEqual({ 'initial-margin': 1 });
  });
});

describe('in a margin call', () => {
  const { long, flat: out, none } = SIGNAL;

  test('an exit that waits in a gap goes on, and with the cut sells no more than is held', () => {
    const panel = panelOf({ AAA: [100, 100, 60, null, 50, 50], BBB: [1, 1, 1, 1, 1, 1] });
    const strategy: SignalStrategy = {
      ...{ kind: 'signal', name: 'in-and-out', about: 'Of a test.', source: 'the test', parameters: {} },
      signal: ({ symbol, day }) => Uint8Array.from(day, (_, bar) => (symbol === 'AAA' ? ([long, none, out][bar] ?? none) : none)),
    };
    const rules = handRules({
      ...{ cashUsd: 10_000, sizing: { kind: 'shares', shares: 190 }, allowShort: true },
      account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.4 },
    });
    const result = answered({ panel, strategy, parameters: {}, rules, membership: null });
    expect(result.fills.signedShares.reduce((sum, shares) => sum + shares, 0)).toBeCloseTo(0, 9);
    expect(result.equity.cashUsd.at(-1)).toBeCloseTo(500, 9);
    expect(result.equity.shortUsd.every((usd) => usd === 0)).toBe(true);
  });
});
