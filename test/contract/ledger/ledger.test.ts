/**
 * Contract cards of the order ledger, on the local DynamoDB through the real SDK.
 *
 * LED-01 an intent is written before anything is sent, and is found by cycle and among the open orders
 * LED-02 no intent is written unless the control item says RUNNING at the epoch the cycle read
 * LED-03 under REDUCE_ONLY only orders that take risk off are written
 * LED-04 a holder whose lease token was passed on writes nothing
 * LED-05 the same intent is written once
 * LED-06 a symbol has at most so many open orders, and a final order gives its place back
 * LED-07 an execution moves order, holding, cash and realised gain together
 * LED-08 the same evidence twice, or old evidence after new, changes nothing
 * LED-09 a lost reply keeps the reservation until the broker has spoken
 * LED-10 shares executed after the order was final are booked and reported as an incident
 * LED-11 two writers of the same evidence book it once
 * LED-12 many orders of a cycle are recorded in few calls
 * LED-13 money never drifts: a hundred small executions sum exactly
 * LED-14 an execution without a cash account is refused, not lost
 *
 * What lets an order go out is in reservation.test.ts, replacing in replacement.test.ts, entries and adjustments in entries.test.ts.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { at, begun, cycleId, evidence, intent, key, type LedgerBench, ledgerBench, reserved } from './ledger-on-local-dynamodb.ts';

let bench: LedgerBench;
const reserve = (orderId: string, over: Parameters<typeof intent>[1] = {}) =>
  bench.ledger.reserveOrder(intent(orderId, over), bench.guard, at);

beforeEach(async () => {
  bench = await ledgerBench();
  await bench.ledger.openAccount(100_000 as Usd, at);
});
afterEach(() => bench.close());

describe('order ledger', () => {
  test('LED-01 an intent is written before anything is sent, and is found by cycle and among the open orders', async () => {
    const order = await reserved(bench, 'one');
    expect(order).toMatchObject({ state: 'PENDING', pending: 'none', cumulativeQuantity: 0, version: 1 });
    expect(order).not.toHaveProperty('sentAt');
    expect(await bench.ledger.ordersOfCycle(cycleId)).toEqual([order]);
    expect(await bench.ledger.openOrders()).toEqual([order]);
    expect(await bench.ledger.order(key('one'))).toEqual(order);
    expect(await bench.ledger.positions()).toMatchObject([{ symbol: 'GOOD', quantity: 0, openOrders: 1, reservedUsd: 1100.1 }]);
  });

  test.each([
    ['paused', () => bench.setControl('PAUSED', 7)],
    ['halted', () => bench.setControl('HALTED', 7)],
    ['running again under a later epoch', () => bench.setControl('RUNNING', 8)],
    ['garbled', () => bench.garbleControl()],
    ['deleted', () => bench.removeControl()],
  ])('LED-02 no intent is written while the control item is %s', async (_state, change) => {
    await change();
    expect(await reserve('one')).toMatchObject({ kind: 'refused', reason: 'control-not-running' });
    expect(await bench.ledger.openOrders()).toEqual([]);
    expect(await bench.ledger.positions()).toEqual([]);
  });

  test('LED-03 under REDUCE_ONLY only orders that take risk off are written', async () => {
    await bench.setControl('REDUCE_ONLY', 7);
    expect(await reserve('grow')).toMatchObject({ reason: 'control-not-running' });
    expect(await reserve('shrink', { reducing: true, side: 'SELL' })).toMatchObject({ state: 'PENDING' });
  });

  test('LED-04 a holder whose lease token was passed on writes nothing', async () => {
    await bench.setLease(4);
    expect(await reserve('one')).toMatchObject({ kind: 'refused', reason: 'lease-lost' });
  });

  test('LED-05 the same intent is written once', async () => {
    await reserved(bench, 'one');
    const again = await bench.ledger.reserveOrder(intent('one'), bench.guard, (at + 1000) as typeof at);
    expect(again).toMatchObject({ kind: 'refused', reason: 'already-reserved' });
    expect(await bench.ledger.positions()).toMatchObject([{ openOrders: 1 }]);
  });

  test('LED-06 a symbol has at most so many open orders, and a final order gives its place back', async () => {
    await begun(bench, 'one');
    await reserved(bench, 'two');
    expect(await reserve('three')).toMatchObject({ kind: 'refused', reason: 'too-many-open-orders' });
    await bench.ledger.recordRejection(key('one'), 'insufficient buying power', at);
    await bench.ledger.withdraw(key('two'), 'paused before it was sent', at);
    await reserved(bench, 'three');
    expect(await bench.ledger.positions()).toMatchObject([{ openOrders: 1, reservedUsd: 1100.1 }]);
    expect((await bench.ledger.openOrders()).map(({ orderId }) => orderId)).toEqual(['three']);
    expect(await bench.ledger.order(key('one'))).toMatchObject({
      ...{ state: 'REJECTED', note: 'insufficient buying power', closedBy: 'broker-refusal' },
    });
    expect(await bench.ledger.order(key('two'))).toMatchObject({ state: 'CANCELLED', closedBy: 'never-sent' });
  });

  test('LED-07 an execution moves order, holding, cash and realised gain together', async () => {
    await begun(bench, 'buy');
    await bench.ledger.recordEvidence(key('buy'), evidence('PARTIAL', 4, 100), at);
    expect(await bench.ledger.order(key('buy'))).toMatchObject({ state: 'PARTIAL', cumulativeQuantity: 4, averagePrice: 100 });
    await bench.ledger.recordEvidence(key('buy'), evidence('FILLED', 10, 102), at);
    expect(await bench.ledger.positions()).toMatchObject([
      { quantity: 10, costUsd: 1020, averageCost: 102, openOrders: 0, reservedUsd: 0 },
    ]);
    expect(await bench.ledger.account()).toEqual({ cashUsd: 98_980, realisedUsd: 0 });

    await begun(bench, 'sell', { side: 'SELL', quantity: 15 as Shares });
    await bench.ledger.recordEvidence(key('sell'), { ...evidence('FILLED', 15, 110), brokerOrderId: 'b-2' }, at);
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: -5, costUsd: -550, averageCost: 110, realisedUsd: 80 }]);
    expect(await bench.ledger.account()).toEqual({ cashUsd: 98_980 + 1650, realisedUsd: 80 });
    expect(await bench.ledger.openOrders()).toEqual([]);
  });

  test('LED-08 the same evidence twice, or old evidence after new, changes nothing', async () => {
    await begun(bench, 'buy');
    await bench.ledger.recordEvidence(key('buy'), evidence('FILLED', 10, 102), at);
    const after = [await bench.ledger.order(key('buy')), await bench.ledger.positions(), await bench.ledger.account()];
    for (const late of [evidence('FILLED', 10, 102), evidence('PARTIAL', 4, 100), evidence('ACKNOWLEDGED', 0)]) {
      expect(await bench.ledger.recordEvidence(key('buy'), late, at)).toMatchObject({ kind: 'unchanged' });
    }
    expect(await bench.ledger.recordRejection(key('buy'), 'late', at)).toEqual({ kind: 'unchanged', incidents: [] });
    expect([await bench.ledger.order(key('buy')), await bench.ledger.positions(), await bench.ledger.account()]).toEqual(after);
  });

  test('LED-08 a contradiction is noted on the order, once, and moves neither shares nor cash', async () => {
    await begun(bench, 'buy');
    await bench.ledger.recordEvidence(key('buy'), evidence('FILLED', 10, 102), at);
    const after = [await bench.ledger.positions(), await bench.ledger.account()];
    const contradiction = evidence('CANCELLED', 4, 100);
    expect(await bench.ledger.recordEvidence(key('buy'), contradiction, at)).toMatchObject({
      kind: 'moved',
      incidents: ['cumulative-fell'],
    });
    expect(await bench.ledger.recordEvidence(key('buy'), contradiction, at)).toEqual({ kind: 'unchanged', incidents: ['cumulative-fell'] });
    expect(await bench.ledger.order(key('buy'))).toMatchObject({ state: 'FILLED', cumulativeQuantity: 10, incidents: ['cumulative-fell'] });
    expect([await bench.ledger.positions(), await bench.ledger.account()]).toEqual(after);
  });

  test('LED-09 a lost reply keeps the reservation until the broker has spoken', async () => {
    await begun(bench, 'lost');
    await bench.ledger.recordLostReply(key('lost'), 'TimeoutError', at);
    expect(await bench.ledger.openOrders()).toMatchObject([{ state: 'UNKNOWN', note: 'TimeoutError' }]);
    expect(await bench.ledger.positions()).toMatchObject([{ openOrders: 1, reservedUsd: 1100.1 }]);
    expect(await bench.ledger.withdraw(key('lost'), 'cannot know', at)).toMatchObject({ kind: 'refused', reason: 'may-have-been-sent' });
    expect(await bench.ledger.openOrders()).toMatchObject([{ state: 'UNKNOWN' }]);
    await bench.ledger.recordEvidence(key('lost'), evidence('ACKNOWLEDGED', 0), at);
    expect(await bench.ledger.openOrders()).toMatchObject([{ state: 'ACKNOWLEDGED', brokerOrderId: 'b-1' }]);
  });

  test('LED-10 shares executed after the order was final are booked and reported as an incident', async () => {
    await begun(bench, 'late');
    await bench.ledger.recordEvidence(key('late'), evidence('CANCELLED', 2, 100), at);
    const progress = await bench.ledger.recordEvidence(key('late'), evidence('CANCELLED', 3, 100), at);
    expect(progress).toMatchObject({ kind: 'moved', incidents: ['late-fill'], closed: false });
    expect(await bench.ledger.order(key('late'))).toMatchObject({ state: 'CANCELLED', cumulativeQuantity: 3 });
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 3, openOrders: 0, reservedUsd: 0 }]);
  });

  test('LED-11 two writers of the same evidence book it once', async () => {
    await begun(bench, 'race');
    const filled = evidence('FILLED', 10, 100);
    const writers = [bench.ledger, bench.otherLedger, bench.ledger, bench.otherLedger];
    await Promise.all(writers.map((ledger, i) => ledger.recordEvidence(key('race'), filled, (at + i) as typeof at)));
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 10, costUsd: 1000, openOrders: 0 }]);
    expect(await bench.ledger.account()).toMatchObject({ cashUsd: 99_000 });
  });

  test('LED-12 many orders of a cycle are recorded in few calls', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `order-${String(i).padStart(2, '0')}`);
    for (const [i, id] of ids.entries()) await begun(bench, id, { symbol: `S${i % 50}` as Ticker });
    const before = bench.calls();
    const reports = ids.map((id) => ({
      key: key(id),
      event: { kind: 'evidence' as const, evidence: { ...evidence('FILLED', 10, 100), brokerOrderId: id } },
    }));
    const progress = await bench.ledger.record(reports, at);
    expect(bench.calls() - before).toBe(9);
    expect(progress.every((one) => one.kind === 'moved' && one.closed && one.order.closedBy === 'broker-report')).toBe(true);
    expect(await bench.ledger.openOrders()).toEqual([]);
    expect(await bench.ledger.account()).toEqual({ cashUsd: 100_000 - 60 * 1000, realisedUsd: 0 });
    const positions = await bench.ledger.positions();
    expect(positions.map(({ quantity }) => quantity).sort()).toEqual([...Array(40).fill(10), ...Array(10).fill(20)]);
  });

  test('LED-13 money never drifts: a hundred small executions sum exactly', async () => {
    await begun(bench, 'drip', { quantity: 100 as Shares });
    for (let i = 1; i <= 100; i++) {
      const cumulative = Number((i * 0.1).toFixed(1));
      await bench.ledger.recordEvidence(key('drip'), evidence('PARTIAL', cumulative, 0.1), at);
    }
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 10, costUsd: 1 }]);
    expect(await bench.ledger.account()).toMatchObject({ cashUsd: 99_999 });
  });

  test('LED-14 an execution without a cash account is refused, not lost', async () => {
    const fresh = await ledgerBench();
    await fresh.ledger.reserveOrder(intent('one'), fresh.guard, at);
    await expect(fresh.ledger.recordEvidence(key('one'), evidence('FILLED', 10, 100), at)).rejects.toThrow('the cash account is opened');
    expect(await fresh.ledger.order(key('one'))).toMatchObject({ state: 'PENDING' });
    fresh.close();
  });
});
