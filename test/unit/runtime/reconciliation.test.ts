/** A whole reconciliation over the real stores: what it books, whom it stops, what it tells, and what a crash in the middle of it leaves. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { Ticker, Usd } from '../../../shared/kernel/units.ts';
import { positionKey } from '../../../shared/stores/ledger/items.ts';
import { type ReconciliationBench, reconciliationBench } from './reconciliation-bench.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ticker = (symbol: string): Ticker => symbol as Ticker;
const byHand = (symbol: string, count: number, cents: number) => ({
  ...{ kind: 'fill' as const, brokerOrderId: 'by-hand', symbol: ticker(symbol), side: 'BUY' as const },
  ...{ quantity: count as never, price: (cents / 100) as never },
});

let bench: ReconciliationBench;
beforeEach(async () => {
  bench = await reconciliationBench();
});
afterEach(() => bench.tables.close());

const cash = async (): Promise<number> => {
  const account = await bench.ledger.account();
  return isRefusal(account) ? Number.NaN : account.cashUsd;
};
const heldOf = async (symbol: string): Promise<number> =>
  (await bench.ledger.positions()).find((position) => position.symbol === symbol)?.quantity ?? 0;

/** An order of ours that was sent, reached the broker and was filled there, at 100.00 a share. */
async function filled(orderId: string, symbol: string, quantity: number): Promise<void> {
  await bench.order(orderId, symbol, quantity);
  bench.account.works(orderId, symbol, quantity);
  bench.account.fills(orderId, quantity, 10_000);
}

describe('open orders', () => {
  test('are settled first: what was filled is booked, and the books agree', async () => {
    await filled('ballast-AAA-b-1', 'AAA', 10);
    const report = await bench.run();
    expect(report).toMatchObject({ outcome: 'agrees', agreeing: 1, differences: [], booked: [] });
    expect(report.orders.settled).toEqual([{ orderId: 'ballast-AAA-b-1', symbol: 'AAA', state: 'FILLED', filled: 10 }]);
    expect([await cash(), await heldOf('AAA')]).toEqual([999_000, 10]);
    expect(bench.told).toMatchObject([{ type: 'Reconciled', detail: { outcome: 'agrees', adjustments: 0 } }]);
  });

  test('that never arrived are closed once their sender is surely dead, and not before', async () => {
    await bench.order('ballast-AAA-b-1', 'AAA', 10);
    expect((await bench.run()).orders).toMatchObject({ stillOpen: 1, settled: [{ state: 'SUBMITTED' }] });
    bench.later(3 * MINUTE_MS);
    expect((await bench.run()).orders).toMatchObject({ stillOpen: 0, settled: [{ state: 'REJECTED' }] });
  });

  test('that were never sent are withdrawn once their sender is surely dead, and not before', async () => {
    await bench.order('ballast-AAA-b-1', 'AAA', 10, 'pending');
    expect((await bench.run()).orders).toMatchObject({ stillOpen: 1, settled: [{ state: 'PENDING' }] });
    bench.later(3 * MINUTE_MS);
    expect((await bench.run()).orders).toMatchObject({ stillOpen: 0, settled: [{ state: 'CANCELLED' }] });
  });

  test('that the broker had and has no more stop their symbol', async () => {
    await bench.order('ballast-AAA-b-1', 'AAA', 10);
    bench.account.works('ballast-AAA-b-1', 'AAA', 10);
    await bench.run();
    bench.account.orders.clear();
    expect(await bench.run()).toMatchObject({ outcome: 'stopped', stopped: [{ symbol: 'AAA', causes: ['vanished-order'] }] });
  });
});

