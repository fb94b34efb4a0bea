/**
 * Contract cards of what is asked of a working order, on the local DynamoDB through the real SDK.
 *
 * LED-40 a cancel that is pending lies beside the state: fills count, and its rejection takes nothing back
 * LED-41 an order is replaced by one of its own id, written before the broker is asked, and each names the other
 * LED-42 until the replaced order has ended both are reserved; of the exposure only the difference is committed
 * LED-43 a replacement is held against every stop and limit, and against what happened to the order meanwhile
 * LED-44 a replacement that the broker did not make leaves the order as it was and the other one closed
 * LED-45 a cancel takes precedence of a replacement, and what ends an order ends what was asked of it
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { submissionWindowMs } from '../../../shared/domain/execution/settle-order.ts';
import type { OrderId, Price, Shares, Usd } from '../../../shared/kernel/units.ts';
import type { Replacing } from '../../../shared/stores/ledger/index.ts';
import { at, begun, evidence, key, type LedgerBench, later, ledgerBench, reserved, stored } from './ledger-on-local-dynamodb.ts';

let bench: LedgerBench;

beforeEach(async () => {
  bench = await ledgerBench();
  await bench.ledger.openAccount(100_000 as Usd, at);
});
afterEach(() => bench.close());

const by = (over: Partial<Replacing> = {}): Replacing => ({
  ...{ orderId: 'new' as OrderId, quantity: 10 as Shares, limitPrice: 101 as Price, worstCaseUsd: 1200 as Usd },
  ...over,
});

async function working(orderId = 'old') {
  await begun(bench, orderId, { type: 'LIMIT', limitPrice: 100 as Price });
  await bench.ledger.recordEvidence(key(orderId), evidence('ACKNOWLEDGED', 0), at);
  return stored(bench, orderId);
}

describe('asking for a cancel', () => {
  test('LED-40 lies beside the state', async () => {
    await working();
    await bench.ledger.requestCancel(key('old'), at);
    expect(await stored(bench, 'old')).toMatchObject({ state: 'ACKNOWLEDGED', pending: 'cancel' });
    expect(await bench.ledger.requestCancel(key('old'), at)).toEqual({ kind: 'unchanged', incidents: [] });
    await bench.ledger.recordEvidence(key('old'), evidence('PARTIAL', 4, 100), at);
    expect(await stored(bench, 'old')).toMatchObject({ state: 'PARTIAL', pending: 'cancel', cumulativeQuantity: 4 });
    await bench.ledger.cancelRejected(key('old'), 'too late', at);
    expect(await stored(bench, 'old')).toMatchObject({ state: 'PARTIAL', pending: 'none', cumulativeQuantity: 4, note: 'too late' });
    await bench.ledger.requestCancel(key('old'), at);
    await bench.ledger.recordEvidence(key('old'), evidence('CANCELLED', 4, 100), at);
    expect(await stored(bench, 'old')).toMatchObject({ state: 'CANCELLED', pending: 'none', closedBy: 'broker-report' });
  });

  test('LED-40 is not of an order that was never sent', async () => {
    const order = await reserved(bench, 'one');
    expect(await bench.ledger.requestCancel(order, at)).toEqual({ kind: 'unchanged', incidents: [] });
  });
});

describe('replacing an order', () => {
  test('LED-41 and LED-42 writes the new one beside the old', async () => {
    const old = await working();
    const begins = await bench.ledger.beginReplace(old, by(), bench.guard, later(1000));
    expect(begins).toMatchObject({ kind: 'begun' });
    const [before, after] = [await stored(bench, 'old'), await stored(bench, 'new')];
    expect(begins).toEqual({ kind: 'begun', replaced: before, replacement: after });
    expect(before).toMatchObject({ state: 'ACKNOWLEDGED', pending: 'replace', replacedBy: 'new' });
    expect(after).toMatchObject({
      ...{ state: 'SUBMITTED', sentAt: later(1000), replaces: 'old', limitPrice: 101, quantity: 10, type: 'LIMIT', version: 1 },
    });
    expect(after).not.toHaveProperty('brokerOrderId');
    expect(await bench.ledger.positions()).toMatchObject([{ openOrders: 2, reservedUsd: 2300.1 }]);

    await bench.ledger.recordEvidence(key('old'), evidence('CANCELLED', 3, 100), at);
    await bench.ledger.recordEvidence(key('new'), { ...evidence('PARTIAL', 2, 101), brokerOrderId: 'b-2' }, at);
    expect(await bench.ledger.positions()).toMatchObject([{ quantity: 5, costUsd: 502, openOrders: 1, reservedUsd: 1200 }]);
  });

  test('LED-42 commits only what it adds', async () => {
    const old = await working();
    const tight = { ...bench.guard, exposureUsdMax: 1200 };
    expect(await bench.ledger.beginReplace(old, by({ worstCaseUsd: 1200.01 as Usd }), tight, at)).toMatchObject({
      reason: 'exposure-over-limit',
    });
    expect(await bench.ledger.beginReplace(old, by(), tight, at)).toMatchObject({ kind: 'begun' });
  });

  test('LED-42 gives nothing back for a smaller one', async () => {
    const old = await working();
    const tight = { ...bench.guard, exposureUsdMax: 1200, openOrdersPerSymbolMax: 9 };
    expect(await bench.ledger.beginReplace(old, by({ worstCaseUsd: 1 as Usd }), tight, at)).toMatchObject({ kind: 'begun' });
    const another = { ...old, orderId: 'another' as OrderId, worstCaseUsd: 100 as Usd, cycleId: old.cycleId };
    expect(await bench.ledger.reserveOrder(another, tight, at)).toMatchObject({ reason: 'exposure-over-limit' });
  });

  test('LED-43 is refused by a stop, a limit and a change meanwhile', async () => {
    const old = await working();
    await bench.setControl('PAUSED', 8);
    expect(await bench.ledger.beginReplace(old, by(), bench.guard, at)).toMatchObject({ reason: 'control-not-running' });
    await bench.setControl('RUNNING', 7);
    expect(await bench.ledger.beginReplace(old, by(), { ...bench.guard, openOrdersPerSymbolMax: 1 }, at)).toMatchObject({
      reason: 'too-many-open-orders',
    });
    await bench.ledger.recordEvidence(key('old'), evidence('PARTIAL', 4, 100), at);
    expect(await bench.ledger.beginReplace(old, by(), bench.guard, at)).toMatchObject({
      ...{ kind: 'refused', reason: 'not-replaceable', details: { standing: ['not-replaceable'] } },
    });
    expect(await bench.ledger.order(key('new'))).toMatchObject({ reason: 'not-found' });
  });

  test('LED-43 is refused of an order that is not working, or of which something is asked already', async () => {
    const unsent = await reserved(bench, 'unsent');
    expect(await bench.ledger.beginReplace(unsent, by(), bench.guard, at)).toMatchObject({ reason: 'not-replaceable' });
    await working();
    await bench.ledger.requestCancel(key('old'), at);
    expect(await bench.ledger.beginReplace(await stored(bench, 'old'), by(), bench.guard, at)).toMatchObject({
      reason: 'not-replaceable',
    });
  });

  test.each([
    ['refused', 'broker-refusal', () => bench.ledger.recordRejection(key('new'), 'no', at)],
    ['turned away', 'broker-throttle', () => bench.ledger.recordTurnedAway(key('new'), 'no', at)],
    ['never had', 'broker-has-none', () => bench.ledger.recordNeverArrived(key('new'), later(submissionWindowMs))],
    [
      'rejected later',
      'broker-report',
      () => bench.ledger.recordEvidence(key('new'), { ...evidence('REJECTED', 0), brokerOrderId: 'b-2' }, at),
    ],
  ])('LED-44 that the broker %s leaves the order as it was', async (_, closedBy, conclude) => {
    const old = await working();
    await bench.ledger.beginReplace(old, by(), bench.guard, at);
    await bench.ledger.recordEvidence(key('old'), evidence('PARTIAL', 4, 100), at);
    await conclude();
    expect(await stored(bench, 'old')).toMatchObject({ state: 'PARTIAL', pending: 'none', cumulativeQuantity: 4 });
    expect(await stored(bench, 'new')).toMatchObject({ state: 'REJECTED', closedBy });
    expect(await bench.ledger.positions()).toMatchObject([{ openOrders: 1, reservedUsd: 1100.1 }]);
  });

  test('LED-44 that may still be under way stays asked for', async () => {
    const old = await working();
    await bench.ledger.beginReplace(old, by(), bench.guard, at);
    await bench.ledger.recordLostReply(key('new'), 'TimeoutError', at);
    expect(await bench.ledger.recordNeverArrived(key('new'), later(submissionWindowMs - 1))).toMatchObject({ kind: 'refused' });
    expect(await stored(bench, 'old')).toMatchObject({ pending: 'replace' });
  });

  test('LED-45 gives way to a cancel', async () => {
    const old = await working();
    await bench.ledger.beginReplace(old, by(), bench.guard, at);
    await bench.ledger.requestCancel(key('old'), at);
    await bench.ledger.record([{ key: key('old'), event: { kind: 'replace-rejected', note: '' } }], at);
    expect(await stored(bench, 'old')).toMatchObject({ pending: 'cancel' });
    await bench.ledger.recordEvidence(key('old'), evidence('CANCELLED', 0), at);
    expect(await stored(bench, 'old')).toMatchObject({ state: 'CANCELLED', pending: 'none', replacedBy: 'new' });
  });

  test('LED-41 under the same id changes the quantity', async () => {
    const old = await working();
    await bench.ledger.beginReplace(old, by({ quantity: 6 as Shares }), bench.guard, at);
    await bench.ledger.record([{ key: key('old'), event: { kind: 'replace-confirmed', quantity: 6 as Shares } }], at);
    expect(await stored(bench, 'old')).toMatchObject({ quantity: 6, pending: 'none', state: 'ACKNOWLEDGED' });
  });
});
