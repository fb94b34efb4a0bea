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

describe('settling an order by what the broker answers', () => {
  test('what the broker has is evidence, whatever the ledger thought', () => {
    const found = { brokerOrderId: 'b-1' };
    for (const state of ['PENDING', 'SUBMITTED', 'UNKNOWN', 'REJECTED'] as const)
      expect(settlementOf(order({ state }), found, sentAt)).toEqual({ kind: 'evidence', evidence: found });
  });

  test('no answer settles nothing', () => {
    const reason = 'not-authorised';
    expect(settlementOf(order(), refuse(reason), afterSent(submissionWindowMs))).toEqual({ kind: 'unanswered', reason });
    expect(settlementOf(order({ state: 'PENDING' }), refuse(reason), sentAt)).toEqual({ kind: 'unanswered', reason });
  });

  test.each(['SUBMITTED', 'UNKNOWN'] as const)('%s, and not at the broker, never arrived once its window has passed', (state) => {
    const until = afterSent(150_000);
    expect(settlementOf(order({ state }), none, sentAt)).toEqual({ kind: 'wait', until });
    expect(settlementOf(order({ state }), none, afterSent(149_999))).toEqual({ kind: 'wait', until });
    expect(settlementOf(order({ state }), none, until)).toEqual({ kind: 'never-arrived' });
  });

  test('PENDING was never sent', () => {
    expect(settlementOf({ orderId: 'o-1', state: 'PENDING' }, none, afterSent(submissionWindowMs))).toEqual({ kind: 'unsent' });
  });

  test('what the broker once had is not concluded to be gone', () => {
    for (const state of ['SUBMITTED', 'UNKNOWN', 'ACKNOWLEDGED', 'PARTIAL'] as const)
      expect(settlementOf(order({ state, brokerOrderId: 'b-1' }), none, afterSent(submissionWindowMs))).toEqual({ kind: 'vanished' });
  });

  test('what is final stays', () => {
    for (const state of ['FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED'] as const)
      expect(settlementOf(order({ state, brokerOrderId: 'b-1' }), none, sentAt)).toEqual({ kind: 'settled' });
  });

  test('an order that may have been sent, and nobody wrote down when, is a fault of ours', () => {
    expect(() => settlementOf({ orderId: 'o-1', state: 'SUBMITTED' }, none, sentAt)).toThrow(InvariantViolation);
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
