import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import { refuse } from '../../../shared/kernel/refusal.ts';
import type { Shares } from '../../../shared/kernel/units.ts';
import { at, cycleId, later } from '../../contract/ledger/ledger-on-local-dynamodb.ts';
import { parentId, parentIntent, parentKey, type WorkedOrder, workedOrder } from '../../support/worked-order.ts';

let worked: WorkedOrder;
beforeEach(async () => {
  worked = await workedOrder();
});
afterEach(() => worked[Symbol.asyncDispose]());

const work = (slice: number) => worked.worker().work(parentKey, slice);
const lastSent = (): string => worked.broker.submitted.at(-1)!;
const sent = async () =>
  (await worked.children()).map(({ type, quantity, limitPrice, parentId: parent }) => ({ type, quantity, limitPrice, parent }));

describe('a parent order', () => {
  test('is worked slice by slice: limits at the market’s price, and a market order at the end', async () => {
    for (const slice of [0, 1, 2, 3]) {
      expect(await work(slice)).toMatchObject({ kind: 'working', did: 'sent', nextSlice: slice + 1 });
      worked.broker.fill(lastSent());
      worked.pass(1);
    }
    expect(await work(4)).toEqual({
      ...{ kind: 'ended', why: 'schedule-done' },
      result: { filledQuantity: 100, averagePriceUsd: 100, endPriceUsd: 100 },
    });
    const children = (await sent()).sort((a, b) => b.quantity - a.quantity);
    expect(children).toEqual([
      ...[40, 30, 20].map((quantity) => ({ type: 'LIMIT', quantity, limitPrice: 100, parent: parentId })),
      { type: 'MARKET', quantity: 10, limitPrice: undefined, parent: parentId },
    ]);
    expect(await worked.parent()).toMatchObject({ state: 'ENDED', endedFor: 'schedule-done', claimed: 100 });
  });

  test('says when its next slice begins, and at the end when its window does', async () => {
    expect(await work(0)).toMatchObject({ nextAt: later(60_000) });
    expect(await work(3)).toMatchObject({ nextAt: later(240_000) });
  });

  test('cancels what a slice did not fill, and catches up with the next', async () => {
    await work(0);
    worked.broker.fill(lastSent(), 15);
    worked.pass(1);
    await work(1);
    expect(worked.broker.cancelled).toHaveLength(1);
    expect((await sent()).map(({ quantity }) => quantity).sort()).toEqual([40, 55]);
    expect(await worked.parent()).toMatchObject({ claimed: 70 });
  });

  test('counts the fill that was faster than the cancel', async () => {
    await work(0);
    worked.broker.onCancel = ({ clientOrderId }) => worked.broker.fill(clientOrderId);
    worked.pass(1);
    await work(1);
    expect((await sent()).map(({ quantity }) => quantity).sort()).toEqual([30, 40]);
  });

  test('does not send again what a pending cancel may still fill', async () => {
    await work(0);
    worked.broker.onCancel = () => {};
    worked.pass(1);
    await work(1);
    expect((await sent()).map(({ quantity }) => quantity).sort()).toEqual([30, 40]);
    expect(worked.mayFill()).toBe(70);
  });

  test('does not send again what a lost reply may have brought to the broker, until it is known', async () => {
    worked.broker.onSubmit = async (order) => {
      worked.broker.take(order);
      return { kind: 'unknown', cause: 'the line went dead' };
    };
    expect(await work(0)).toMatchObject({ did: 'sent' });
    worked.broker.onSubmit = async () => 'take';
    worked.broker.silentAbout.add(lastSent());
    worked.pass(1);
    await expect(work(1)).rejects.toThrow(TransientFailure);
    worked.broker.silentAbout.clear();
    worked.broker.fill(lastSent(), 40);
    await work(1);
    expect((await sent()).map(({ quantity }) => quantity).sort()).toEqual([30, 40]);
  });

  test('waits with a claim while the broker knows no such order and its sender may be alive', async () => {
    worked.broker.onSubmit = async () => ({ kind: 'unknown', cause: 'the line went dead' });
    await work(0);
    worked.broker.onSubmit = async () => 'take';
    worked.pass(1);
    await work(1);
    expect((await worked.claims()).map(({ quantity, filled }) => [quantity, filled])).toEqual([
      [40, null],
      [30, null],
    ]);
    // 150 seconds after it was sent, it never arrived.
    worked.pass(2);
    await work(2);
    expect((await worked.claims()).map(({ quantity, filled }) => [quantity, filled])).toEqual([
      [40, 0],
      [30, 0],
      [90, null],
    ]);
  });
});

