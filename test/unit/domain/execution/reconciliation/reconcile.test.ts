/** Figures are worked out by hand from what a brokerage statement says of each activity. */
import { describe, expect, test } from 'vitest';
import type { AccountActivity } from '../../../../../shared/domain/execution/reconciliation/account-activity.ts';
import { type BrokerBooks, type LedgerBooks, reconcile } from '../../../../../shared/domain/execution/reconciliation/reconcile.ts';
import type { EpochMs, Price, Shares, Ticker, Usd } from '../../../../../shared/kernel/units.ts';

const since = 1_000 as EpochMs;
const usd = (amount: number): Usd => amount as Usd;
const held = (symbol: string, quantity: number, currentPrice = 100) => ({
  symbol: symbol as Ticker,
  quantity: quantity as Shares,
  currentPrice: currentPrice as Price,
});

const ledger = (more: Partial<LedgerBooks> = {}): LedgerBooks => ({
  cashUsd: usd(1_000),
  positions: [held('AAA', 10), held('BBB', -5)],
  booked: new Set(),
  brokerOrderIds: new Set(['ours']),
  ...more,
});
const broker = (more: Partial<BrokerBooks> = {}): BrokerBooks => ({
  cashUsd: usd(1_000),
  positions: [held('AAA', 10), held('BBB', -5)],
  activities: [],
  ...more,
});

const at = 2_000 as EpochMs;
const dividend: AccountActivity = { id: 'd1', at, kind: 'dividend', symbol: 'AAA' as Ticker, amountUsd: usd(2.4) };
const fill = (more: object = {}): AccountActivity => ({
  ...{ id: 'f1', at, kind: 'fill', brokerOrderId: 'by-hand', symbol: 'CCC' as Ticker, side: 'BUY' },
  ...{ quantity: 3 as Shares, price: 20.5 as Price },
  ...more,
});
const other = (more: object = {}): AccountActivity => ({
  ...{ id: 'o1', at, kind: 'other', brokerKind: 'MA', symbol: 'AAA' as Ticker, amountUsd: usd(0), quantity: 4 as Shares },
  ...more,
});

describe('what agrees', () => {
  test('has no difference and books nothing', () => {
    expect(reconcile(ledger(), broker(), since)).toEqual({
      adjustments: [],
      differences: [],
      unexplained: { shares: [], cashUsd: 0, cashIsOfThoseSymbols: false },
      notUnderstood: [],
      agreeing: 2,
    });
  });

  test('counts a symbol that neither side holds any more for nothing', () => {
    const before = ledger({ positions: [held('AAA', 10), held('BBB', -5), held('GONE', 0)] });
    expect(reconcile(before, broker(), since)).toMatchObject({ differences: [], agreeing: 2 });
  });

  test.each([
    ['half of the fourth decimal of a share, less a trifle', 10.000_049, 0],
    ['half of the fourth decimal of a share', 10.000_05, 0.000_05],
  ])('up to %s', (_what, quantity, unexplained) => {
    const { unexplained: rest } = reconcile(ledger(), broker({ positions: [held('AAA', quantity), held('BBB', -5)] }), since);
    expect(rest.shares).toEqual(unexplained === 0 ? [] : [{ symbol: 'AAA', shares: unexplained }]);
  });
});

