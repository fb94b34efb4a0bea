/**
 * Ways through the machine "stop": it ends what works and sells what is held, or says that it could not. It never gives up on a sweep that
 * failed, and never sells on a permit that does not hold.
 */
import { expect } from 'vitest';
import { liquidationId } from '../../../shared/runtime/liquidation.ts';
import { named, session, type TestFund } from '../../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../../support/reconciliation.ts';
import { restingOrder } from '../../support/resting-order.ts';
import { smallPolicy } from '../../support/small-fund.ts';
import { travel } from '../../support/starter.ts';
import { changeCycleDocument } from '../../support/tampering.ts';
import { pathOf, type Scenario } from '../support/scenario.ts';

const fundScope = { kind: 'fund' } as const;

/** Commits a halt and waits for all that comes of it; gives the states that the machine came through. */
async function halted(fund: TestFund, flatten: boolean): Promise<string[]> {
  const before = pathOf(fund, 'stop').length;
  await fund.fund.control.change(fundScope, { state: 'HALTED', reason: 'a drill', actor: 'test', at: fund.fund.clock.now(), flatten });
  await fund.fund.cloud.settle();
  return pathOf(fund, 'stop').slice(before);
}

const dying = (name: string, nth?: number) =>
  ({ service: 'lambda', operation: 'Invoke', target: named(name), fault: 'crash-before', ...(nth === undefined ? {} : { nth }) }) as const;

const held = async (fund: TestFund): Promise<number> =>
  (await fund.fund.ledger.positions()).filter(({ quantity }) => quantity !== 0).length;

/** A small fund that holds something, in the session, a few minutes after its cycle. */
const holding = (title: string, run: (fund: TestFund) => Promise<void>): Scenario => ({
  title,
  options: { policy: () => smallPolicy },
  async run(fund) {
    await fund.cycle();
    expect(await held(fund)).toBeGreaterThan(0);
    await travel(fund, session, '15:50');
    await run(fund);
  },
});

export const stops: readonly Scenario[] = [
  {
    title: 'cancels what works, though the function that sweeps dies until the machine waits and tries again',
    async run(fund) {
      await travel(fund, session, '11:00');
      await restingOrder(fund, 'QBYT');
      fund.failing(...[1, 2, 3, 4].map((nth) => dying('orders-sweep-orders', nth)));
      expect(await halted(fund, false)).toEqual(['Sweep Orders', 'Wait For The Broker', 'Sweep Orders', 'Stopped']);
      expect(await fund.fund.ledger.openOrders()).toEqual([]);
    },
  },
  {
    title: 'says after ten minutes that orders are still open',
    async run(fund) {
      await travel(fund, session, '11:00');
      await restingOrder(fund, 'QBYT');
      fund.failing(dying('orders-sweep-orders'));
      expect((await halted(fund, false)).slice(-2)).toEqual(['Sweep Orders', 'Orders Still Open']);
    },
  },
  holding('sells what is held once nothing works', async (fund) => {
    const path = await halted(fund, true);
    expect(path.slice(0, 3)).toEqual(['Sweep Orders', 'Permit Liquidation', 'Liquidate']);
    expect(path).toContain('Wait For Fills');
    expect(path.slice(-2)).toEqual(['Record Liquidation', 'Flattened']);
    expect(await held(fund)).toBe(0);
    await expectLedgerIsExchange(fund);
  }),
  holding('goes on selling when the function that sells dies', async (fund) => {
    fund.failing(...[1, 2, 3, 4].map((nth) => dying('orders-liquidate', nth)));
    expect((await halted(fund, true)).slice(-2)).toEqual(['Record Liquidation', 'Flattened']);
    expect(await held(fund)).toBe(0);
    await expectLedgerIsExchange(fund);
  }),
  holding('says that positions are left when the exchange is closed', async (fund) => {
    await travel(fund, session, '16:30');
    expect((await halted(fund, true)).slice(-3)).toEqual(['Permit Liquidation', 'Record Liquidation', 'Positions Left']);
    expect(await held(fund)).toBeGreaterThan(0);
  }),
  holding('sells nothing when no permit can be signed', async (fund) => {
    fund.failing(dying('orders-permit-liquidation'));
    expect((await halted(fund, true)).slice(-2)).toEqual(['Permit Liquidation', 'Liquidation Failed']);
    expect(await held(fund)).toBeGreaterThan(0);
  }),
  holding('sells nothing on a permit that somebody changed after it was signed', async (fund) => {
    const standing = await fund.fund.control.read();
    const next = liquidationId(fundScope, 'epoch' in standing ? standing.epoch + 1 : 0);
    fund.before('Liquidate', () =>
      changeCycleDocument(fund, next, 'permit', (text) => text.replace('"buySharesMax":0', '"buySharesMax":99')),
    );
    const sentBefore = fund.wire.ordersSent;
    expect((await halted(fund, true)).slice(-2)).toEqual(['Liquidate', 'Liquidation Failed']);
    expect(fund.wire.ordersSent).toBe(sentBefore);
  }),
  holding('says so when a sale cannot be put on record', async (fund) => {
    fund.failing(dying('orders-record-liquidation'));
    expect((await halted(fund, true)).slice(-2)).toEqual(['Record Liquidation', 'Liquidation Failed']);
    expect(await held(fund)).toBe(0);
    await expectLedgerIsExchange(fund);
  }),
];
