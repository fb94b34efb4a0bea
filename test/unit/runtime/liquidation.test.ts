import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { submissionWindowMs } from '../../../shared/domain/execution/settle-order.ts';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import type { EpochMs, Shares, Ticker } from '../../../shared/kernel/units.ts';
import { Liquidation, liquidationId, liquidationPermit } from '../../../shared/runtime/liquidation.ts';
import type { LedgerPosition, ReservationGuard } from '../../../shared/stores/ledger/index.ts';
import { at, intentOf, type OrderWorld, orderWorld } from './order-world.ts';

let world: OrderWorld;
let epoch: number;

/** Twenty AA and ten BB are held, and the fund is halted. */
beforeEach(async () => {
  world = await orderWorld();
  await world.place(intentOf('ballast-AA-1'), intentOf('ballast-AA-2'), intentOf('ballast-BB-1'));
  for (const id of ['ballast-AA-1', 'ballast-AA-2', 'ballast-BB-1']) {
    world.broker.fill(id);
    const order = world.broker.orders.get(id)!;
    await world.ledger.recordEvidence(intentOf(id), order, at);
  }
  world.broker.submitted.length = 0;
  ({ epoch } = await world.control.change({ kind: 'fund' }, { state: 'HALTED', reason: 'test', actor: 'test', at }));
});

afterEach(() => world.close());

const id = liquidationId({ kind: 'fund' }, 8);

async function advance(controlEpoch = epoch) {
  const { broker, ledger, clock } = world;
  const positions = await standing();
  const { lines } = liquidationPermit({ id, scope: { kind: 'fund' }, controlEpoch, positions, validUntil: at });
  const guard: ReservationGuard = { ...world.guard, control: { table: 'policy', epoch: controlEpoch, purpose: 'liquidate' }, lease: null };
  const desk = await world.desk(guard, lines);
  return new Liquidation({ id, fund: 'ballast', lines, broker, ledger, desk, clock }).advance();
}

/** The permit is written once, before anything is sold. */
let before: readonly LedgerPosition[] | undefined;
beforeEach(() => {
  before = undefined;
});
async function standing(): Promise<readonly LedgerPosition[]> {
  before ??= await world.ledger.positions();
  return before;
}

const fillAll = (): void => {
  for (const order of world.broker.orders.values()) if (order.state === 'ACKNOWLEDGED') world.broker.fill(order.clientOrderId);
};
const sold = async () =>
  (await world.ledger.ordersOfCycle(id)).map(({ symbol, side, quantity, state }) => [symbol, side, quantity, state]).sort();

describe('the permit of a liquidation', () => {
  const position = (symbol: string, quantity: number) => ({ symbol, quantity }) as LedgerPosition;
  const permit = (scope: Parameters<typeof liquidationPermit>[0]['scope']) =>
    liquidationPermit({
      ...{ id, scope, controlEpoch: 8, validUntil: 9 as EpochMs },
      positions: [position('AA', 20), position('BB', -7.5), position('CC', 0)],
    });

  test('closes exactly what is held, longs by selling and shorts by buying', () => {
    expect(permit({ kind: 'fund' })).toMatchObject({
      issuedFor: id,
      controlEpoch: 8,
      lines: [
        { symbol: 'AA', buySharesMax: 0, sellSharesMax: 20 },
        { symbol: 'BB', buySharesMax: 7.5, sellSharesMax: 0 },
      ],
    });
  });

  test('of one symbol has its line alone', () => {
    expect(permit({ kind: 'symbol', name: 'BB' }).lines.map(({ symbol }) => symbol)).toEqual(['BB']);
  });

  test('has another id for another halt and for another scope, also for two that read alike', () => {
    const scopes = [{ kind: 'fund' }, { kind: 'symbol', name: 'BRK.B' }, { kind: 'symbol', name: 'BRK-B' }] as const;
    const ids = scopes.flatMap((scope) => [liquidationId(scope, 8), liquidationId(scope, 9)]);
    expect(new Set(ids).size).toBe(6);
    for (const one of ids) expect(one).toMatch(/^flatten-[A-Za-z0-9-]+$/);
  });
});

