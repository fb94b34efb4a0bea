/**
 * Contract cards of the ledger's entries, on the local DynamoDB through the real SDK.
 *
 * LED-50 what is no order of ours is booked once for each activity of the broker
 * LED-51 dividends, fees, interest and transfers move cash; splits move shares at no cost; manual trades move both
 * LED-52 an execution taken back goes the way it came, once, and a second execution to the same total is booked
 * LED-53 holdings and cash rebuilt from the entries alone equal the ledger's own, whatever was booked in whatever order
 * LED-54 an adjustment that makes no sense, or has no account to move, is not booked
 * LED-55 a report that cannot be read blocks and books nothing
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochMs, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import type { Adjustment } from '../../../shared/stores/ledger/index.ts';
import { at, begun, evidence, key, type LedgerBench, later, ledgerBench, stored } from './ledger-on-local-dynamodb.ts';

let bench: LedgerBench;

beforeEach(async () => {
  bench = await ledgerBench();
  await bench.ledger.openAccount(100_000 as Usd, at);
});
afterEach(() => bench.close());

const good = 'GOOD' as Ticker;
const adjustment = (activityId: string, over: Partial<Adjustment>): Adjustment => ({
  ...{ kind: 'dividend', shares: 0 as Shares, cashUsd: 0 as Usd, activityId, at },
  ...over,
});

/** What the ledger keeps, in the form that rebuilding gives. */
async function kept() {
  const positions = (await bench.ledger.positions()).filter(({ symbol }) => symbol !== 'NONE');
  return {
    account: await bench.ledger.account(),
    positions: positions.map(({ symbol, quantity, costUsd, realisedUsd }) => ({ symbol, quantity, costUsd, realisedUsd })),
  };
}

async function expectRebuilt(): Promise<void> {
  const rebuilt = await bench.ledger.rebuiltFromEntries();
  if (isRefusal(rebuilt)) throw new Error(rebuilt.reason);
  expect(rebuilt).toEqual(await kept());
}

async function bought(orderId: string, quantity: number, price: number): Promise<void> {
  await begun(bench, orderId, { quantity: quantity as Shares });
  await bench.ledger.recordEvidence(key(orderId), { ...evidence('FILLED', quantity, price), brokerOrderId: `b-${orderId}` }, at);
}

describe('adjustments', () => {
  test('LED-50 are booked once for each activity, also by two at once', async () => {
    const dividend = adjustment('a-1', { symbol: good, cashUsd: 12.34 as Usd });
    const booked = await Promise.all([bench.ledger, bench.otherLedger].map((ledger) => ledger.recordAdjustment(dividend)));
    expect(booked.map(({ kind }) => kind).sort()).toEqual(['already-booked', 'booked']);
    expect(await bench.ledger.recordAdjustment(dividend)).toEqual({ kind: 'already-booked' });
    expect(await bench.ledger.account()).toEqual({ cashUsd: 100_012.34, realisedUsd: 0 });
    await expectRebuilt();
  });

  test('LED-51 move what their kind moves', async () => {
    await bought('one', 10, 100);
    const cash = [adjustment('fee', { kind: 'fee', cashUsd: -1.5 as Usd }), adjustment('int', { kind: 'interest', cashUsd: 0.25 as Usd })];
    for (const one of [...cash, adjustment('wire', { kind: 'transfer', cashUsd: 1000 as Usd })]) await bench.ledger.recordAdjustment(one);
    expect(await bench.ledger.account()).toEqual({ cashUsd: 99_998.75, realisedUsd: 0 });

    await bench.ledger.recordAdjustment(adjustment('split', { kind: 'split', symbol: good, shares: 30 as Shares, cashUsd: 4 as Usd }));
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 40, costUsd: 996, realisedUsd: 0 }]);
    const sale = adjustment('sale', { kind: 'manual-trade', symbol: good, shares: -20 as Shares, cashUsd: 600 as Usd });
    await bench.ledger.recordAdjustment(sale);
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 20, costUsd: 498, realisedUsd: 102 }]);
    expect(await bench.ledger.account()).toEqual({ cashUsd: 100_602.75, realisedUsd: 102 });
    await expectRebuilt();
  });

  test('LED-51 a reverse split that leaves nothing realises the cost', async () => {
    await bought('one', 10, 100);
    await bench.ledger.recordAdjustment(adjustment('split', { kind: 'split', symbol: good, shares: -10 as Shares, cashUsd: 950 as Usd }));
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 0, costUsd: 0, realisedUsd: -50 }]);
    await expectRebuilt();
  });

  test('LED-54 that make no sense are not booked', async () => {
    const nonsense: Partial<Adjustment>[] = [
      { kind: 'dividend', shares: 1 as Shares },
      { kind: 'split', shares: 1 as Shares },
      { kind: 'manual-trade', symbol: good, cashUsd: 1 as Usd },
      { kind: 'transfer', cashUsd: Number.NaN as Usd },
      { activityId: '' },
    ];
    for (const over of nonsense) await expect(bench.ledger.recordAdjustment(adjustment('x', over))).rejects.toThrow(ContractViolation);
    const fresh = await ledgerBench();
    await expect(fresh.ledger.recordAdjustment(adjustment('x', { cashUsd: 1 as Usd }))).rejects.toThrow('the cash account is opened');
    expect(await fresh.ledger.rebuiltFromEntries()).toMatchObject({ reason: 'not-found' });
    fresh.close();
  });
});