describe('a fill that comes after its order was over', () => {
  test('is booked from the order, and its symbol is stopped', async () => {
    await filled('ballast-BBB-b-1', 'BBB', 5);
    await bench.order('ballast-AAA-b-1', 'AAA', 10);
    bench.account.works('ballast-AAA-b-1', 'AAA', 10);
    bench.account.fills('ballast-AAA-b-1', 4, 10_000);
    bench.account.ends('ballast-AAA-b-1', 'CANCELLED');
    expect((await bench.run()).outcome).toBe('agrees');
    bench.account.fills('ballast-AAA-b-1', 2, 10_100);
    bench.account.ends('ballast-AAA-b-1', 'CANCELLED');
    const report = await bench.run();
    expect(report.orders.lateFills).toEqual([{ orderId: 'ballast-AAA-b-1', symbol: 'AAA', filledBefore: 4 }]);
    expect(report.stopped).toEqual([{ symbol: 'AAA', causes: ['late-fill'] }]);
    expect([await heldOf('AAA'), await cash()]).toEqual([6, 1_000_000 - 500 - 400 - 202]);
  });

  test('of one that was taken for never arrived is no trade by hand', async () => {
    await filled('ballast-BBB-b-1', 'BBB', 5);
    await bench.order('ballast-AAA-b-1', 'AAA', 10);
    bench.later(3 * MINUTE_MS);
    expect((await bench.run()).orders.stillOpen).toBe(0);
    bench.account.works('ballast-AAA-b-1', 'AAA', 10);
    expect((await bench.run()).orders.strays).toEqual([{ clientOrderId: 'ballast-AAA-b-1', symbol: 'AAA', ours: true }]);
    expect(await bench.control.readStop({ kind: 'symbol', name: 'AAA' })).toMatchObject({ state: 'PAUSED', reason: 'stray-order' });
  });
});

test('a late fill that is booked at a look that has to be taken again is told of all the same', async () => {
  await bench.order('ballast-AAA-b-1', 'AAA', 10);
  bench.account.works('ballast-AAA-b-1', 'AAA', 10);
  bench.account.fills('ballast-AAA-b-1', 4, 10_000);
  bench.account.ends('ballast-AAA-b-1', 'CANCELLED');
  await bench.run();
  bench.account.fills('ballast-AAA-b-1', 2, 10_100);
  bench.account.ends('ballast-AAA-b-1', 'CANCELLED');
  let moves = 1;
  bench.account.before = (read) => {
    if (read === 'orderByClientId' && moves-- > 0) bench.account.happens({ kind: 'interest', amountUsd: 1 as Usd }, 100);
  };
  const report = await bench.run();
  expect(report).toMatchObject({ stopped: [{ symbol: 'AAA', causes: ['late-fill'] }], booked: [{ kind: 'interest' }] });
  expect(await heldOf('AAA')).toBe(6);
});

describe('what the broker’s activities explain', () => {
  test('is booked once, and told as such', async () => {
    await filled('ballast-AAA-b-1', 'AAA', 10);
    bench.account.happens({ kind: 'dividend', symbol: ticker('AAA'), amountUsd: 2.4 as Usd }, 240);
    bench.account.happens({ kind: 'split', symbol: ticker('AAA'), quantity: 30 as never, cashInLieuUsd: 0 as Usd }, 0, ['AAA', 30]);
    bench.account.happens({ kind: 'fee', amountUsd: -0.03 as Usd }, -3);
    expect(await bench.run()).toMatchObject({ outcome: 'explained', stopped: [] });
    expect([await heldOf('AAA'), await cash()]).toEqual([40, 999_002.37]);
    expect(await bench.run()).toMatchObject({ outcome: 'agrees', booked: [] });
    expect(bench.told.map(({ type }) => type)).toEqual(['Reconciled', 'Reconciled']);
  });

  test('is found although the broker dates it back to before the last reconciliation', async () => {
    expect((await bench.run()).outcome).toBe('agrees');
    const dated = bench.now();
    bench.later(3 * DAY_MS);
    expect((await bench.run()).outcome).toBe('agrees');
    bench.account.now = dated;
    bench.account.happens({ kind: 'interest', amountUsd: 1.17 as Usd }, 117);
    expect(await bench.run()).toMatchObject({ outcome: 'explained', booked: [{ kind: 'interest', cashUsd: 1.17 }] });
  });

  test('further back only when asked for', async () => {
    expect((await bench.run()).outcome).toBe('agrees');
    const dated = bench.now();
    bench.later(20 * DAY_MS);
    await bench.run();
    bench.account.now = dated;
    bench.account.happens({ kind: 'interest', amountUsd: 1.17 as Usd }, 117);
    expect((await bench.run()).outcome).toBe('refused');
    expect(await bench.run('looks-back', new Date(dated).toISOString())).toMatchObject({ outcome: 'explained' });
  });

  test('is found in a fund that was taken back in time, to sessions before the last reconciliation', async () => {
    // A simulated clock stands between two milliseconds after a retry.
    bench.later(30 * DAY_MS + 0.25);
    await bench.run();
    bench.later(-20 * DAY_MS);
    bench.account.happens({ kind: 'interest', amountUsd: 1.17 as Usd }, 117);
    expect(await bench.run()).toMatchObject({ outcome: 'explained' });
  });

  test('was in the opening cash when the books agree without it before the first reconciliation', async () => {
    bench.account.now = bench.now();
    bench.account.happens({ kind: 'transfer', amountUsd: 1_000_000 as Usd }, 0);
    expect(await bench.run()).toMatchObject({ outcome: 'agrees', booked: [] });
    expect(await bench.run()).toMatchObject({ outcome: 'agrees', booked: [] });
  });
});

