import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { submissionWindowMs } from '../../../shared/domain/execution/settle-order.ts';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CycleId, OrderId } from '../../../shared/kernel/units.ts';
import { HaltSweep, type SweepReport, type SweepScope } from '../../../shared/runtime/halt-sweep.ts';
import { at, intentOf, type OrderWorld, orderWorld } from './order-world.ts';

let world: OrderWorld;

beforeEach(async () => {
  world = await orderWorld();
});

afterEach(() => world.close());

const fund = { kind: 'fund' } as const;
const nothing: SweepReport = { withdrawn: 0, cancelled: 0, filled: 0, neverArrived: 0, stillOpen: 0, strays: [] };

const halt = (scope: Parameters<OrderWorld['control']['change']>[0] = fund) =>
  world.control.change(scope, { state: 'HALTED', reason: 'test', actor: 'test', at: world.clock.now() });

function sweep(scope: SweepScope = fund): Promise<SweepReport> {
  const { broker, ledger, clock } = world;
  return new HaltSweep({ broker, ledger, clock, fund: 'ballast' }).sweep(scope);
}

/** Reserved, and not sent. */
async function reserved(id: string): Promise<void> {
  expect(isRefusal(await world.ledger.reserveOrder(intentOf(id), world.guard, at))).toBe(false);
}

/** Reserved and begun, and nobody knows whether it was sent. */
async function begun(id: string): Promise<void> {
  await reserved(id);
  expect(await world.ledger.beginSending(intentOf(id), world.guard, at)).toMatchObject({ kind: 'begun' });
}

describe('a halt between the two steps of a sender', () => {
  test('before it began: the order is withdrawn, and the sender is refused', async () => {
    await reserved('ballast-AA-1');
    await halt();
    expect(await sweep()).toEqual({ ...nothing, withdrawn: 1 });
    expect(await world.order('ballast-AA-1')).toMatchObject({ state: 'CANCELLED', closedBy: 'never-sent' });
    await world.place(intentOf('ballast-AA-1'));
    expect(world.broker.submitted).toEqual([]);
  });

  test('before it began, and it comes before the sweep: it is refused all the same', async () => {
    await reserved('ballast-AA-1');
    await halt();
    await world.place(intentOf('ballast-AA-1'));
    expect(world.broker.submitted).toEqual([]);
    expect(await sweep()).toEqual(nothing);
  });

  test('after it began: the one broker call under way reaches the broker, and the sweep cancels its order', async () => {
    world.broker.onSubmit = async () => {
      await halt();
      return 'take';
    };
    await world.place(intentOf('ballast-AA-1'), intentOf('ballast-BB-1'));
    expect(world.broker.submitted).toEqual(['ballast-AA-1']);
    expect(await sweep()).toEqual({ ...nothing, cancelled: 1 });
    expect(world.broker.cancelled).toEqual(['ballast-AA-1']);
    expect(await world.order('ballast-AA-1')).toMatchObject({ state: 'CANCELLED', closedBy: 'broker-report' });
  });

  test('after it began, swept before the call arrives: open until the window has passed, and cancelled when it arrives', async () => {
    let arrive = (): void => {};
    world.broker.onSubmit = async (order) => {
      await halt();
      arrive = () => void world.broker.take(order);
      return { kind: 'unknown', cause: 'timeout' };
    };
    await world.place(intentOf('ballast-AA-1'));
    expect(await sweep()).toEqual({ ...nothing, stillOpen: 1 });
    world.wait(5_000);
    arrive();
    expect(await sweep()).toEqual({ ...nothing, cancelled: 1 });
    expect(await sweep()).toEqual(nothing);
  });

  test('loses to a sender that begins while the sweep withdraws: the order is asked for like any that was sent', async () => {
    await reserved('ballast-AA-1');
    // The sender's condition check passed before the halt; its transaction lands between the sweep's look and its deed.
    world.tables.beforeNext('TransactWriteItems', () => world.ledger.beginSending(intentOf('ballast-AA-1'), world.guard, at));
    expect(await sweep()).toEqual({ ...nothing, stillOpen: 1 });
    expect(await world.order('ballast-AA-1')).toMatchObject({ state: 'SUBMITTED' });
    world.wait(submissionWindowMs);
    expect(await sweep()).toEqual({ ...nothing, neverArrived: 1 });
    expect(await world.order('ballast-AA-1')).toMatchObject({ state: 'REJECTED', closedBy: 'broker-has-none' });
  });
});

describe('an order that may have been sent', () => {
  test('is never given up before the submission window has passed', async () => {
    await begun('ballast-AA-1');
    world.wait(submissionWindowMs - 1);
    expect(await sweep()).toEqual({ ...nothing, stillOpen: 1 });
    world.wait(1);
    expect(await sweep()).toEqual({ ...nothing, neverArrived: 1 });
  });

  test('is cancelled by client id also when its reply was lost', async () => {
    world.broker.onSubmit = async (order) => {
      world.broker.take(order);
      return { kind: 'unknown', cause: 'reset' };
    };
    await world.place(intentOf('ballast-AA-1'));
    expect(await world.order('ballast-AA-1')).toMatchObject({ state: 'UNKNOWN' });
    expect(await sweep()).toEqual({ ...nothing, cancelled: 1 });
  });
});

