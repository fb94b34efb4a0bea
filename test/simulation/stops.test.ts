/**
 * The three stops, from the outside: whoever writes a control item, by console, event or command, what works at the exchange ends, people
 * are told once, and nothing else is touched. And the switch that does the same when a cycle dies.
 */
import { describe, expect, test } from 'vitest';
import type { ControlState, StopScope } from '../../shared/contracts/control.ts';
import { bootFund, named, session, type TestFund } from '../support/boot-fund.ts';
import { isOrder } from '../support/broker-wire.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';
import { abortedCycle, restingOrder } from '../support/resting-order.ts';
import { alertsOf, bootSmall } from '../support/small-fund.ts';
import { fire, travel } from '../support/starter.ts';
import { setControlState } from '../support/tampering.ts';

const alertsAbout = (fund: TestFund, what: RegExp): string[] => alertsOf(fund).filter((alert) => what.test(alert));

/** As a command does, without waiting for what comes of it. */
const stop = (fund: TestFund, scope: StopScope, state: ControlState, flatten = false) =>
  fund.fund.control.change(scope, { state, reason: 'a drill', actor: 'operator/ada', at: fund.fund.clock.now(), flatten });

async function ended(fund: TestFund): Promise<void> {
  await fund.fund.cloud.settle();
  expect(fund.told('BackgroundFailed')).toEqual([]);
}

const stateOf = (fund: TestFund, clientOrderId: string): string | undefined =>
  fund.brokerOrders.find(({ terms }) => terms.clientOrderId === clientOrderId)?.status;

describe('HALTED', () => {
  test('typed into the console cancels what works, and tells people once', async () => {
    await using fund = await bootFund();
    await travel(fund, session, '11:00');
    const order = await restingOrder(fund, 'QBYT');
    await setControlState(fund, 'HALTED');
    await ended(fund);
    expect(stateOf(fund, order.orderId)).toBe('canceled');
    expect(await fund.fund.ledger.order(order)).toMatchObject({ state: 'CANCELLED', closedBy: 'broker-report' });
    expect(alertsAbout(fund, /TradingPaused/)).toHaveLength(1);
    await expectLedgerIsExchange(fund);
  });

  test.each<[string, StopScope, 'canceled' | 'new', 'canceled' | 'new']>([
    ['a symbol ends its orders alone', { kind: 'symbol', name: 'QBYT' }, 'canceled', 'new'],
    ['a broker ends all that it has', { kind: 'broker', name: 'alpaca' }, 'canceled', 'canceled'],
    ['another strategy ends nothing', { kind: 'strategy', name: 'pairs' }, 'new', 'new'],
  ])('of %s', async (_what, scope, one, other) => {
    await using fund = await bootFund();
    await travel(fund, session, '11:00');
    const orders = [await restingOrder(fund, 'QBYT'), await restingOrder(fund, 'QDEL')];
    await stop(fund, scope, 'HALTED');
    await ended(fund);
    expect(orders.map(({ orderId }) => stateOf(fund, orderId))).toEqual([one, other]);
    expect(alertsAbout(fund, /TradingPaused: Trading of /)).toHaveLength(1);
  });

  test('that commits while an order is on its way lets that one arrive, sends none after it, and ends everything', async () => {
    await using fund = await bootSmall();
    fund.wire.before = async (call) => {
      if (isOrder(call) && call.nth === 3) await setControlState(fund, 'HALTED');
      return 'none' as const;
    };
    await fund.cycle();
    await ended(fund);
    expect(fund.wire.ordersSent).toBe(3);
    expect(await fund.fund.ledger.openOrders()).toEqual([]);
    await expectLedgerIsExchange(fund);
  });

  test('ends an order whose reply was lost, also when the broker has it', async () => {
    await using fund = await bootSmall();
    fund.wire.before = async (call) => {
      if (!isOrder(call) || call.nth !== 2) return 'none' as const;
      await setControlState(fund, 'HALTED');
      return 'reply-lost' as const;
    };
    await fund.cycle();
    await ended(fund);
    expect(await fund.fund.ledger.openOrders()).toEqual([]);
    await expectLedgerIsExchange(fund);
  });
});

test.each<ControlState>(['PAUSED', 'REDUCE_ONLY'])('%s cancels nothing', async (state) => {
  await using fund = await bootFund();
  await travel(fund, session, '11:00');
  const { orderId } = await restingOrder(fund, 'QBYT');
  await stop(fund, { kind: 'fund' }, state);
  await ended(fund);
  expect(stateOf(fund, orderId)).toBe('new');
  expect(alertsAbout(fund, /TradingPaused/)).toHaveLength(1);
});

test('a stopped symbol is left out of the next cycle, and what is stopped may be resumed', async () => {
  await using fund = await bootSmall();
  await stop(fund, { kind: 'symbol', name: 'QBYT' }, 'PAUSED');
  const traded = (await fund.cycle()).orders.map(({ symbol }) => symbol);
  expect(traded.length).toBeGreaterThan(0);
  expect(traded).not.toContain('QBYT');
  await stop(fund, { kind: 'symbol', name: 'QBYT' }, 'RUNNING');
  await ended(fund);
  expect((await fund.cycle('2024-12-03')).orders.map(({ symbol }) => symbol)).toContain('QBYT');
});

