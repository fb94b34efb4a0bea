/**
 * A cycle was cut off between sending its orders and booking them: the exchange filled them, the ledger does not know. The next
 * cycle asks before it values anything, so that it does not buy the same again.
 */
import { expect } from 'vitest';
import { named, type TestFund } from '../../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../../support/reconciliation.ts';
import { travel } from '../../support/starter.ts';
import { putItem, unaccountedPosition } from '../../support/tampering.ts';
import { expectFailed, expectHalted, pathOf, type Scenario } from '../support/scenario.ts';

const earlier = '2024-11-27';
const state = 'Reconcile';

/** Orders are at the exchange, filled, and open in the ledger. */
async function cutOffBeforeBooking(fund: TestFund): Promise<void> {
  fund.failing({ service: 'lambda', operation: 'Invoke', target: named('trading-collect-fills'), fault: 'crash-before' });
  expect((await fund.cycle(earlier)).outcome).toBe('failed');
  fund.failing();
  expect(fund.brokerOrders.length).toBeGreaterThan(0);
  expect(await fund.fund.ledger.openOrders()).toHaveLength(fund.brokerOrders.length);
}

async function expectSettled(fund: TestFund): Promise<void> {
  const sentBefore = fund.brokerOrders.length;
  const report = await fund.cycle();
  expect(report.outcome).toBe('traded');
  await expectLedgerIsExchange(fund);
  expect(await fund.fund.ledger.openOrders()).toEqual([]);
  expect(fund.brokerOrders.length).toBeGreaterThan(sentBefore);
  // Two cycles of a fifth each; three fifths would mean that the first one's positions were not seen.
  const invested = report.positions.reduce((sum, { value }) => sum + value, 0);
  expect(invested / report.equity).toBeLessThan(0.42);
}

export const settledOrders: readonly Scenario[] = [
  {
    title: 'books what a cut-off cycle left open before it values anything',
    async run(fund) {
      await cutOffBeforeBooking(fund);
      await expectSettled(fund);
    },
  },
  {
    title: 'settles again when the function dies once it is done',
    async run(fund) {
      await cutOffBeforeBooking(fund);
      fund.failing({ service: 'lambda', operation: 'Invoke', target: named('orders-reconcile'), nth: 1, fault: 'crash-after' });
      await expectSettled(fund);
      expect(
        fund
          .told('StateRetried')
          .map(({ details }) => details.state)
          .at(-1),
      ).toBe(state);
    },
  },
  {
    title: `halts trading when an invariant does not hold in ${state}`,
    async run(fund) {
      await putItem(fund, 'ledger', unaccountedPosition);
      const report = await fund.cycle();
      expect(pathOf(fund)).toContain(state);
      expect(fund.brokerOrders).toEqual([]);
      await expectHalted(fund, report, /counters are what its entries add up to/);
    },
  },
  {
    title: 'refuses the cycle while cash at the broker is unexplained, and trades once it is listed',
    async run(fund) {
      await travel(fund, earlier, '10:00');
      fund.fund.exchange.bookCash('FEE', -250);
      fund.wire.after = ({ path }, answer) =>
        path.endsWith('/account/activities') ? Response.json([], { headers: answer.headers }) : answer;
      const report = await fund.cycle(earlier);
      expect(report).toMatchObject({ outcome: 'refused', refusal: { reason: 'cash-unexplained', details: { cashUsd: -250 } }, orders: [] });
      expect(fund.brokerOrders).toEqual([]);
      fund.wire.after = (_call, answer) => answer;
      expect((await fund.cycle()).outcome).toBe('traded');
      await expectLedgerIsExchange(fund);
    },
  },
  {
    title: `fails the cycle when the function of ${state} dies every time`,
    async run(fund) {
      fund.failing({ service: 'lambda', operation: 'Invoke', target: named('orders-reconcile'), fault: 'crash-before' });
      const report = await fund.cycle();
      expect(pathOf(fund).slice(-3)).toEqual([state, 'Fail Cycle', 'Cycle Failed']);
      expect(fund.brokerOrders).toEqual([]);
      await expectFailed(fund, report, 'Runtime.ExitError');
    },
  },
];