describe('a trade by hand', () => {
  test('is booked, and its symbol is stopped until a person resumes it', async () => {
    bench.account.happens(byHand('CCC', 3, 2_050), -6_150, ['CCC', 3]);
    expect(await bench.run()).toMatchObject({ outcome: 'stopped', stopped: [{ symbol: 'CCC', causes: ['manual-trade'] }] });
    expect([await heldOf('CCC'), await cash()]).toEqual([3, 999_938.5]);
    expect(await bench.control.readStop({ kind: 'symbol', name: 'CCC' })).toMatchObject({ state: 'PAUSED', reason: 'manual-trade' });
    expect(bench.told).toMatchObject([{ type: 'ReconciliationFailed', detail: { outcome: 'stopped', symbols: ['CCC'] } }]);
    expect(await bench.run()).toMatchObject({ outcome: 'agrees', stopped: [] });
  });

  test('does not loosen a halt that a person put on the symbol', async () => {
    const halt = { state: 'HALTED', reason: 'by hand', actor: 'operator/me', at: bench.now() } as const;
    await bench.control.change({ kind: 'symbol', name: 'CCC' }, halt);
    bench.account.happens(byHand('CCC', 3, 2_050), -6_150, ['CCC', 3]);
    await bench.run();
    expect(await bench.control.readStop({ kind: 'symbol', name: 'CCC' })).toMatchObject({ state: 'HALTED', reason: 'by hand' });
  });
});

describe('what nothing explains', () => {
  test('shares stop their symbol; the cash that was their price is not the fund’s', async () => {
    await filled('ballast-AAA-b-1', 'AAA', 10);
    bench.account.moves(40_000, ['AAA', -4]);
    const report = await bench.run();
    expect(report).toMatchObject({
      outcome: 'stopped',
      unexplained: { shares: [{ symbol: 'AAA', shares: -4 }], cashUsd: 400, cashIsOfThoseSymbols: true },
      stopped: [{ symbol: 'AAA', causes: ['unexplained-shares'] }],
    });
    expect(await heldOf('AAA')).toBe(10);
    expect((await bench.run()).outcome).toBe('stopped');
  });

  test('cash refuses the cycle, at every reconciliation until it is explained', async () => {
    bench.account.moves(-12_345);
    expect(await bench.run()).toMatchObject({ outcome: 'refused', unexplained: { cashUsd: -123.45 }, stopped: [] });
    expect(bench.told).toMatchObject([{ type: 'ReconciliationFailed', detail: { outcome: 'refused', unexplainedCashUsd: -123.45 } }]);
    expect((await bench.run()).outcome).toBe('refused');
    bench.account.happens({ kind: 'fee', amountUsd: -123.45 as Usd }, 0);
    expect((await bench.run()).outcome).toBe('explained');
  });

  test('a word of the broker’s that is not understood stops its symbol, once', async () => {
    await filled('ballast-AAA-b-1', 'AAA', 10);
    const merger = { kind: 'other' as const, brokerKind: 'MA', symbol: ticker('AAA'), amountUsd: 0 as Usd, quantity: 0 as never };
    bench.account.happens(merger, 0);
    expect(await bench.run()).toMatchObject({
      stopped: [{ symbol: 'AAA', causes: ['activity-not-understood'] }],
      notUnderstood: [{ brokerKind: 'MA', symbol: 'AAA' }],
    });
    expect(await bench.run()).toMatchObject({ outcome: 'agrees', stopped: [] });
  });
});

