import { describe, expect, test } from 'vitest';
import {
  maySendNow,
  type OrderToSettle,
  sendingWindowMs,
  settlementOf,
  submissionWindowMs,
  windowEndOf,
} from '../../../../shared/domain/execution/settle-order.ts';
import { InvariantViolation } from '../../../../shared/kernel/errors.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const sentAt = 1_000_000 as EpochMs;
const afterSent = (ms: number): EpochMs => (sentAt + ms) as EpochMs;
const order = (over: Partial<OrderToSettle> = {}): OrderToSettle => ({ orderId: 'o-1', state: 'SUBMITTED', sentAt, ...over });
const none = refuse('not-found');
/** By a broker that forgets nothing. */
const settled = <Found extends object>(of: OrderToSettle, answer: Parameters<typeof settlementOf<Found>>[1], now: EpochMs) =>
  settlementOf<Found>(of, answer, now, 'always');

describe('settling an order by what the broker answers', () => {
  test('what the broker has is evidence, whatever the ledger thought', () => {
    const found = { brokerOrderId: 'b-1' };
    for (const state of ['PENDING', 'SUBMITTED', 'UNKNOWN', 'REJECTED'] as const)
      expect(settled(order({ state }), found, sentAt)).toEqual({ kind: 'evidence', evidence: found });
  });

  test('no answer settles nothing', () => {
    const reason = 'not-authorised';
    expect(settled(order(), refuse(reason), afterSent(submissionWindowMs))).toEqual({ kind: 'unanswered', reason });
    expect(settled(order({ state: 'PENDING' }), refuse(reason), sentAt)).toEqual({ kind: 'unanswered', reason });
  });

  test.each(['SUBMITTED', 'UNKNOWN'] as const)('%s, and not at the broker, never arrived once its window has passed', (state) => {
    const until = afterSent(150_000);
    expect(settled(order({ state }), none, sentAt)).toEqual({ kind: 'wait', until });
    expect(settled(order({ state }), none, afterSent(149_999))).toEqual({ kind: 'wait', until });
    expect(settled(order({ state }), none, until)).toEqual({ kind: 'never-arrived' });
  });

  test('PENDING was never sent', () => {
    expect(settled({ orderId: 'o-1', state: 'PENDING' }, none, afterSent(submissionWindowMs))).toEqual({ kind: 'unsent' });
  });

  test('what the broker once had is not concluded to be gone', () => {
    for (const state of ['SUBMITTED', 'UNKNOWN', 'ACKNOWLEDGED', 'PARTIAL'] as const)
      expect(settled(order({ state, brokerOrderId: 'b-1' }), none, afterSent(submissionWindowMs))).toEqual({ kind: 'vanished' });
  });

  test('a broker that forgets what ended on an earlier day says nothing of that day, and says it of its own', () => {
    // 15:59 New York time, a minute before midnight there, and the minute after it.
    const sent = Date.UTC(2024, 11, 2, 20, 59) as EpochMs;
    const asked = (now: number) => settlementOf(order({ sentAt: sent }), none, now as EpochMs, 'same-day');
    expect(asked(sent + 149_999)).toMatchObject({ kind: 'wait' });
    expect(asked(Date.UTC(2024, 11, 3, 4, 59))).toEqual({ kind: 'never-arrived' });
    expect(asked(Date.UTC(2024, 11, 3, 5, 0))).toEqual({ kind: 'vanished' });
    expect(settled(order({ sentAt: sent }), none, Date.UTC(2024, 11, 3, 5, 0) as EpochMs)).toEqual({ kind: 'never-arrived' });
  });

  test('what is final stays', () => {
    for (const state of ['FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED'] as const)
      expect(settled(order({ state, brokerOrderId: 'b-1' }), none, sentAt)).toEqual({ kind: 'settled' });
  });

  test('an order that may have been sent, and nobody wrote down when, is a fault of ours', () => {
    expect(() => settled({ orderId: 'o-1', state: 'SUBMITTED' }, none, sentAt)).toThrow(InvariantViolation);
    expect(() => windowEndOf({ orderId: 'o-1', sentAt: Number.NaN as EpochMs })).toThrow(InvariantViolation);
    expect(windowEndOf({ orderId: 'o-1', sentAt })).toBe(afterSent(150_000));
  });
});

describe('a sender', () => {
  test('that was held up too long does not send any more', () => {
    expect(maySendNow(sentAt, sentAt)).toBe(true);
    expect(maySendNow(sentAt, afterSent(119_999))).toBe(true);
    expect(maySendNow(sentAt, afterSent(120_000))).toBe(false);
    expect(maySendNow(sentAt, Number.NaN as EpochMs)).toBe(false);
  });

  test('is done, its broker call included, before anybody concludes that nothing was sent', () => {
    const brokerCallMs = 10_000;
    expect(sendingWindowMs + brokerCallMs).toBeLessThan(submissionWindowMs);
  });
});