describe('an activity explains', () => {
  test('a dividend: cash', () => {
    const { adjustments, differences, unexplained } = reconcile(ledger(), broker({ cashUsd: usd(1_002.4), activities: [dividend] }), since);
    expect(adjustments).toEqual([{ kind: 'dividend', symbol: 'AAA', shares: 0, cashUsd: 2.4, activityId: 'd1', at }]);
    expect(differences).toEqual([
      {
        ...{ symbol: null, ledger: 1_000, broker: 1_002.4, unexplained: 0 },
        explainedBy: [{ kind: 'dividend', activityId: 'd1', amount: 2.4 }],
      },
    ]);
    expect(unexplained).toMatchObject({ shares: [], cashUsd: 0 });
  });

  test('a split with cash in lieu of a fraction: shares and cash', () => {
    const split: AccountActivity = {
      id: 's1',
      at,
      kind: 'split',
      symbol: 'AAA' as Ticker,
      quantity: 30 as Shares,
      cashInLieuUsd: usd(1.25),
    };
    const theirs = broker({ cashUsd: usd(1_001.25), positions: [held('AAA', 40), held('BBB', -5)], activities: [split] });
    const { adjustments, differences, unexplained } = reconcile(ledger(), theirs, since);
    expect(adjustments).toEqual([{ kind: 'split', symbol: 'AAA', shares: 30, cashUsd: 1.25, activityId: 's1', at }]);
    expect(differences).toMatchObject([
      { symbol: 'AAA', ledger: 10, broker: 40, unexplained: 0 },
      { symbol: null, unexplained: 0 },
    ]);
    expect(unexplained.shares).toEqual([]);
  });

  test.each([
    ['a long', 'AAA', 10, 40],
    ['a short', 'BBB', -5, -20],
  ])('a split listed as what it takes away and what it adds, of %s: what it adds is booked first', (_what, symbol, before, after) => {
    const part = (id: string, quantity: number, time: number): AccountActivity => ({
      ...{ id, at: time as EpochMs, kind: 'split', symbol: symbol as Ticker, quantity: quantity as Shares, cashInLieuUsd: usd(0) },
    });
    const positions = [held('AAA', 10), held('BBB', -5)].map((one) => (one.symbol === symbol ? held(symbol, after) : one));
    const activities = [part('away', -before, 2_000), dividend, part('add', after, 2_500)];
    const { adjustments, unexplained } = reconcile(ledger(), broker({ cashUsd: usd(1_002.4), positions, activities }), since);
    expect(adjustments.map(({ activityId }) => activityId)).toEqual(['d1', 'add', 'away']);
    expect(unexplained).toMatchObject({ shares: [], cashUsd: 0 });
  });

  test.each(['BUY', 'SELL'] as const)('a trade somebody made by hand (%s): shares one way, their price the other', (side) => {
    const sign = side === 'BUY' ? 1 : -1;
    const theirs = broker({
      cashUsd: usd(1_000 - sign * 61.5),
      positions: [held('AAA', 10), held('BBB', -5), held('CCC', sign * 3)],
      activities: [fill({ side })],
    });
    const { adjustments, unexplained } = reconcile(ledger(), theirs, since);
    expect(adjustments).toEqual([{ kind: 'manual-trade', symbol: 'CCC', shares: sign * 3, cashUsd: -sign * 61.5, activityId: 'f1', at }]);
    expect(unexplained).toMatchObject({ shares: [], cashUsd: 0 });
  });

  test.each([
    ['transfer', -250],
    ['fee', -0.03],
    ['interest', 1.17],
  ] as const)('a %s: cash of no symbol', (kind, amount) => {
    const theirs = broker({ cashUsd: usd(1_000 + amount), activities: [{ id: 'c1', at, kind, amountUsd: usd(amount) }] });
    const { adjustments, unexplained } = reconcile(ledger(), theirs, since);
    expect(adjustments).toEqual([{ kind, shares: 0, cashUsd: amount, activityId: 'c1', at }]);
    expect(unexplained.cashUsd).toBe(0);
  });

  test('nothing a second time: what is booked is passed over, and so is one that is listed twice', () => {
    const theirs = broker({ cashUsd: usd(1_002.4), activities: [dividend, dividend] });
    expect(reconcile(ledger(), theirs, since).adjustments).toHaveLength(1);
    expect(reconcile(ledger({ cashUsd: usd(1_002.4), booked: new Set(['d1']) }), theirs, since)).toMatchObject({
      adjustments: [],
      differences: [],
    });
  });

  test('nothing when it fills an order of ours: that is booked from the order', () => {
    const bought = ledger({ cashUsd: usd(938.5), positions: [held('AAA', 10), held('BBB', -5), held('CCC', 3)] });
    const theirs = broker({ cashUsd: usd(938.5), positions: bought.positions.map((one) => ({ ...one, currentPrice: 20 as Price })) });
    expect(reconcile(bought, { ...theirs, activities: [fill({ brokerOrderId: 'ours' })] }, since)).toMatchObject({
      adjustments: [],
      differences: [],
    });
  });

  test('nothing when the broker has a word for it that this code does not know: what moved stays unexplained', () => {
    const theirs = broker({ positions: [held('AAA', 14), held('BBB', -5)], activities: [other()] });
    const { adjustments, unexplained, notUnderstood } = reconcile(ledger(), theirs, since);
    expect(adjustments).toEqual([]);
    expect(unexplained.shares).toEqual([{ symbol: 'AAA', shares: 4 }]);
    expect(notUnderstood).toEqual([other()]);
  });

  test('is booked although its symbol stays unexplained by something else', () => {
    const theirs = broker({ cashUsd: usd(1_002.4), positions: [held('AAA', 7), held('BBB', -5)], activities: [dividend] });
    const { adjustments, unexplained } = reconcile(ledger(), theirs, since);
    expect(adjustments.map(({ activityId }) => activityId)).toEqual(['d1']);
    expect(unexplained.shares).toEqual([{ symbol: 'AAA', shares: -3 }]);
  });

  test('what the broker has not shown in its position yet, the other way round', () => {
    const split: AccountActivity = { id: 's1', at, kind: 'split', symbol: 'AAA' as Ticker, quantity: 30 as Shares, cashInLieuUsd: usd(0) };
    expect(reconcile(ledger(), broker({ activities: [split] }), since).unexplained.shares).toEqual([{ symbol: 'AAA', shares: -30 }]);
  });

  test('several on one day, each by its own id, oldest first', () => {
    const later = (id: string, activity: AccountActivity): AccountActivity => ({ ...activity, id, at: 3_000 as EpochMs });
    const theirs = broker({
      cashUsd: usd(1_000 + 2.4 + 2.4 - 61.5),
      positions: [held('AAA', 10), held('BBB', -5), held('CCC', 3)],
      activities: [later('f1', fill()), later('d2', dividend), dividend],
    });
    const { adjustments, unexplained } = reconcile(ledger(), theirs, since);
    expect(adjustments.map(({ activityId }) => activityId)).toEqual(['d1', 'd2', 'f1']);
    expect(unexplained).toMatchObject({ shares: [], cashUsd: 0 });
  });
});

