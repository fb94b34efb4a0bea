/** The flag that stops trading, looked at from the exchange: whatever the control item says or fails to say, no order more gets out. */
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { bootFund, named, session, type TestFund } from '../support/boot-fund.ts';
import { isOrder } from '../support/broker-wire.ts';
import { publishApproved } from '../support/publish-policy.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';
import { controlItem, deleteItem, putItem, setControlState } from '../support/tampering.ts';
import { ungatedPolicy } from '../support/ungated-policy.ts';

describe('at preflight nothing trades', () => {
  const standings: readonly (readonly [string, string, (fund: TestFund) => Promise<void>])[] = [
    ['control says PAUSED', 'trading-paused', (fund) => setControlState(fund, 'PAUSED')],
    ['control says HALTED', 'trading-halted', (fund) => setControlState(fund, 'HALTED')],
    ['the control item is deleted', 'control-missing', (fund) => deleteItem(fund, 'policy', 'control', 'trading')],
    ['its epoch is missing', 'control-malformed', (fund) => putItem(fund, 'policy', controlItem({ epoch: undefined }))],
    ['its epoch is text', 'control-malformed', (fund) => putItem(fund, 'policy', controlItem({ epoch: '1' }))],
    ['its epoch is no whole number', 'control-malformed', (fund) => putItem(fund, 'policy', controlItem({ epoch: 1.5 }))],
    ['its state is none we know', 'control-malformed', (fund) => putItem(fund, 'policy', controlItem({ state: 'GO' }))],
    ['its state is misspelt', 'control-malformed', (fund) => putItem(fund, 'policy', controlItem({ state: 'Running' }))],
    ['nobody says who changed it', 'control-malformed', (fund) => putItem(fund, 'policy', controlItem({ actor: undefined }))],
  ];

  test.each(standings)('when %s', async (_what, reason, change) => {
    await using fund = await bootFund();
    await change(fund);
    const report = await fund.cycle();
    expect(report).toMatchObject({ outcome: 'refused', refusal: { reason }, orders: [] });
    // A halt is swept, which asks the broker and finds nothing.
    expect(fund.wire.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(fund.brokerOrders).toEqual([]);
  });

  test('and a person who resumes it over a garbled item trades again', async () => {
    await using fund = await bootFund();
    await putItem(fund, 'policy', controlItem({ epoch: 'never' }));
    await fund.cycle();
    await fund.fund.control.change(
      { kind: 'fund' },
      { state: 'RUNNING', reason: 'repaired', actor: 'operator', at: fund.fund.clock.now() },
    );
    expect(await fund.cycle('2024-12-03')).toMatchObject({ outcome: 'traded' });
  });
});

test('REDUCE_ONLY lets sells of what is held out, and no buy', async () => {
  await using fund = await bootFund();
  await fund.cycle();
  const held = new Set(fund.fund.exchange.state().positions.keys());
  const bought = fund.brokerOrders.length;
  // Sectors must shrink, and turnover would leave room for buys beside the sells.
  const tighter = { ...ungatedPolicy, portfolio: { ...ungatedPolicy.portfolio, sectorFracMax: 0.02, turnoverFracMax: 0.5 } };
  await publishApproved(fund.fund.policies, tighter, fund.fund.clock.now());
  await setControlState(fund, 'REDUCE_ONLY');

  const report = await fund.cycle('2024-12-03');

  const later = fund.brokerOrders.slice(bought);
  expect(report.outcome).toBe('traded');
  expect(later.length).toBeGreaterThan(0);
  expect(later.filter(({ terms }) => terms.side !== 'sell' || !held.has(terms.symbol))).toEqual([]);
  expect(await wouldBuy(tighter)).toBeGreaterThan(0);
  await expectLedgerIsExchange(fund);
});

/** How many buys the same second cycle sends when control lets it. */
async function wouldBuy(policy: Policy): Promise<number> {
  await using fund = await bootFund();
  await fund.cycle();
  await publishApproved(fund.fund.policies, policy, fund.fund.clock.now());
  return (await fund.cycle('2024-12-03')).orders.filter(({ side }) => side === 'BUY').length;
}

describe('pausing while a cycle runs', () => {
  test.each(['Load Data', 'Check Risk', 'Place Orders'])('before %s lets no order out', async (state) => {
    await using fund = await bootFund();
    fund.before(state, () => setControlState(fund, 'PAUSED'));
    const report = await fund.cycle();
    expect(report).toMatchObject({ outcome: 'no-trade', orders: [] });
    expect(fund.wire.ordersSent).toBe(0);
    expect(fund.brokerOrders).toEqual([]);
  });

  test('and resuming it again lets no order of that cycle out: the epoch has moved', async () => {
    await using fund = await bootFund();
    const at = fund.fund.clock.now();
    fund.before('Place Orders', async () => {
      await fund.fund.control.change({ kind: 'fund' }, { state: 'PAUSED', reason: 'a doubt', actor: 'operator', at });
      await fund.fund.control.change({ kind: 'fund' }, { state: 'RUNNING', reason: 'no doubt', actor: 'operator', at });
    });
    expect(await fund.cycle()).toMatchObject({ outcome: 'no-trade', orders: [] });
    expect(fund.wire.ordersSent).toBe(0);
  });

  test('deleting the control item between risk and orders lets none out', async () => {
    await using fund = await bootFund();
    fund.before('Place Orders', () => deleteItem(fund, 'policy', 'control', 'trading'));
    expect(await fund.cycle()).toMatchObject({ orders: [] });
    expect(fund.wire.ordersSent).toBe(0);
  });

  test.each([1, 3, 7])('while order %i is on its way lets that one out and none after it', async (k) => {
    await using fund = await bootFund();
    fund.wire.before = async (call) => {
      if (isOrder(call) && call.nth === k) await setControlState(fund, 'PAUSED');
      return 'none' as const;
    };
    const report = await fund.cycle();
    expect(fund.wire.ordersSent).toBe(k);
    expect(fund.brokerOrders).toHaveLength(k);
    expect(report.orders).toHaveLength(k);
    expect(report.orders.every(({ state }) => state === 'FILLED')).toBe(true);
    await expectLedgerIsExchange(fund);
  });

  test('between the reservation of an order and its sending withdraws it, unsent, with what it had reserved', async () => {
    await using fund = await bootFund();
    // Three transactions an order: reserve, begin, evidence. The one that begins the third order comes late.
    fund.failing({
      ...{ service: 'dynamodb', operation: 'TransactWriteItems', caller: named('trading-place-orders') },
      ...{ nth: 8, fault: 'delay', delayMs: 1 },
    });
    fund.fund.listen(({ event, details }) => {
      if (event === 'FaultStruck' && details.operation === 'TransactWriteItems')
        void fund.fund.clock.hold(() => setControlState(fund, 'PAUSED'));
    });
    const report = await fund.cycle();
    expect(fund.brokerOrders).toHaveLength(2);
    expect(fund.wire.ordersSent).toBe(2);
    const withdrawn = report.orders.filter(({ state }) => state !== 'FILLED');
    expect(withdrawn).toMatchObject([{ state: 'CANCELLED', closedBy: 'never-sent', note: 'control-not-running' }]);
    const position = (await fund.fund.ledger.positions()).find(({ symbol }) => symbol === withdrawn[0]!.symbol);
    expect(position).toMatchObject({ openOrders: 0, reservedUsd: 0 });
    expect(await fund.fund.ledger.openOrders()).toEqual([]);
    await expectLedgerIsExchange(fund);
  });

  test('after its last order changes nothing of it, and stops the next', async () => {
    await using fund = await bootFund();
    fund.before('Collect Fills', () => setControlState(fund, 'PAUSED'));
    expect(await fund.cycle(session)).toMatchObject({ outcome: 'traded' });
    await expectLedgerIsExchange(fund);
    const sent = fund.wire.ordersSent;
    expect(await fund.cycle('2024-12-03')).toMatchObject({ refusal: { reason: 'trading-paused' } });
    expect(fund.wire.ordersSent).toBe(sent);
  });
});
