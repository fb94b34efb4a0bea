import { describe, expect, test } from 'vitest';
import { RequestBudget, retryAfterMs } from '../../../../shared/brokers/alpaca/request-budget.ts';
import { fixedClock } from '../../../../shared/kernel/clock.ts';
import { TransientFailure } from '../../../../shared/kernel/errors.ts';
import type { EpochMs, OrderId } from '../../../../shared/kernel/units.ts';
import { movableClock } from '../../../contract/brokers/small-market.ts';
import { marketOrder, now, orderBody, scriptedAlpaca, ticket } from './scripted-alpaca.ts';

const told = (remaining: number, resetInMs = 20_000, limit = 200): Headers =>
  new Headers({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String((now + resetInMs) / 1000),
  });

describe('the request budget', () => {
  test('lets everything go that Alpaca has said nothing about', () => {
    const budget = new RequestBudget(fixedClock(now));
    budget.learn(new Headers());
    budget.learn(new Headers({ 'x-ratelimit-remaining': 'none', 'x-ratelimit-reset': '' }));
    expect(budget.waitMs('new-risk')).toBeUndefined();
  });

  test('keeps the last tenth for looking up and cancelling', () => {
    const budget = new RequestBudget(fixedClock(now));
    budget.learn(told(21));
    expect(budget.waitMs('new-risk')).toBeUndefined();
    budget.learn(told(20));
    expect([budget.waitMs('new-risk'), budget.waitMs('any')]).toEqual([20_000, undefined]);
    budget.learn(told(0));
    expect(budget.waitMs('any')).toBe(20_000);
  });

  test('takes the least of what answers of one minute say, in whatever order they come', () => {
    const budget = new RequestBudget(fixedClock(now));
    budget.learn(told(0));
    budget.learn(told(3));
    expect(budget.waitMs('any')).toBe(20_000);
  });

  test('begins anew when the minute is over', () => {
    const clock = movableClock(now);
    const budget = new RequestBudget(clock);
    budget.learn(told(0));
    clock.set((now + 19_999) as EpochMs);
    expect(budget.waitMs('any')).toBe(1);
    clock.set((now + 20_000) as EpochMs);
    expect(budget.waitMs('any')).toBeUndefined();
  });

  test('never waits for more than a minute, whatever Alpaca’s clock says', () => {
    const clock = movableClock(now);
    const budget = new RequestBudget(clock);
    budget.learn(told(0, 3_600_000));
    expect(budget.waitMs('any')).toBe(60_000);
    clock.set((now + 60_000) as EpochMs);
    expect(budget.waitMs('any')).toBeUndefined();
  });

  test('is not told anything by an answer of the minute before', () => {
    const budget = new RequestBudget(fixedClock(now));
    budget.learn(told(0));
    budget.learn(told(150, -5_000));
    expect(budget.waitMs('any')).toBe(20_000);
  });

  test('refuses an order early, without sending it, and still looks up and cancels', async () => {
    const last = { status: 200, body: orderBody, headers: Object.fromEntries(told(20)) };
    const { broker, asked } = scriptedAlpaca([last, last, { status: 204, body: '' }]);
    await broker.submit(marketOrder, ticket);
    expect(await broker.submit(marketOrder, ticket)).toEqual({ kind: 'throttled', retryAfterMs: 20_000 });
    expect(asked).toHaveLength(1);
    await broker.orderByClientId('x' as OrderId);
    await broker.cancel('b-1');
    expect(asked).toHaveLength(3);
  });

  test('refuses a read early when nothing is left', async () => {
    const { broker, asked } = scriptedAlpaca([{ status: 200, body: orderBody, headers: Object.fromEntries(told(0)) }]);
    await broker.orderByClientId('x' as OrderId);
    await expect(broker.orderByClientId('x' as OrderId)).rejects.toThrow(TransientFailure);
    expect(asked).toHaveLength(1);
  });
});

describe('what a 429 asks us to wait', () => {
  test.each([
    ['seconds', { 'retry-after': '2' }, 2000],
    ['a date', { 'retry-after': new Date(now + 5000).toUTCString() }, 5000],
    ['a date that is over', { 'retry-after': new Date(now - 5000).toUTCString() }, 0],
    ['the end of its minute', { 'x-ratelimit-reset': String(now / 1000 + 30) }, 30_000],
    [
      'the end of its minute, where Retry-After says nothing',
      { 'retry-after': 'later', 'x-ratelimit-reset': String(now / 1000 + 30) },
      30_000,
    ],
    ['nothing', {}, undefined],
  ] as const)('%s', (_name, headers, waitMs) => {
    expect(retryAfterMs(new Headers(headers), now)).toBe(waitMs);
  });
});