describe('executions', () => {
  test('LED-52 taken back go the way they came, once', async () => {
    await begun(bench, 'one');
    await bench.ledger.recordEvidence(key('one'), evidence('PARTIAL', 6, 100), at);
    const bust = { executionId: 'x-1', quantity: 6, priceUsd: 100, at: later(1000) };
    expect(await bench.ledger.recordBust(key('one'), bust, at)).toMatchObject({ kind: 'moved', closed: false });
    expect(await bench.ledger.recordBust(key('one'), bust, at)).toEqual({ kind: 'unchanged', incidents: [] });
    expect(await stored(bench, 'one')).toMatchObject({ state: 'PARTIAL', cumulativeQuantity: 0, busts: [bust] });
    expect(await stored(bench, 'one')).not.toHaveProperty('averagePrice');
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 0, costUsd: 0 }]);
    expect(await bench.ledger.account()).toEqual({ cashUsd: 100_000, realisedUsd: 0 });

    const again = { ...evidence('PARTIAL', 6, 101), updatedAt: later(2000) };
    await bench.ledger.recordEvidence(key('one'), again, at);
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 6, costUsd: 606 }]);
    await expectRebuilt();
  });

  test('LED-55 without a price book nothing, and mark the order until there is one', async () => {
    await begun(bench, 'one');
    expect(await bench.ledger.recordEvidence(key('one'), evidence('FILLED', 10), at)).toMatchObject({
      ...{ kind: 'moved', closed: false, incidents: ['fill-without-price'], order: { state: 'SUBMITTED', statusUnknown: true } },
    });
    expect(await bench.ledger.openOrders()).toMatchObject([{ statusUnknown: true, cumulativeQuantity: 0 }]);
    expect(await bench.ledger.recordEvidence(key('one'), evidence('FILLED', 10), at)).toMatchObject({ kind: 'unchanged' });
    await bench.ledger.recordEvidence(key('one'), evidence('FILLED', 10, 100), at);
    expect(await stored(bench, 'one')).toMatchObject({ state: 'FILLED', cumulativeQuantity: 10 });
    expect(await stored(bench, 'one')).not.toHaveProperty('statusUnknown');
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 10, openOrders: 0 }]);
  });

  test('LED-53 and adjustments rebuild the books, whatever was booked in whatever order', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('fill' as const),
        side: fc.constantFrom('BUY' as const, 'SELL' as const),
        cents: fc.integer({ min: 1, max: 99_999 }),
        lots: fc.integer({ min: 1, max: 50_000 }),
        symbol: fc.constantFrom('AA', 'BB'),
      }),
      fc.record({
        kind: fc.constantFrom('split' as const, 'manual-trade' as const),
        lots: fc.integer({ min: -50_000, max: 50_000 }).filter((lots) => lots !== 0),
        cents: fc.integer({ min: -9999, max: 9999 }),
        symbol: fc.constantFrom('AA', 'BB'),
      }),
      fc.record({ kind: fc.constantFrom('dividend' as const, 'fee' as const), cents: fc.integer({ min: -9999, max: 9999 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        bench.close();
        bench = await ledgerBench();
        await bench.ledger.openAccount(100_000 as Usd, at);
        for (const [i, one] of steps.entries()) {
          const cashUsd = (one.cents / 100) as Usd;
          if (one.kind === 'fill') {
            const [symbol, quantity] = [one.symbol as Ticker, (one.lots / 1e4) as Shares];
            await begun(bench, `o-${i}`, { symbol, quantity, side: one.side });
            await bench.ledger.recordEvidence(key(`o-${i}`), { ...evidence('FILLED', quantity, cashUsd), brokerOrderId: `b-${i}` }, at);
          } else if (!('lots' in one)) {
            await bench.ledger.recordAdjustment(adjustment(`a-${i}`, { kind: one.kind, cashUsd, at: (at - i) as EpochMs }));
          } else {
            const shares = (one.lots / 1e4) as Shares;
            await bench.ledger.recordAdjustment(adjustment(`a-${i}`, { kind: one.kind, symbol: one.symbol as Ticker, shares, cashUsd }));
          }
        }
        await expectRebuilt();
      }),
      { numRuns: 15 },
    );
  });
});
