/** The ways a cycle may go without anything being broken: trades, refusals, waits, and the halt that risk demands. */
import { expect } from 'vitest';
import { isOrder } from '../../support/broker-wire.ts';
import { changeCycleDocument, forgetAccount, putItem, rememberFreeze } from '../../support/tampering.ts';
import { alertsOf, closingOf, cycleId, expectHalted, leaseHolder, pathOf, type Scenario } from '../support/scenario.ts';

export const waysThroughACycle: readonly Scenario[] = [
  {
    title: 'trades, records a decision for every symbol and gives the lease back',
    async run(fund) {
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'traded', refusal: null });
      expect(report.decisions).toHaveLength(60);
      expect(report.orders.length).toBeGreaterThan(5);
      expect(report.orders.every(({ state }) => state === 'FILLED')).toBe(true);
      expect(fund.brokerOrders.map(({ terms }) => terms.clientOrderId).sort()).toEqual(report.orders.map(({ orderId }) => orderId).sort());
      expect(await leaseHolder(fund)).toBeUndefined();
      expect(alertsOf(fund)).toEqual([]);
      expect(pathOf(fund)).toEqual([
        ...['Preflight', 'Reconcile', 'Load Data', 'Compute Signals', 'Allocate', 'Check Risk'],
        ...['Place Orders', 'Collect Fills', 'Record Decisions', 'Cycle Complete'],
      ]);
    },
  },
  {
    title: 'is refused at preflight when trading is paused, and the refusal is on record',
    async run(fund) {
      await fund.fund.control.change({ kind: 'fund' }, { state: 'PAUSED', reason: 'lunch', actor: 'operator', at: fund.fund.clock.now() });
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'refused', refusal: { reason: 'trading-paused' }, orders: [] });
      expect(await closingOf(fund, report)).toMatchObject({ outcome: 'refused', reason: 'trading-paused' });
      expect(pathOf(fund)).toEqual(['Preflight', 'Record Refusal', 'Cycle Refused']);
      expect(fund.wire.ordersSent).toBe(0);
    },
  },
  {
    title: 'is refused when the ledger has no account: nothing can be valued',
    async run(fund) {
      await forgetAccount(fund);
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'refused', refusal: { reason: 'not-found' } });
      expect(pathOf(fund)).toEqual(['Preflight', 'Reconcile', 'Record Refusal', 'Cycle Refused']);
      expect(await leaseHolder(fund)).toBeUndefined();
      expect(fund.wire.ordersSent).toBe(0);
    },
  },
  {
    title: 'is not kept from trading by a symbol that was ordered once, is held no more, and has left the data',
    async run(fund) {
      await putItem(fund, 'ledger', { pk: 'positions', sk: 'GONE', quantity: 0, costUsd: 0 });
      expect((await fund.cycle()).outcome).toBe('traded');
    },
  },
  {
    title: 'is refused when a held position has no price',
    async run(fund) {
      fund.before('Load Data', () => putItem(fund, 'ledger', { pk: 'positions', sk: 'NEVERHEARD', quantity: 10, costUsd: 1000 }));
      const report = await fund.cycle();
      expect(report.refusal).toMatchObject({ reason: 'position-without-price', details: { symbols: ['NEVERHEARD'] } });
      expect(fund.wire.ordersSent).toBe(0);
    },
  },
  {
    title: 'decides nothing and still records every symbol when the book cannot be weighed',
    async run(fund) {
      fund.before('Load Data', () => putItem(fund, 'ledger', { pk: 'account', sk: 'cash', cashUsd: 0, realisedUsd: 0 }));
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'no-trade', orders: [] });
      expect(report.decisions).toHaveLength(60);
      expect(pathOf(fund)).toEqual([
        ...['Preflight', 'Reconcile', 'Load Data', 'Compute Signals', 'Allocate'],
        ...['Record Decisions', 'Cycle Complete'],
      ]);
      expect(fund.wire.ordersSent).toBe(0);
    },
  },
  {
    title: 'sends nothing while risk is frozen, and people hear of it',
    async run(fund) {
      await rememberFreeze(fund);
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'no-trade', orders: [] });
      expect(pathOf(fund)).not.toContain('Place Orders');
      expect(alertsOf(fund)).toEqual([expect.stringMatching(/^"Ballast RiskBreached: Risk says FREEZE .*recovery-cooldown/)]);
      expect(fund.wire.ordersSent).toBe(0);
    },
  },
  {
    title: 'sends nothing when risk cannot assess the book, and says why in every decision',
    async run(fund) {
      fund.before('Check Risk', () =>
        changeCycleDocument(fund, cycleId, 'portfolio', (text) => text.replace(/"equityUsd":[^,]+/, '"equityUsd":-1')),
      );
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'no-trade', orders: [] });
      expect(pathOf(fund)).not.toContain('Place Orders');
      expect(JSON.stringify(report.decisions)).toContain('equity-not-positive');
      expect(fund.wire.ordersSent).toBe(0);
    },
  },
  {
    title: 'halts after recording its decisions when a quarter of the fund is lost',
    options: {
      policy: (standard) => ({ ...standard, capital: { initialEquityUsd: 1_500_000 }, risk: { ...standard.risk, drawdownFracMax: 0.5 } }),
    },
    async run(fund) {
      const report = await fund.cycle();
      await expectHalted(fund, report, /RiskHalt: loss-limit/);
      expect(report.decisions).toHaveLength(60);
      expect(pathOf(fund).slice(0, 10)).toContain('Record Decisions');
      expect(pathOf(fund)).toContain('Trading Halted');
    },
  },
  {
    title: 'settles an order whose reply was lost by its client order id',
    async run(fund) {
      fund.wire.before = (call) => (isOrder(call) && call.nth === 2 ? 'reply-lost' : 'none');
      const report = await fund.cycle();
      expect(report.outcome).toBe('traded');
      expect(report.orders.every(({ state }) => state === 'FILLED')).toBe(true);
      expect(fund.brokerOrders).toHaveLength(report.orders.length);
      expect(fund.wire.ordersSent).toBe(report.orders.length);
    },
  },
  {
    title: 'waits for an order that may be on its way, and goes on without it while it stays unknown',
    async run(fund) {
      fund.wire.before = (call) => (isOrder(call) && call.nth === 2 ? 'request-lost' : 'none');
      const report = await fund.cycle();
      expect(report.outcome).toBe('traded');
      expect(report.orders.filter(({ state }) => state !== 'FILLED')).toMatchObject([{ state: 'UNKNOWN', cumulativeQuantity: 0 }]);
      expect(pathOf(fund).filter((state) => state === 'Wait For Fills')).toHaveLength(9);
      expect(fund.wire.ordersSent).toBe(report.orders.length);
    },
  },
];
