/** When a cycle may begin, and that it begins once: schedules, holidays, half days, leases, and starts that come late, twice or out of order. */
import { describe, expect, test } from 'vitest';
import { bootFund, named, session, type TestFund } from '../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';
import { at, executions, fire, invokeStarter, travel } from '../support/starter.ts';
import { putItem } from '../support/tampering.ts';

const cycleId = `cycle-${session}T20-45-00Z`;

describe('the same cycle begins once', () => {
  async function expectOneCycle(fund: TestFund): Promise<void> {
    expect(await executions(fund)).toEqual([cycleId]);
    const orders = await fund.fund.ledger.ordersOfCycle(cycleId as never);
    expect(orders.length).toBeGreaterThan(5);
    expect(fund.brokerOrders).toHaveLength(orders.length);
    await expectLedgerIsExchange(fund);
  }

  test('when its schedule is delivered', async () => {
    await using fund = await bootFund();
    await fire(fund, 'cycle-1545', await travel(fund, session));
    await expectOneCycle(fund);
  });

  test('when its schedule is delivered twice, one after the other', async () => {
    await using fund = await bootFund();
    const scheduledAt = await travel(fund, session);
    await fire(fund, 'cycle-1545', scheduledAt);
    await fire(fund, 'cycle-1545', scheduledAt);
    await expectOneCycle(fund);
  });

  test('when two starters run at once', async () => {
    await using fund = await bootFund();
    const scheduledAt = await travel(fund, session);
    const answers = await Promise.all([1, 2, 3].map(() => invokeStarter(fund, scheduledAt)));
    await fund.fund.cloud.settle();
    expect(new Set(answers.map(({ executionArn, reason }) => executionArn ?? reason)).size).toBeLessThanOrEqual(2);
    await expectOneCycle(fund);
  });

  test('when it is started again after it ended', async () => {
    await using fund = await bootFund();
    await fund.cycle();
    const sent = fund.wire.ordersSent;
    expect(await fund.cycle()).toMatchObject({ outcome: 'refused', refusal: { reason: 'already-run' } });
    expect(fund.wire.ordersSent).toBe(sent);
    await expectOneCycle(fund);
  });
});

describe('one cycle trades at a time', () => {
  const lease = (changes: object) => ({ pk: 'trading-cycle', sk: 'lease', token: 7, holder: 'cycle-2024-12-02T20-40-00Z', ...changes });

  test('so it is refused while another holds the lease, and the lease stays the other one’s', async () => {
    await using fund = await bootFund();
    await putItem(fund, 'leases', lease({ scheduledAt: at(session, '15:40'), expiresAt: at(session, '16:00') }));
    expect(await fund.cycle()).toMatchObject({ outcome: 'refused', refusal: { reason: 'lease-held' }, orders: [] });
    expect(fund.wire.calls).toEqual([]);
    expect(await fund.call('dynamodb', 'GetItem', leaseKey)).toMatchObject({ Item: { token: { N: '7' } } });
  });

  test('and it takes over a lease that ran out, with a higher token', async () => {
    await using fund = await bootFund();
    await putItem(fund, 'leases', lease({ scheduledAt: at(session, '15:15'), expiresAt: at(session, '15:35') }));
    expect(await fund.cycle()).toMatchObject({ outcome: 'traded' });
    expect(await fund.call('dynamodb', 'GetItem', leaseKey)).toMatchObject({ Item: { token: { N: '8' } } });
  });

  test('so a cycle that lost its lease without noticing sends nothing more', async () => {
    await using fund = await bootFund();
    fund.before('Place Orders', () =>
      putItem(fund, 'leases', lease({ scheduledAt: at(session, '15:46'), expiresAt: at(session, '16:06'), token: 99 })),
    );
    expect(await fund.cycle()).toMatchObject({ outcome: 'no-trade', orders: [] });
    expect(fund.wire.ordersSent).toBe(0);
  });

  const leaseKey = { TableName: named('leases'), Key: { pk: { S: 'trading-cycle' }, sk: { S: 'lease' } } };
});

describe('the starter', () => {
  test.each([
    ['five minutes and a second late', '15:45', 5 * 60_000 + 1000, 'start-is-late'],
    ['an hour early', '15:45', -3_600_000, 'start-is-late'],
    ['after the close', '16:10', 0, 'market-closed'],
    ['before the opening', '09:00', 0, 'market-closed'],
  ])('refuses a start %s', async (_what, time, lateMs, reason) => {
    await using fund = await bootFund();
    const scheduledAt = await travel(fund, session, time);
    fund.fund.clock.travelTo((scheduledAt + lateMs) as never);
    expect(await invokeStarter(fund, scheduledAt)).toMatchObject({ kind: 'refused', reason });
    expect(await executions(fund)).toEqual([]);
  });

  test('starts one that is five minutes late and no more', async () => {
    await using fund = await bootFund();
    const scheduledAt = await travel(fund, session);
    fund.fund.clock.travelTo((scheduledAt + 5 * 60_000) as never);
    expect(await invokeStarter(fund, scheduledAt)).toMatchObject({ kind: 'started' });
    await fund.fund.cloud.settle();
    expect(fund.brokerOrders.length).toBeGreaterThan(0);
  });

  test.each([
    ['Thanksgiving', '2024-11-28'],
    ['Christmas', '2024-12-25'],
    ['a Saturday', '2024-12-07'],
  ])('refuses %s', async (_what, day) => {
    await using fund = await bootFund();
    await fire(fund, 'cycle-1545', await travel(fund, day));
    expect(await executions(fund)).toEqual([]);
    expect(await invokeStarter(fund, at(day, '15:45'))).toMatchObject({ kind: 'refused', reason: 'market-closed' });
  });

  test('trades a half day at 12:45, and not at 15:45', async () => {
    await using fund = await bootFund();
    const halfDay = '2024-11-29';
    await fire(fund, 'cycle-1245-short-sessions', await travel(fund, halfDay, '12:45'));
    expect(await executions(fund)).toEqual([`cycle-${halfDay}T17-45-00Z`]);
    const sent = fund.wire.ordersSent;
    expect(sent).toBeGreaterThan(0);
    await fire(fund, 'cycle-1545', await travel(fund, halfDay, '15:45'));
    expect(await executions(fund)).toHaveLength(1);
    expect(fund.wire.ordersSent).toBe(sent);
  });

  test('leaves a full day to the 15:45 schedule', async () => {
    await using fund = await bootFund();
    await fire(fund, 'cycle-1245-short-sessions', await travel(fund, session, '12:45'));
    expect(await executions(fund)).toEqual([]);
    expect(await invokeStarter(fund, at(session, '12:45'), { onlyOn: 'short-session' })).toMatchObject({ reason: 'not-a-short-session' });
  });
});

test('a cycle before the last one is refused: the book would know what it must not', async () => {
  await using fund = await bootFund();
  expect(await fund.cycle('2024-12-03')).toMatchObject({ outcome: 'traded' });
  const sent = fund.wire.ordersSent;
  expect(await fund.cycle('2024-12-02')).toMatchObject({ outcome: 'refused', refusal: { reason: 'cycle-out-of-order' }, orders: [] });
  expect(fund.wire.ordersSent).toBe(sent);
});