describe('an account that moves while it is looked at', () => {
  test('is looked at again, and a fill in between is no difference', async () => {
    await bench.order('ballast-AAA-b-1', 'AAA', 10);
    bench.account.works('ballast-AAA-b-1', 'AAA', 10);
    bench.account.before = (read, nth) => {
      if (read === 'activities' && nth === 1) bench.account.fills('ballast-AAA-b-1', 6, 10_000);
    };
    expect(await bench.run()).toMatchObject({ outcome: 'agrees', stopped: [], orders: { settled: [{ filled: 6 }] } });
    expect(await heldOf('AAA')).toBe(6);
  });

  test('at every look is asked about again later', async () => {
    await bench.order('ballast-AAA-b-1', 'AAA', 100);
    bench.account.works('ballast-AAA-b-1', 'AAA', 100);
    bench.account.before = (read) => {
      if (read === 'activities') bench.account.fills('ballast-AAA-b-1', 1, 10_000);
    };
    await expect(bench.run()).rejects.toThrow(TransientFailure);
    expect(bench.told).toEqual([]);
  });

  test('and a broker that lets nobody in is asked again later', async () => {
    bench.account.refusing = true;
    await expect(bench.run()).rejects.toThrow(TransientFailure);
  });
});

describe('a ledger that does not add up', () => {
  test('to its own entries halts, whatever the broker says', async () => {
    await filled('ballast-AAA-b-1', 'AAA', 10);
    await bench.run();
    await bench.tables
      .table('ledger')
      .update(positionKey(ticker('AAA')), { UpdateExpression: 'SET quantity = :more', values: { ':more': 11 } });
    bench.account.moves(0, ['AAA', 1]);
    await expect(bench.run()).rejects.toThrow(InvariantViolation);
  });

  test('without a cash account is refused', async () => {
    await bench.tables.remove('ledger', { pk: 'account', sk: 'cash' });
    await expect(bench.run()).rejects.toThrow('refused: not-found');
  });
});

describe('a reconciliation that dies', () => {
  test('before people were told books nothing; the next attempt finds the same and tells of it', async () => {
    bench.account.happens(byHand('CCC', 3, 2_050), -6_150, ['CCC', 3]);
    bench.failPublishing();
    await expect(bench.run('evening')).rejects.toThrow('the bus is away');
    expect([await heldOf('CCC'), await cash()]).toEqual([0, 1_000_000]);
    expect(await bench.control.readStop({ kind: 'symbol', name: 'CCC' })).toMatchObject({ state: 'PAUSED' });
    await bench.run('next-morning');
    expect(bench.told).toMatchObject([{ type: 'ReconciliationFailed', detail: { symbols: ['CCC'] } }]);
    expect([await heldOf('CCC'), await cash()]).toEqual([3, 999_938.5]);
  });

  test('while it books goes on where it stopped, and its report tells of both attempts', async () => {
    bench.account.happens(byHand('CCC', 3, 2_050), -6_150, ['CCC', 3]);
    bench.account.happens({ kind: 'interest', amountUsd: 1.17 as Usd }, 117);
    let bookings = 0;
    const book = bench.ledger.recordAdjustment.bind(bench.ledger);
    bench.ledger.recordAdjustment = async (adjustment) => {
      if (++bookings === 2) throw new Error('died');
      return book(adjustment);
    };
    await expect(bench.run('evening')).rejects.toThrow('died');
    const report = await bench.run('evening');
    expect(report).toMatchObject({ outcome: 'stopped', stopped: [{ symbol: 'CCC' }] });
    expect(report.booked.map(({ kind }) => kind).sort()).toEqual(['interest', 'manual-trade']);
    expect([await heldOf('CCC'), await cash()]).toEqual([3, 999_939.67]);
    expect(new Set(bench.told.map(({ detail }) => 'eventId' in detail && detail.eventId)).size).toBe(1);
    expect(await bench.reconciliations.latest()).toEqual(report);
  });
});
