/** The ways of the machine `reconcile`: the books agree, a symbol is stopped, there is nothing to hold against anything, and what breaks. */
import { expect } from 'vitest';
import type { FaultRule } from '../../../apps/local-cloud/faults.ts';
import { named, session, type TestFund } from '../../support/boot-fund.ts';
import { reconcileBooks } from '../../support/reconcile-books.ts';
import { expectLedgerIsExchange } from '../../support/reconciliation.ts';
import { travel } from '../../support/starter.ts';
import { forgetAccount, putItem, unaccountedPosition } from '../../support/tampering.ts';
import { alertsOf, type Scenario } from '../support/scenario.ts';

const dies = (name: string, more: Partial<FaultRule> = {}): FaultRule => ({
  ...{ service: 'lambda', operation: 'Invoke', target: named(name), fault: 'crash-before' },
  ...more,
});

/** The states of this machine alone: a stop that it makes has others running beside it. */
const pathOf = (fund: TestFund): string[] =>
  fund.events
    .filter(({ event, details }) => /^(Task|Succeed|Fail)StateEntered$/.test(event) && String(details.machine).endsWith('reconcile'))
    .map(({ details }) => String(details.state));

export const reconciliations: readonly Scenario[] = [
  {
    title: 'books what the broker’s activities explain, and the books agree',
    async run(fund) {
      fund.fund.exchange.transfer(25_000);
      fund.fund.exchange.bookCash('FEE', -1.25);
      const { end, report } = await reconcileBooks(fund, 'evening');
      expect(JSON.parse(end.output!)).toEqual({ outcome: 'explained', reconciliationId: 'evening', booked: 2 });
      expect(report?.booked.map(({ kind, cashUsd }) => [kind, cashUsd])).toEqual([
        ['transfer', 25_000],
        ['fee', -1.25],
      ]);
      await expectLedgerIsExchange(fund);
      expect(pathOf(fund)).toEqual(['Reconcile', 'Books Agree']);
      expect(alertsOf(fund)).toEqual([]);
    },
  },
  {
    title: 'stops a symbol that was traded by hand, and books the trade',
    async run(fund) {
      await travel(fund, session, '12:00');
      fund.fund.exchange.manualTrade({ symbol: 'QBYT', side: 'buy', quantity: 3, priceUsd: 20.5 });
      const { end } = await reconcileBooks(fund, 'evening');
      expect(JSON.parse(end.output!)).toMatchObject({ outcome: 'stopped', stopped: ['QBYT'] });
      expect(await fund.fund.control.readStop({ kind: 'symbol', name: 'QBYT' })).toMatchObject({ state: 'PAUSED', reason: 'manual-trade' });
      await expectLedgerIsExchange(fund);
      expect(pathOf(fund)).toContain('Symbols Stopped');
    },
  },
  {
    title: 'has nothing to hold against the broker without a cash account',
    async run(fund) {
      await forgetAccount(fund);
      const { end } = await reconcileBooks(fund, 'evening');
      expect(JSON.parse(end.output!)).toMatchObject({ outcome: 'refused', reason: 'not-found' });
      expect(pathOf(fund)).toEqual(['Reconcile', 'Books Refused']);
    },
  },
  {
    title: 'halts trading when the ledger’s counters are not what its entries add up to',
    async run(fund) {
      await putItem(fund, 'ledger', unaccountedPosition);
      const { end } = await reconcileBooks(fund, 'evening');
      expect(end).toMatchObject({ status: 'FAILED', error: 'TradingHalted' });
      expect(end.cause).toMatch(/counters are what its entries add up to/);
      expect(pathOf(fund)).toEqual(['Reconcile', 'Halt Trading', 'Trading Halted']);
      expect(await fund.fund.control.read()).toMatchObject({ state: 'HALTED', actor: 'reconciliation/evening' });
    },
  },
  {
    title: 'fails when the function of Reconcile dies every time',
    async run(fund) {
      fund.failing(dies('orders-reconcile'));
      const { end } = await reconcileBooks(fund, 'evening');
      expect(end).toMatchObject({ status: 'FAILED', error: 'Runtime.ExitError' });
      expect(pathOf(fund)).toEqual(['Reconcile', 'Fail Reconciliation', 'Reconciliation Failed']);
      expect(await fund.fund.control.read()).toMatchObject({ state: 'RUNNING' });
    },
  },
  {
    title: 'fails when trading cannot be halted',
    async run(fund) {
      await putItem(fund, 'ledger', unaccountedPosition);
      fund.failing(...[1, 2, 3, 4].map((nth) => dies('orders-close-reconciliation', { nth })));
      const { end } = await reconcileBooks(fund, 'evening');
      expect(end.status).toBe('FAILED');
      expect(pathOf(fund)).toEqual(['Reconcile', 'Halt Trading', 'Fail Reconciliation', 'Reconciliation Failed']);
    },
  },
];
