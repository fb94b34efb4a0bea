/** Exactly one order per intent: functions that die between two orders, replies and requests that are lost, and a broker that is away. */
import { describe, expect, test } from 'vitest';
import type { FaultRule } from '../../apps/local-cloud/faults.ts';
import { verifyChain } from '../../shared/domain/audit/verify-chain.ts';
import { bootFund, named, type TestFund } from '../support/boot-fund.ts';
import { isOrder } from '../support/broker-wire.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';

const untroubled = await ordersOfAnUntroubledCycle();

async function ordersOfAnUntroubledCycle(): Promise<string[]> {
  await using fund = await bootFund();
  return (await fund.cycle()).orders.map(({ orderId }) => orderId).sort();
}

/** What the exchange accepted, each once. */
const accepted = (fund: TestFund): string[] => fund.brokerOrders.map(({ terms }) => terms.clientOrderId).sort();

describe('the function that places orders dies', () => {
  /** The ledger is written twice an order: once to reserve it, once with the broker's answer. */
  const dies = (fault: FaultRule['fault'], nth: number): FaultRule => ({
    ...{ service: 'dynamodb', operation: 'TransactWriteItems', caller: named('trading-place-orders') },
    ...{ nth, fault },
  });

  test.each([
    ['before it reserves the first', dies('crash-before', 1)],
    ['after it reserved the third and before it sends it', dies('crash-after', 5)],
    ['after it sent the third and before the ledger knows', dies('crash-before', 6)],
    ['after the ledger knows of the third', dies('crash-after', 6)],
    ['after the last', dies('crash-after', 2 * untroubled.length)],
  ])('%s, and is called again: every order is at the exchange once', async (_when, fault) => {
    await using fund = await bootFund();
    fund.failing(fault);
    const report = await fund.cycle();
    expect(report.outcome).toBe('traded');
    expect(fund.told('StateRetried')).toMatchObject([{ details: { state: 'Place Orders', error: 'Runtime.ExitError' } }]);
    expect(accepted(fund)).toEqual(untroubled);
    expect(fund.wire.ordersSent).toBe(untroubled.length);
    expect(report.orders.every(({ state }) => state === 'FILLED')).toBe(true);
    await expectLedgerIsExchange(fund);
  });
});

describe('the broker', () => {
  test.each([1, 2, 5])('has an order whose reply was lost (order %i): it is asked, not sent again', async (k) => {
    await using fund = await bootFund();
    fund.wire.before = (call) => (isOrder(call) && call.nth === k ? 'reply-lost' : 'none');
    const report = await fund.cycle();
    expect(accepted(fund)).toEqual(untroubled);
    expect(fund.wire.ordersSent).toBe(untroubled.length);
    expect(report.orders.every(({ state }) => state === 'FILLED')).toBe(true);
    await expectLedgerIsExchange(fund);
  });

  test('never had an order whose request was lost: it stays UNKNOWN with its exposure reserved, and is not sent again', async () => {
    await using fund = await bootFund();
    fund.wire.before = (call) => (isOrder(call) && call.nth === 2 ? 'request-lost' : 'none');
    const report = await fund.cycle();
    const [lost] = report.orders.filter(({ state }) => state !== 'FILLED');
    expect(lost).toMatchObject({ state: 'UNKNOWN', cumulativeQuantity: 0 });
    expect(accepted(fund)).toEqual(untroubled.filter((id) => id !== lost!.orderId));
    const position = (await fund.fund.ledger.positions()).find(({ symbol }) => symbol === lost!.symbol);
    expect(position).toMatchObject({ quantity: 0, openOrders: 1 });
    expect(position!.reservedUsd).toBeGreaterThan(0);
    await expectLedgerIsExchange(fund);
  });

  test('is away when its prices are asked for, and back a moment later', async () => {
    await using fund = await bootFund();
    fund.wire.before = ({ path, nth }) => (path.includes('/trades/latest') && nth <= 2 ? 'request-lost' : 'none');
    expect((await fund.cycle()).outcome).toBe('traded');
    expect(fund.told('StateRetried')).toHaveLength(2);
    expect(accepted(fund)).toEqual(untroubled);
  });

  test('is away for good: the cycle fails, and not one order was sent', async () => {
    await using fund = await bootFund();
    fund.wire.before = () => 'request-lost';
    expect(await fund.cycle()).toMatchObject({ outcome: 'failed', refusal: { reason: 'TransientFailure' }, orders: [] });
    expect(fund.wire.ordersSent).toBe(0);
  });
});

test.each([11, 12, 13, 14])(
  'whatever AWS drops, repeats or throttles (seed %i), no order is sent twice and the books agree',
  async (seed) => {
    await using fund = await bootFund({ seed });
    const kinds = ['drop-request', 'drop-reply', 'throttle', 'duplicate'] as const;
    fund.failing(
      ...['dynamodb', 's3', 'events', 'lambda', 'secretsmanager'].flatMap((service) =>
        kinds.map((fault): FaultRule => ({ service, fault, probability: 0.01 })),
      ),
    );
    const report = await fund.cycle();
    expect(['traded', 'failed', 'refused', 'halted']).toContain(report.outcome);
    expect(untroubled).toEqual(expect.arrayContaining(accepted(fund)));
    expect(fund.wire.ordersSent).toBe(fund.brokerOrders.length);
    const head = { ...(await fund.fund.audit.head())!, what: 'the head', isSigned: false };
    expect(verifyChain(await fund.fund.audit.chain(), [head])).toMatchObject({ kind: 'intact' });
    if (report.outcome === 'traded') {
      expect(accepted(fund)).toEqual(untroubled);
      await expectLedgerIsExchange(fund);
    }
  },
);
