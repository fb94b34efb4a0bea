/**
 * Contract cards of what lets an order go out, on the local DynamoDB through the real SDK.
 *
 * LED-20 an order whose symbol, strategy or broker is stopped is not written
 * LED-21 a scoped stop that is not whole stops
 * LED-22 REDUCE_ONLY in a scope lets through what takes risk off
 * LED-23 the cycle's entries together stay within its exposure, also when they end
 * LED-24 a minute takes so many messages and no more
 * LED-25 a refusal names all that stands against the order, and writes nothing
 * LED-26 of two who begin to send one order, also in the same millisecond, one is told to
 * LED-27 what stops a reservation stops the sending of what is reserved
 * LED-28 an order that was withdrawn is not sent, and one that is being sent is not withdrawn
 * LED-29 one may follow a sender that died, and the submission window counts anew
 * LED-30 an order that may have been sent never arrived only after its window
 * LED-31 an order that was turned away unread is over, and says so
 * LED-32 a liquidation goes on under HALTED and scoped stops, takes only risk off, and needs no lease
 * LED-33 a limit, a quantity or a worst case that is no number lets nothing out
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { submissionWindowMs } from '../../../shared/domain/execution/settle-order.ts';
import { ContractViolation, InvariantViolation } from '../../../shared/kernel/errors.ts';
import type { CycleId, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import type { OrderIntent, ReservationGuard } from '../../../shared/stores/ledger/index.ts';
import { at, begun, evidence, intent, key, type LedgerBench, later, ledgerBench, reserved, stored } from './ledger-on-local-dynamodb.ts';

let bench: LedgerBench;

beforeEach(async () => {
  bench = await ledgerBench();
  await bench.ledger.openAccount(100_000 as Usd, at);
});
afterEach(() => bench.close());

const guarded = (over: Partial<ReservationGuard>): ReservationGuard => ({ ...bench.guard, ...over });
const reserve = (orderId: string, over: Partial<OrderIntent> = {}, guard = bench.guard, when = at) =>
  bench.ledger.reserveOrder(intent(orderId, over), guard, when);
const whole = (state: string) => ({ state, epoch: 1, reason: 'test', actor: 'test', at: '2019-06-14T19:45:00Z' });
const selling = { side: 'SELL', reducing: true } as const;

describe('reserving an order', () => {
  test.each([
    ['symbol', 'GOOD', 'symbol-stopped'],
    ['strategy', 'ensemble', 'strategy-stopped'],
    ['broker', 'alpaca', 'broker-stopped'],
  ] as const)('LED-20 is refused where its %s is stopped', async (kind, name, reason) => {
    for (const state of ['PAUSED', 'REDUCE_ONLY', 'HALTED']) {
      await bench.setStop(kind, name, whole(state));
      expect(await reserve('one')).toMatchObject({ kind: 'refused', reason });
    }
    await bench.setStop(kind, `${name}X`, whole('HALTED'));
    await bench.setStop(kind, name, whole('RUNNING'));
    expect(await reserve('one')).toMatchObject({ state: 'PENDING' });
  });

  test.each([
    ['no epoch', { state: 'RUNNING' }],
    ['an epoch in words', { state: 'RUNNING', epoch: 'one' }],
    ['a state nobody knows', whole('runing')],
    ['no state', { epoch: 1 }],
  ])('LED-21 is refused by a stop item with %s', async (_, item) => {
    await bench.setStop('symbol', 'GOOD', item);
    expect(await reserve('one')).toMatchObject({ reason: 'symbol-stopped' });
  });

  test('LED-22 takes risk off where a scope is REDUCE_ONLY', async () => {
    await bench.setStop('symbol', 'GOOD', whole('REDUCE_ONLY'));
    expect(await reserve('grow')).toMatchObject({ reason: 'symbol-stopped' });
    expect(await reserve('shrink', selling)).toMatchObject({ state: 'PENDING' });
    await bench.setStop('symbol', 'GOOD', whole('HALTED'));
    expect(await reserve('more', selling)).toMatchObject({ reason: 'symbol-stopped' });
  });

  test('LED-23 keeps the cycle’s entries within its exposure, also when they end', async () => {
    const guard = guarded({ exposureUsdMax: 3000, openOrdersPerSymbolMax: 9 });
    const of = (worstCaseUsd: number) => ({ worstCaseUsd: worstCaseUsd as Usd });
    expect(await reserve('alone-too-much', of(3000.01), guard)).toMatchObject({ reason: 'exposure-over-limit' });
    await reserve('one', of(1000), guard);
    await reserve('two', of(1999.99), guard);
    expect(await reserve('three', of(0.02), guard)).toMatchObject({ reason: 'exposure-over-limit' });
    expect(await reserve('sale', { ...selling, ...of(5000) }, guard)).toMatchObject({ state: 'PENDING' });
    await bench.ledger.withdraw(key('one'), 'test', at);
    expect(await reserve('four', of(500), guard)).toMatchObject({ reason: 'exposure-over-limit' });
    expect(await reserve('five', of(0.01), guard)).toMatchObject({ state: 'PENDING' });
    const nextCycle = { cycleId: 'cycle-2019-06-17T19-45-00Z' as CycleId };
    expect(await reserve('six', { ...of(3000), ...nextCycle }, guard)).toMatchObject({ state: 'PENDING' });
  });

  test('LED-24 takes so many messages a minute and no more', async () => {
    const guard = guarded({ messagesPerMinuteMax: 2, openOrdersPerSymbolMax: 9 });
    await reserve('one', {}, guard);
    await reserve('two', selling, guard, later(59_999));
    expect(await reserve('three', selling, guard, later(59_999))).toMatchObject({ reason: 'message-rate-over-limit' });
    expect(await reserve('three', {}, guard, later(60_000))).toMatchObject({ state: 'PENDING' });
    expect(await reserve('four', {}, guarded({ messagesPerMinuteMax: 0, openOrdersPerSymbolMax: 9 }), later(600_000))).toMatchObject({
      reason: 'message-rate-over-limit',
    });
  });

  test('LED-25 is refused with all that stands against it, and writes nothing', async () => {
    await bench.setControl('PAUSED', 8);
    await bench.setLease(4);
    await bench.setStop('symbol', 'GOOD', whole('PAUSED'));
    await bench.setStop('broker', 'alpaca', whole('HALTED'));
    const refusal = await reserve('one', {}, guarded({ exposureUsdMax: 1, openOrdersPerSymbolMax: 0, messagesPerMinuteMax: 0 }));
    expect(refusal).toEqual({
      kind: 'refused',
      reason: 'control-not-running',
      details: {
        orderId: 'one',
        symbol: 'GOOD',
        standing: [
          'control-not-running',
          'symbol-stopped',
          'broker-stopped',
          'lease-lost',
          'too-many-open-orders',
          'exposure-over-limit',
          'message-rate-over-limit',
        ],
      },
    });
    expect(await bench.ledger.positions()).toEqual([]);
    expect(await bench.ledger.openOrders()).toEqual([]);
  });

  test('LED-33 is refused where a limit, the quantity or the worst case is no number', async () => {
    for (const over of [{ exposureUsdMax: Number.NaN }, { messagesPerMinuteMax: Number.POSITIVE_INFINITY }, { openOrdersPerSymbolMax: -1 }])
      await expect(reserve('one', {}, guarded(over))).rejects.toThrow(ContractViolation);
    await expect(reserve('one', {}, guarded({ lease: null }))).rejects.toThrow('a cycle trades only under its lease');
    const nonsense = [0, -1, Number.NaN, Number.POSITIVE_INFINITY].map((quantity) => ({ quantity: quantity as Shares }));
    for (const over of [...nonsense, { worstCaseUsd: -0.01 as Usd }, { worstCaseUsd: Number.NaN as Usd }])
      await expect(reserve('one', over)).rejects.toThrow(ContractViolation);
  });
});

describe('beginning to send', () => {
  test('LED-26 tells one of many who begin in the same millisecond', async () => {
    const order = await reserved(bench, 'race');
    const begins = await Promise.all(
      [bench.ledger, bench.otherLedger, bench.ledger, bench.otherLedger].map((ledger) => ledger.beginSending(order, bench.guard, at)),
    );
    expect(begins.filter(({ kind }) => kind === 'begun')).toEqual([{ kind: 'begun', sentAt: at }]);
    expect(begins.filter(({ kind }) => kind === 'refused')).toMatchObject(Array(3).fill({ reason: 'not-pending' }));
    expect(await stored(bench, 'race')).toMatchObject({ state: 'SUBMITTED', sentAt: at, version: 2 });
  });

  test.each([
    ['a pause', () => bench.setControl('PAUSED', 8), 'control-not-running'],
    ['a halt and a resume', () => bench.setControl('RUNNING', 9), 'control-not-running'],
    ['a stop of its symbol', () => bench.setStop('symbol', 'GOOD', whole('HALTED')), 'symbol-stopped'],
    ['a stop of its strategy', () => bench.setStop('strategy', 'ensemble', whole('PAUSED')), 'strategy-stopped'],
    ['a stop of its broker', () => bench.setStop('broker', 'alpaca', whole('PAUSED')), 'broker-stopped'],
    ['the loss of the lease', () => bench.setLease(4), 'lease-lost'],
  ])('LED-27 is refused after %s, and the order stays unsent', async (_, change, reason) => {
    const order = await reserved(bench, 'one');
    await change();
    expect(await bench.ledger.beginSending(order, bench.guard, at)).toMatchObject({ kind: 'refused', reason });
    expect(await stored(bench, 'one')).toEqual(order);
  });

  test('LED-28 and withdrawing exclude each other', async () => {
    const first = await reserved(bench, 'first');
    await bench.ledger.withdraw(first, 'halted', at);
    expect(await bench.ledger.beginSending(first, bench.guard, at)).toMatchObject({ reason: 'not-pending' });
    expect(await stored(bench, 'first')).toMatchObject({ state: 'CANCELLED', closedBy: 'never-sent', note: 'halted' });

    const second = await reserved(bench, 'second');
    bench.tables.beforeNext('TransactWriteItems', () => bench.otherLedger.beginSending(second, bench.guard, at));
    expect(await bench.ledger.withdraw(second, 'halted', at)).toMatchObject({ kind: 'refused', reason: 'may-have-been-sent' });
    expect(await stored(bench, 'second')).toMatchObject({ state: 'SUBMITTED' });
  });

  test('LED-29 may follow a sender that died, and the window counts anew', async () => {
    const order = await begun(bench, 'one');
    expect(await bench.ledger.beginSending(order, bench.guard, later(5000))).toMatchObject({ reason: 'not-pending' });
    expect(await bench.ledger.beginSending(order, bench.guard, later(5000), 'SUBMITTED')).toEqual({ kind: 'begun', sentAt: later(5000) });
    expect(await bench.ledger.recordNeverArrived(order, later(submissionWindowMs))).toMatchObject({ reason: 'within-submission-window' });
    await bench.ledger.recordEvidence(order, evidence('ACKNOWLEDGED', 0), later(6000));
    expect(await bench.ledger.beginSending(order, bench.guard, later(7000), 'SUBMITTED')).toMatchObject({ reason: 'not-pending' });
  });
});

describe('an order that may have been sent', () => {
  test('LED-30 never arrived only after its window', async () => {
    const order = await begun(bench, 'one');
    await bench.ledger.recordLostReply(order, 'TimeoutError', later(10_000));
    expect(await bench.ledger.recordNeverArrived(order, later(submissionWindowMs - 1))).toMatchObject({
      ...{ kind: 'refused', reason: 'within-submission-window' },
    });
    expect(await stored(bench, 'one')).toMatchObject({ state: 'UNKNOWN' });
    expect(await bench.ledger.recordNeverArrived(order, later(submissionWindowMs))).toMatchObject({ kind: 'moved', closed: true });
    expect(await stored(bench, 'one')).toMatchObject({ state: 'REJECTED', closedBy: 'broker-has-none' });
    expect(await bench.ledger.recordNeverArrived(order, later(submissionWindowMs))).toEqual({ kind: 'unchanged', incidents: [] });
    expect(await bench.ledger.positions()).toMatchObject([{ openOrders: 0, reservedUsd: 0 }]);
  });

  test('LED-30 did arrive when the broker has spoken of it', async () => {
    const order = await begun(bench, 'one');
    await bench.ledger.recordEvidence(order, evidence('ACKNOWLEDGED', 0), at);
    expect(await bench.ledger.recordNeverArrived(order, later(submissionWindowMs))).toEqual({ kind: 'unchanged', incidents: [] });
  });

  test('LED-31 is over when it was turned away unread', async () => {
    const order = await begun(bench, 'one');
    await bench.ledger.recordTurnedAway(order, '429', at);
    expect(await stored(bench, 'one')).toMatchObject({ state: 'REJECTED', closedBy: 'broker-throttle', note: '429' });
    expect(await bench.ledger.openOrders()).toEqual([]);
  });

  test('LED-31 and is not concluded from an answer before it was sent', async () => {
    const order = await reserved(bench, 'one');
    for (const conclude of [
      () => bench.ledger.recordTurnedAway(order, '', at),
      () => bench.ledger.recordRejection(order, '', at),
      () => bench.ledger.recordLostReply(order, '', at),
      () => bench.ledger.recordNeverArrived(order, later(submissionWindowMs)),
    ])
      await expect(conclude()).rejects.toThrow(InvariantViolation);
    expect(await stored(bench, 'one')).toEqual(order);
  });
});

describe('a liquidation', () => {
  const liquidating = (epoch: number) => guarded({ control: { table: 'policy', epoch, purpose: 'liquidate' }, lease: null });

  test('LED-32 goes on under HALTED and scoped stops, at its epoch', async () => {
    await bench.setControl('HALTED', 8);
    await bench.setStop('symbol', 'GOOD', whole('HALTED'));
    expect(await reserve('one', selling, liquidating(7))).toMatchObject({ reason: 'control-not-running' });
    const order = intent('one', selling);
    expect(await reserve('one', selling, liquidating(8))).toMatchObject({ state: 'PENDING' });
    expect(await bench.ledger.beginSending(order, liquidating(8), at)).toMatchObject({ kind: 'begun' });
    await bench.setControl('PAUSED', 9);
    expect(await reserve('two', selling, liquidating(9))).toMatchObject({ reason: 'control-not-running' });
    for (const state of ['RUNNING', 'REDUCE_ONLY']) {
      await bench.setControl(state, 10);
      expect(await reserve(state, { ...selling, symbol: state as Ticker }, liquidating(10))).toMatchObject({ state: 'PENDING' });
    }
  });

  test('LED-32 takes only risk off', async () => {
    await bench.setControl('HALTED', 8);
    await expect(reserve('one', {}, liquidating(8))).rejects.toThrow('a liquidation only takes risk off');
  });
});