describe('an event on the bus', () => {
  const request = (fund: TestFund, state: string, scope: StopScope = { kind: 'fund' }) =>
    fund.call('events', 'PutEvents', {
      Entries: [
        {
          EventBusName: named('events'),
          Source: 'ballast',
          DetailType: 'StopRequested',
          Detail: JSON.stringify({ scope, state, reason: 'a monitor', actor: 'monitor' }),
        },
      ],
    });

  test('stops trading as a command does, and cannot loosen a stop', async () => {
    await using fund = await bootFund({ data: false });
    await request(fund, 'HALTED');
    await ended(fund);
    const halted = await fund.fund.control.read();
    expect(halted).toMatchObject({ state: 'HALTED', reason: 'a monitor', actor: 'event/monitor' });
    for (const weaker of ['PAUSED', 'REDUCE_ONLY', 'HALTED']) await request(fund, weaker);
    await ended(fund);
    expect(await fund.fund.control.read()).toEqual(halted);
    expect(alertsAbout(fund, /TradingPaused/)).toHaveLength(1);
  });

  test('cannot resume', async () => {
    await using fund = await bootFund({ data: false });
    await stop(fund, { kind: 'fund' }, 'PAUSED');
    await request(fund, 'RUNNING');
    await fund.fund.cloud.settle();
    expect(await fund.fund.control.read()).toMatchObject({ state: 'PAUSED' });
  });
});

describe('a halt that sells', () => {
  test('ends with nothing held, here and at the exchange, and is on record', async () => {
    await using fund = await bootSmall();
    await fund.cycle();
    const held = fund.fund.exchange.state().positions.size;
    expect(held).toBeGreaterThan(1);
    await stop(fund, { kind: 'fund' }, 'HALTED', true);
    await ended(fund);
    expect((await fund.fund.ledger.positions()).filter(({ quantity }) => quantity !== 0)).toEqual([]);
    await expectLedgerIsExchange(fund);
    const sold = fund.brokerOrders.filter(({ terms }) => terms.side === 'sell');
    expect(sold).toHaveLength(held);
    expect(fund.told('StateFailed')).toEqual([]);
  });

  test('of one symbol leaves the others, and the fund runs on', async () => {
    await using fund = await bootSmall();
    await fund.cycle();
    const before = (await fund.fund.ledger.positions()).filter(({ quantity }) => quantity !== 0).map(({ symbol }) => symbol);
    await stop(fund, { kind: 'symbol', name: before[0]! }, 'HALTED', true);
    await ended(fund);
    const after = (await fund.fund.ledger.positions()).filter(({ quantity }) => quantity !== 0).map(({ symbol }) => symbol);
    expect(after).toEqual(before.slice(1));
    expect(await fund.fund.control.read()).toMatchObject({ state: 'RUNNING' });
    await expectLedgerIsExchange(fund);
  });

  test('sends each order once, though every call arrives twice', async () => {
    await using fund = await bootSmall();
    await fund.cycle();
    const held = fund.fund.exchange.state().positions.size;
    fund.failing({ fault: 'duplicate' });
    await stop(fund, { kind: 'fund' }, 'HALTED', true);
    await ended(fund);
    expect(fund.brokerOrders.filter(({ terms }) => terms.side === 'sell')).toHaveLength(held);
    await expectLedgerIsExchange(fund);
  });
});

describe('the dead-man switch', () => {
  test('cancels what a cycle that was aborted left working, takes its lease, and wakes somebody', async () => {
    await using fund = await bootFund();
    const order = await restingOrder(fund, 'QBYT', await abortedCycle(fund, await travel(fund, session, '11:00')));
    await fire(fund, 'dead-man', await travel(fund, session, '11:05'));
    await ended(fund);
    expect(stateOf(fund, order.orderId)).toBe('canceled');
    expect(await fund.fund.ledger.openOrders()).toEqual([]);
    const died = fund.told('LogLine').filter(({ details }) => String(details.line).includes('cycle-died'));
    expect(died).toHaveLength(1);
    await fire(fund, 'dead-man', await travel(fund, session, '11:10'));
    expect(fund.told('LogLine').filter(({ details }) => String(details.line).includes('cycle-died'))).toHaveLength(1);
  });

  test('leaves alone what a completed cycle left working', async () => {
    await using fund = await bootSmall();
    const report = await fund.cycle();
    const order = await restingOrder(fund, 'QBYT', report.cycleId);
    await fire(fund, 'dead-man', await travel(fund, session, '15:50'));
    await ended(fund);
    expect(stateOf(fund, order.orderId)).toBe('new');
    expect(await fund.fund.control.read()).toMatchObject({ state: 'RUNNING' });
  });
});