describe('cash that nothing explains', () => {
  const missing = (cashUsd: number, more: Partial<BrokerBooks> = {}) =>
    reconcile(ledger(), broker({ cashUsd: usd(cashUsd), ...more }), since);

  test('is no difference below half a cent', () => {
    expect(missing(1_000.004_999).differences).toEqual([]);
  });

  test.each([1_000.005, 1_000.01, 999.99])('is rounding up to a cent, and booked as such: %f', (cashUsd) => {
    const { adjustments, unexplained } = missing(cashUsd);
    const amount = Math.round((cashUsd - 1_000) * 1e6) / 1e6;
    expect(adjustments).toEqual([{ kind: 'fee', activityId: 'rounding-1000', at: since, shares: 0, cashUsd: amount }]);
    expect(unexplained.cashUsd).toBe(0);
  });

  test('is unexplained above a cent', () => {
    const { adjustments, unexplained } = missing(1_000.010_001);
    expect(adjustments).toEqual([]);
    expect(unexplained).toMatchObject({ cashUsd: 0.010_001, cashIsOfThoseSymbols: false });
  });

  test.each([
    ['half of the fourth decimal a share executed since the books agreed', 1_000, 1.010_1, 1],
    ['nothing for what was executed before', 999, 1.010_1, 0],
  ])('allows for %s', (_what, executedAt, _more, rounded) => {
    // A thousand shares at 0.00005 dollars come to five cents.
    const ours = fill({ brokerOrderId: 'ours', quantity: 1_000 as Shares, at: executedAt as EpochMs });
    expect(missing(1_000.06, { activities: [ours] }).adjustments).toHaveLength(rounded);
    expect(missing(1_000.060_001, { activities: [ours] }).unexplained.cashUsd).toBe(0.060_001);
  });

  test.each([
    ['about what the unexplained shares are worth', 1_300, 7, true],
    ['a fifth off', 1_240, 7, true],
    ['more than a fifth off', 1_239.99, 7, false],
    ['the same way as the shares', 700, 7, false],
    ['without unexplained shares', 1_300, 10, false],
  ])('is the symbol’s own when it is %s', (_what, cashUsd, quantity, its) => {
    const { unexplained } = missing(cashUsd, { positions: [held('AAA', quantity), held('BBB', -5)] });
    expect(unexplained.cashIsOfThoseSymbols).toBe(its);
  });

  test('is nobody’s where the broker has no price of the shares that are gone', () => {
    const { unexplained } = missing(2_000, { positions: [held('BBB', -5)] });
    expect(unexplained).toEqual({ shares: [{ symbol: 'AAA', shares: -10 }], cashUsd: 1_000, cashIsOfThoseSymbols: false });
  });
});

test('an account with two positions of a symbol is none', () => {
  expect(() => reconcile(ledger(), broker({ positions: [held('AAA', 5), held('AAA', 5)] }), since)).toThrow(/one position a symbol/);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('an amount of %f is refused', (cashUsd) => {
  expect(() => reconcile(ledger(), broker({ cashUsd: usd(cashUsd) }), since)).toThrow(/finite/);
});
