/**
 * A cycle whose policy has its orders worked through what is left of the session: two slices of five minutes before the close, each order by
 * a machine of its own, beside the cycle and after it.
 */
import { expect } from 'vitest';
import { named, type TestFund } from '../../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../../support/reconciliation.ts';
import { workedPolicy } from '../../support/small-fund.ts';
import { changeCycleDocument, setControlState } from '../../support/tampering.ts';
import { cycleId, pathOf, type Scenario } from '../support/scenario.ts';

const options: NonNullable<Scenario['options']> = { policy: () => workedPolicy };

const ends = (fund: TestFund): string[] => pathOf(fund, 'work-order').filter((state) => !/^(Work Slice|Wait|Halt Trading)/.test(state));
const workSlice = { service: 'lambda', operation: 'Invoke', target: named('orders-work-slice') } as const;

export const workedOrders: readonly Scenario[] = [
  {
    title: 'works each order in slices until nothing of it is missing, and the cycle does not wait for it',
    options,
    async run(fund) {
      const report = await fund.cycle();
      const bought = report.decisions.filter(({ final_decision: decision }) => decision === 'EXECUTE_BUY');
      expect(bought.length).toBeGreaterThan(2);
      expect(ends(fund)).toEqual(bought.map(() => 'Parent Ended'));
      // Two slices, and the call that finds the schedule done.
      expect(pathOf(fund, 'work-order').filter((state) => state === 'Work Slice').length).toBeGreaterThanOrEqual(3 * bought.length);
      const orders = await fund.fund.ledger.ordersOfCycle(report.cycleId);
      expect(orders.every(({ parentId }) => parentId !== undefined)).toBe(true);
      const held = Object.fromEntries((await fund.fund.ledger.positions()).map(({ symbol, quantity }) => [symbol, quantity]));
      for (const { symbol, metadata } of bought) {
        const [planned] = (metadata as { orders: { quantity: number }[] }).orders;
        expect(held[symbol]).toBeCloseTo(planned!.quantity, 4);
      }
      expect(await fund.fund.ledger.openOrders()).toEqual([]);
      await expectLedgerIsExchange(fund);
    },
  },
  {
    title: 'sends nothing more once trading is paused between two slices',
    options,
    async run(fund) {
      let sentBefore = 0;
      const stop = fund.fund.listen(({ event, details }) => {
        if (event !== 'WaitStateExited' || details.state !== 'Wait For Slice' || fund.wire.ordersSent === 0) return;
        stop();
        sentBefore = fund.wire.ordersSent;
        void fund.fund.clock.hold(() => setControlState(fund, 'PAUSED'));
      });
      await fund.cycle();
      expect(new Set(ends(fund))).toEqual(new Set(['Parent Ended']));
      expect(fund.wire.ordersSent).toBeLessThan(2 * sentBefore);
      expect(await fund.fund.ledger.openOrders()).toEqual([]);
      await expectLedgerIsExchange(fund);
    },
  },
  {
    title: 'gives up on a parent whose worker dies every time, and says so',
    options,
    async run(fund) {
      fund.failing({ ...workSlice, fault: 'crash-before' });
      await fund.cycle();
      expect(new Set(ends(fund))).toEqual(new Set(['Work Failed']));
      expect(fund.wire.ordersSent).toBe(0);
    },
  },
  {
    title: 'halts trading when the permit that a slice would go out under is not what risk signed',
    options,
    async run(fund) {
      fund.before('Work Slice', () =>
        changeCycleDocument(fund, cycleId, 'permit', (text) => text.replaceAll(/"buySharesMax":[^,]+/g, '"buySharesMax":1000000')),
      );
      await fund.cycle();
      expect(pathOf(fund, 'work-order')).toContain('Halt Trading');
      expect(await fund.fund.control.read()).toMatchObject({ state: 'HALTED' });
      expect(fund.wire.ordersSent).toBe(0);
    },
  },
  {
    title: 'raises the alarm when the broker says for ten minutes that it has none of the orders it took',
    options,
    async run(fund) {
      const none = () => Response.json({ code: 40410000, message: 'order not found' }, { status: 404 });
      fund.wire.after = ({ path }, answer) => (path.endsWith('by_client_order_id') ? none() : answer);
      await fund.cycle();
      expect(ends(fund)).toContain('Children Still Open');
    },
  },
];