describe('a cancel', () => {
  test('that loses to a fill books the fill', async () => {
    await world.place(intentOf('ballast-AA-1'));
    world.broker.onCancel = ({ clientOrderId }) => world.broker.fill(clientOrderId);
    expect(await sweep()).toEqual({ ...nothing, filled: 1 });
    expect(await world.order('ballast-AA-1')).toMatchObject({ state: 'FILLED', cumulativeQuantity: 10 });
  });

  test('of an order filled in part keeps what was filled', async () => {
    await world.place(intentOf('ballast-AA-1'));
    world.broker.fill('ballast-AA-1', 4);
    expect(await sweep()).toEqual({ ...nothing, cancelled: 1 });
    expect(await world.order('ballast-AA-1')).toMatchObject({ state: 'CANCELLED', cumulativeQuantity: 4 });
    expect((await world.ledger.positions())[0]).toMatchObject({ quantity: 4, openOrders: 0, reservedUsd: 0 });
  });

  test('that the broker has not carried out yet leaves the order open, marked, and is asked for again', async () => {
    await world.place(intentOf('ballast-AA-1'));
    world.broker.onCancel = () => {};
    expect(await sweep()).toEqual({ ...nothing, stillOpen: 1 });
    expect(await world.order('ballast-AA-1')).toMatchObject({ state: 'ACKNOWLEDGED', pending: 'cancel' });
    world.broker.report('ballast-AA-1', { state: 'CANCELLED' });
    expect(await sweep()).toEqual({ ...nothing, cancelled: 1 });
  });

  test('is not sent for an order that is over at the broker', async () => {
    await world.place(intentOf('ballast-AA-1'), intentOf('ballast-BB-1'));
    world.broker.fill('ballast-AA-1');
    world.broker.report('ballast-BB-1', { state: 'EXPIRED' });
    expect(await sweep()).toEqual({ ...nothing, filled: 1, cancelled: 1 });
    expect(world.broker.cancelled).toEqual([]);
  });
});

test('trouble with one order does not keep the others working', async () => {
  await world.place(intentOf('ballast-AA-1'), intentOf('ballast-BB-1'), intentOf('ballast-CC-1'));
  world.broker.silentAbout.add('ballast-BB-1');
  await expect(sweep()).rejects.toThrow(TransientFailure);
  expect(world.broker.cancelled.sort()).toEqual(['ballast-AA-1', 'ballast-CC-1']);
  world.broker.silentAbout.clear();
  expect(await sweep()).toEqual({ ...nothing, cancelled: 1 });
});

test('the same pass twice, at once, ends each order once', async () => {
  await world.place(intentOf('ballast-AA-1'), intentOf('ballast-BB-1'));
  await reserved('ballast-CC-1');
  await Promise.all([sweep(), sweep()]);
  expect(await world.ledger.openOrders()).toEqual([]);
  expect((await world.ledger.positions()).map(({ openOrders, reservedUsd }) => [openOrders, reservedUsd])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

describe('a scope', () => {
  const other = 'cycle-2019-06-13T19-45-00Z' as CycleId;

  test.each<[string, SweepScope, string[]]>([
    ['the fund', fund, ['ballast-AA-1', 'ballast-BB-1', 'ballast-CC-1', 'ballast-DD-1']],
    ['a symbol', { kind: 'symbol', name: 'AA' }, ['ballast-AA-1']],
    ['a strategy', { kind: 'strategy', name: 'pairs' }, ['ballast-BB-1']],
    ['a broker', { kind: 'broker', name: 'other' }, ['ballast-CC-1']],
    ['a cycle, whose GTC order lives on', { kind: 'cycle', cycleId: other }, ['ballast-DD-1']],
  ])('of %s takes what belongs to it', async (_what, scope, expected) => {
    await world.place(
      intentOf('ballast-AA-1'),
      intentOf('ballast-BB-1', { strategy: 'pairs' }),
      intentOf('ballast-CC-1', { broker: 'other' }),
      intentOf('ballast-DD-1', { cycleId: other }),
    );
    if (scope.kind === 'cycle') await world.place(intentOf('ballast-DD-2', { cycleId: other, timeInForce: 'GTC' }));
    expect(await sweep(scope)).toEqual({ ...nothing, cancelled: expected.length });
    expect(world.broker.cancelled.sort()).toEqual(expected);
  });
});

describe('an order of ours that the ledger holds for over', () => {
  /** A sender so late that its order had been given up. */
  async function zombie(id: string): Promise<void> {
    await begun(id);
    world.wait(submissionWindowMs);
    expect(await sweep()).toMatchObject({ neverArrived: 1 });
    world.broker.take({ ...intentOf(id), clientOrderId: id as OrderId, type: 'MARKET' });
  }

  test('is cancelled and told by name', async () => {
    await zombie('ballast-AA-1');
    expect(await sweep()).toEqual({ ...nothing, strays: ['ballast-AA-1'] });
    expect(await sweep()).toEqual(nothing);
  });

  test('counts as open until the broker has ended it', async () => {
    await zombie('ballast-AA-1');
    world.broker.onCancel = () => {};
    expect(await sweep({ kind: 'symbol', name: 'AA' })).toEqual({ ...nothing, stillOpen: 1, strays: ['ballast-AA-1'] });
    expect(await sweep({ kind: 'symbol', name: 'BB' })).toEqual(nothing);
  });

  test('is left alone when it is another’s, or when it was filled and booked since the broker’s list was read', async () => {
    world.broker.take({ ...intentOf('somebody-AA-1'), clientOrderId: 'somebody-AA-1' as OrderId, type: 'MARKET' });
    await world.place(intentOf('ballast-BB-1'));
    const openOrders = world.broker.openOrders.bind(world.broker);
    world.broker.openOrders = async () => {
      const listed = [...(await openOrders()), world.broker.orders.get('ballast-BB-1')!];
      world.broker.report('ballast-BB-1', { state: 'CANCELLED' });
      return listed;
    };
    expect(await sweep({ kind: 'symbol', name: 'AA' })).toEqual(nothing);
    expect(await sweep()).toEqual({ ...nothing, cancelled: 1 });
    expect(world.broker.cancelled).not.toContain('somebody-AA-1');
  });
});