describe('a slice that cannot be sent', () => {
  test.each<[string, () => void]>([
    ['no-price', () => (worked.broker.priceUsd = null)],
    ['price-stale', () => (worked.broker.pricedAt = later(-61_000))],
    ['price-outside-collar', () => (worked.broker.priceUsd = 106)],
  ])('for %s is held, and its shares are in the next', async (why, befalls) => {
    befalls();
    expect(await work(0)).toMatchObject({ kind: 'working', did: 'held', why });
    worked.broker.priceUsd = 100;
    worked.pass(1);
    expect(await work(1)).toMatchObject({ did: 'sent' });
    expect((await sent()).map(({ quantity }) => quantity)).toEqual([70]);
  });

  test('because the broker throttles leaves the parent working, with its shares free', async () => {
    worked.broker.onSubmit = async () => ({ kind: 'throttled' });
    expect(await work(0)).toMatchObject({ kind: 'working', did: 'held', why: 'broker-throttled' });
    expect(await worked.parent()).toMatchObject({ state: 'WORKING', claimed: 0 });
  });

  test('because a budget is full leaves the parent working', async () => {
    worked.exposureUsdMax = 1000;
    expect(await work(0)).toMatchObject({ kind: 'working', did: 'held', why: 'exposure-over-limit' });
    expect(worked.broker.submitted).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['control-not-running', () => worked.bench.setControl('HALTED', 8)],
    ['control-not-running', () => worked.bench.setControl('RUNNING', 8)],
    ['control-not-running', () => worked.bench.removeControl()],
    ['symbol-stopped', () => worked.bench.setStop('symbol', 'GOOD', { state: 'PAUSED', epoch: 1, reason: '', actor: '', at: '' })],
    ['strategy-stopped', () => worked.bench.setStop('strategy', 'ensemble', { state: 'HALTED', epoch: 1, reason: '', actor: '', at: '' })],
    ['broker-stopped', () => worked.bench.setStop('broker', 'resting', { state: 'HALTED', epoch: 1, reason: '', actor: '', at: '' })],
    ['lease-lost', () => worked.bench.setLease(4)],
  ])('for %s ends the parent, and no slice is sent any more', async (why, befalls) => {
    await work(0);
    worked.pass(1);
    await befalls();
    expect(await work(1)).toMatchObject({ why });
    await worked.bench.setControl('RUNNING', 7);
    await worked.bench.setLease(3);
    worked.pass(3);
    expect(await work(2)).toMatchObject({ kind: 'ended', why });
    expect(worked.broker.submitted).toHaveLength(1);
    expect(worked.broker.orders.get(worked.broker.submitted[0]!)).toMatchObject({ state: 'CANCELLED' });
  });

  test('because the keys are wrong is loud', async () => {
    await expect(
      worked.worker({ broker: { ...worked.broker, latestPrices: async () => refuse('not-authorised') } as never }).work(parentKey, 0),
    ).rejects.toThrow(TransientFailure);
  });
});