describe('a liquidation', () => {
  test('sells everything, while the fund is halted, and is done when it is filled', async () => {
    expect(await advance()).toEqual({ working: 2, stuck: [] });
    fillAll();
    expect(await advance()).toEqual({ working: 0, stuck: [] });
    expect(await sold()).toEqual([
      ['AA', 'SELL', 20, 'FILLED'],
      ['BB', 'SELL', 10, 'FILLED'],
    ]);
    expect((await world.ledger.positions()).map(({ quantity }) => quantity)).toEqual([0, 0]);
  });

  test('sends each order once, however often it is advanced and by how many at once', async () => {
    await Promise.allSettled([advance(), advance(), advance()]);
    await advance();
    fillAll();
    await advance();
    expect(world.broker.orders.size).toBe(3 + 2);
    expect(await sold()).toHaveLength(2);
    expect([...world.broker.held.values()]).toEqual([0, 0]);
  });

  test('follows an order that ended short with another for what is left, and gives up after five', async () => {
    await advance();
    world.broker.fill(world.broker.submitted[0]!, 12);
    for (let pass = 0; pass < 7; pass++) {
      for (const { clientOrderId, state } of world.broker.orders.values())
        if (state === 'ACKNOWLEDGED' || state === 'PARTIAL') world.broker.report(clientOrderId, { state: 'CANCELLED' });
      await advance();
    }
    expect((await sold()).filter(([symbol]) => symbol === 'AA').map(([, , quantity]) => quantity)).toEqual([20, 8, 8, 8, 8]);
    expect(await advance()).toEqual({ working: 0, stuck: ['AA', 'BB'] });
  });

  test('never sells more than the broker says is there', async () => {
    world.broker.held.set('AA', 5);
    world.broker.held.delete('BB');
    expect(await advance()).toEqual({ working: 1, stuck: ['BB'] });
    expect(await sold()).toEqual([['AA', 'SELL', 5, 'ACKNOWLEDGED']]);
  });

  test('asks for an order whose reply was lost before it sends another', async () => {
    world.broker.onSubmit = async (order) => {
      if (order.symbol === ('AA' as Ticker)) world.broker.take(order);
      return { kind: 'unknown', cause: 'timeout' };
    };
    expect(await advance()).toEqual({ working: 2, stuck: [] });
    world.broker.onSubmit = async () => 'take';
    expect(await advance()).toEqual({ working: 2, stuck: [] });
    expect(world.broker.submitted).toHaveLength(2);
    world.wait(submissionWindowMs);
    await advance();
    expect(world.broker.submitted).toHaveLength(3);
    expect((await sold()).map(([symbol, , , state]) => [symbol, state])).toEqual([
      ['AA', 'ACKNOWLEDGED'],
      ['BB', 'ACKNOWLEDGED'],
      ['BB', 'REJECTED'],
    ]);
  });

  test('ends when somebody changes the control item of the fund', async () => {
    await world.control.change({ kind: 'fund' }, { state: 'RUNNING', reason: 'no', actor: 'test', at });
    expect(await advance()).toEqual({ working: 0, stuck: ['AA', 'BB'] });
    expect(world.broker.submitted).toEqual([]);
  });

  test('does not guess when the broker does not answer', async () => {
    await advance();
    world.broker.silentAbout.add(world.broker.submitted[0]!);
    await expect(advance()).rejects.toThrow(TransientFailure);
    expect(world.broker.submitted).toHaveLength(2);
  });

  test('leaves no order beyond what its permit says, though the ledger holds more by now', async () => {
    await standing();
    before = before!.map((position) => (position.symbol === 'AA' ? { ...position, quantity: 3 as Shares } : position));
    await advance();
    expect(await sold()).toEqual([
      ['AA', 'SELL', 3, 'ACKNOWLEDGED'],
      ['BB', 'SELL', 10, 'ACKNOWLEDGED'],
    ]);
  });
});
