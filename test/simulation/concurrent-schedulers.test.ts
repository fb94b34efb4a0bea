/**
 * Scheduler delivers at least once, and somebody may deploy a second one: the same cycle is fired by two at the same time, ten times over.
 *
 * Two starters are the first line: both name the execution after the cycle, and Step Functions takes a name once. Behind it, each phase may be
 * delivered twice all the same; two deliveries of the sending phase side by side are what the fault explorer goes through.
 */
import { expect, test } from 'vitest';
import type { CycleId } from '../../shared/kernel/units.ts';
import type { TestFund } from '../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';
import { bootSmall, sessionsFrom } from '../support/small-fund.ts';
import { executions, invokeStarter, travel } from '../support/starter.ts';

const days = sessionsFrom('2024-12-02', 10);
const cycleIdOn = (day: string): CycleId => `cycle-${day}T20-45-00Z` as CycleId;

const ordersOn = async ({ fund }: TestFund, day: string): Promise<string[]> =>
  (await fund.ledger.ordersOfCycle(cycleIdOn(day))).map(({ orderId, side, quantity }) => `${orderId} ${side} ${quantity}`).sort();

test('two schedulers that fire the same cycle at once, ten times over, come to one set of orders', async () => {
  await using fund = await bootSmall();
  for (const day of days) {
    const sentBefore = fund.wire.ordersSent;
    const scheduledAt = await travel(fund, day);
    await Promise.all([invokeStarter(fund, scheduledAt), invokeStarter(fund, scheduledAt)]);
    await fund.fund.cloud.settle();
    const orders = await ordersOn(fund, day);
    expect(fund.wire.ordersSent - sentBefore).toBe(orders.length);
    expect(fund.brokerOrders.slice(sentBefore).map(({ terms }) => terms.clientOrderId)).toHaveLength(new Set(orders).size);
  }
  expect(await executions(fund)).toEqual(days.map(cycleIdOn));
  expect(fund.brokerOrders.length).toBeGreaterThan(5);
  await expectLedgerIsExchange(fund);
});

test('a cycle whose every phase is delivered twice comes to the same orders', async () => {
  await using once = await bootSmall();
  await using twice = await bootSmall();
  twice.failing({ service: 'lambda', operation: 'Invoke', fault: 'duplicate' });
  for (const day of days.slice(0, 1)) {
    await once.cycle(day);
    await invokeStarter(twice, await travel(twice, day)).catch(() => undefined);
    await twice.fund.cloud.settle();
    expect(await ordersOn(twice, day)).toEqual(await ordersOn(once, day));
  }
  expect(twice.wire.ordersSent).toBe(once.wire.ordersSent);
  await expectLedgerIsExchange(twice);
});