describe('a worker that comes twice', () => {
  test('sends one child, whichever of the two is faster', async () => {
    await Promise.all([work(0), work(0)]);
    await work(0);
    expect(new Set(worked.broker.submitted).size).toBe(1);
    expect(worked.mayFill()).toBe(40);
    expect(await worked.parent()).toMatchObject({ claimed: 40 });
  });

  test('after a slice that followed does not end that slice’s child', async () => {
    await work(0);
    worked.pass(1);
    await work(1);
    const child = lastSent();
    expect(await work(0)).toMatchObject({ did: 'held', why: 'slice-over' });
    expect(worked.broker.orders.get(child)).toMatchObject({ state: 'ACKNOWLEDGED' });
  });

  test('after one that died between claim and reservation places the same child', async () => {
    const dying = worked.worker({ desk: () => ({ place: () => Promise.reject(new Error('the process died')) }) });
    await expect(dying.work(parentKey, 0)).rejects.toThrow('the process died');
    expect(await work(0)).toMatchObject({ did: 'sent' });
    expect((await sent()).map(({ quantity }) => quantity)).toEqual([40]);
  });

  test('keeps a dead worker’s claim until nobody can reserve it any more', async () => {
    const dying = worked.worker({ desk: () => ({ place: () => Promise.reject(new Error('the process died')) }) });
    await expect(dying.work(parentKey, 0)).rejects.toThrow('the process died');
    worked.pass(1);
    await work(1);
    expect((await sent()).map(({ quantity }) => quantity)).toEqual([30]);
    worked.pass(2);
    await work(3);
    expect((await worked.claims()).map(({ filled }) => filled)).toEqual([0, 0, null]);
    expect((await sent()).map(({ quantity }) => quantity).sort()).toEqual([100, 30].sort());
  });

  test('reserves nothing under a claim that is about to be given back', async () => {
    const dying = worked.worker({ desk: () => ({ place: () => Promise.reject(new Error('the process died')) }) });
    await expect(dying.work(parentKey, 0)).rejects.toThrow('the process died');
    worked.pass(2);
    expect(await work(0)).toMatchObject({ did: 'held', why: 'claim-is-old' });
    expect(worked.broker.submitted).toEqual([]);
  });
});

describe('the budget of the cycle’s entries', () => {
  test('is not used up by slices that are cancelled and sent anew', async () => {
    // 100 shares at 100 within a collar of 5 % are 10,526.32 at their worst.
    worked.exposureUsdMax = 10_527;
    for (const slice of [0, 1, 2, 3]) {
      expect(await work(slice)).toMatchObject({ did: 'sent' });
      worked.pass(1);
    }
    worked.broker.fill(lastSent());
    expect(await work(4)).toMatchObject({ kind: 'ended' });
    expect((await sent()).map(({ quantity }) => quantity).sort((a, b) => a - b)).toEqual([40, 70, 90, 100]);
  });
});

describe('the end of a parent', () => {
  test('is told as ending until the broker has ended what works', async () => {
    await work(0);
    worked.broker.onCancel = () => {};
    expect(await worked.worker().stop(parentKey, 'halted')).toEqual({ kind: 'ending', why: 'halted', open: 1 });
    worked.broker.report(lastSent(), { state: 'CANCELLED' });
    expect(await worked.worker().stop(parentKey, 'another reason')).toEqual({
      ...{ kind: 'ended', why: 'halted' },
      result: { filledQuantity: 0, averagePriceUsd: null, endPriceUsd: 100 },
    });
  });

  test('opened twice, it is one', async () => {
    await work(0);
    await worked.parents.open(parentIntent, at);
    expect(await worked.parent()).toMatchObject({ claimed: 40 });
    expect(await worked.parents.ofCycle(cycleId)).toHaveLength(1);
  });

  test('a claim beyond its quantity, or after its end, is refused and writes nothing', async () => {
    const parent = await worked.parent();
    const claim = { slice: 0, childId: 'c' as never, quantity: 60 as Shares, claimedAt: at };
    expect(await worked.parents.claim(parent, claim)).toBe('claimed');
    expect(await worked.parents.claim(parent, { ...claim, slice: 1 })).toMatchObject({ reason: 'over-parent' });
    expect(await worked.parents.claim(parent, claim)).toMatchObject({ reason: 'already-claimed' });
    await worked.parents.end(parentKey, 'halted');
    expect(await worked.parents.claim(parent, { ...claim, slice: 1, quantity: 1 as Shares })).toMatchObject({ reason: 'parent-ended' });
    expect(await worked.claims()).toHaveLength(1);
  });
});
