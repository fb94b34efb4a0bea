/**
 * A cycle with something broken in it, phase by phase. An invariant that does not hold, made with data that was tampered with,
 * halts trading; a function that dies fails the cycle; what is transient is tried again and leaves no trace.
 */
import { expect } from 'vitest';
import type { CycleReport } from '../../../apps/cli/cycle-run.ts';
import type { FaultRule } from '../../../apps/local-cloud/faults.ts';
import { bootFund, named, type TestFund } from '../../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../../support/reconciliation.ts';
import {
  changeCycleDocument,
  forgetAccount,
  garbleRiskMemory,
  loosenCyclePolicy,
  loosenStoredPolicy,
  putItem,
  setControlState,
} from '../../support/tampering.ts';
import { alertsOf, cycleId, expectFailed, expectHalted, leaseHolder, pathOf, type Scenario } from '../support/scenario.ts';

interface Phase {
  readonly state: string;
  readonly lambda: string;
  /** How to make what this phase takes for certain untrue. */
  readonly breakInvariant: (fund: TestFund) => Promise<void>;
  readonly invariant: RegExp;
  /** Whether orders went out before this phase. */
  readonly afterOrders?: boolean;
}

const loosenBefore =
  (state: string) =>
  async (fund: TestFund): Promise<void> =>
    fund.before(state, () => loosenCyclePolicy(fund, cycleId));
const policyOfCycle = /every phase of a cycle decides under the policy it began with/;

const phases: readonly Phase[] = [
  { state: 'Preflight', lambda: 'trading-preflight', breakInvariant: loosenStoredPolicy, invariant: /hashes to its golden SHA-256/ },
  {
    state: 'Reconcile',
    lambda: 'orders-reconcile',
    breakInvariant: (fund) => putItem(fund, 'ledger', { pk: 'positions', sk: 'QBYT', quantity: 5, costUsd: 500 }),
    invariant: /counters are what its entries add up to/,
  },
  { state: 'Load Data', lambda: 'trading-load-data', breakInvariant: garbleRiskMemory, invariant: /the risk memory is well formed/ },
  ...(
    [
      ['Compute Signals', 'trading-compute-signals'],
      ['Allocate', 'trading-allocate'],
      ['Check Risk', 'trading-check-risk'],
      ['Place Orders', 'trading-place-orders'],
    ] as const
  ).map(([state, lambda]) => ({ state, lambda, breakInvariant: loosenBefore(state), invariant: policyOfCycle })),
  {
    state: 'Collect Fills',
    lambda: 'trading-collect-fills',
    breakInvariant: async (fund) => fund.before('Collect Fills', () => forgetAccount(fund)),
    invariant: /the cash account is opened before an execution is recorded/,
    afterOrders: true,
  },
  {
    state: 'Record Decisions',
    lambda: 'trading-record-decisions',
    breakInvariant: loosenBefore('Record Decisions'),
    invariant: policyOfCycle,
    afterOrders: true,
  },
];

const invariants: readonly Scenario[] = phases.map(({ state, breakInvariant, invariant, afterOrders = false }) => ({
  title: `halts trading when an invariant does not hold in ${state}`,
  async run(fund) {
    await breakInvariant(fund);
    const report = await fund.cycle();
    expect(pathOf(fund).at(-3)).toBe(state);
    expect(fund.brokerOrders.length > 0).toBe(afterOrders);
    await expectHalted(fund, report, invariant);
  },
}));

const deaths: readonly Scenario[] = phases.map(({ state, lambda, afterOrders = false }) => ({
  title: `fails the cycle when the function of ${state} dies every time`,
  async run(fund) {
    fund.failing({ service: 'lambda', operation: 'Invoke', target: named(lambda), fault: 'crash-before' });
    const report = await fund.cycle();
    expect(pathOf(fund).slice(-3)).toEqual([state, 'Fail Cycle', 'Cycle Failed']);
    expect(fund.brokerOrders.length > 0).toBe(afterOrders);
    await expectFailed(fund, report, 'Runtime.ExitError');
    expect(await leaseHolder(fund)).toBeUndefined();
  },
}));

/** In the first task that comes to it, however often that is retried, and not in the next one. */
const everyAttempt = (rule: FaultRule): FaultRule[] => [1, 2, 3, 4].map((nth) => ({ ...rule, nth }));

const closings: readonly Scenario[] = [
  {
    title: 'fails the cycle when a document of it makes no sense to the phase that reads it',
    async run(fund) {
      fund.before('Allocate', () => changeCycleDocument(fund, cycleId, 'signals', () => '{}'));
      const report = await fund.cycle();
      await expectFailed(fund, report, 'TypeError');
      expect(fund.brokerOrders).toEqual([]);
    },
  },
  {
    title: 'halts trading when the record of a refusal is already there and says something else',
    async run(fund) {
      await setControlState(fund, 'PAUSED');
      await fund.fund.auditTrail.append(cycleId, 'refused', [{ type: 'cycle', record: { outcome: 'invented' } }]);
      await expectHalted(fund, await fund.cycle(), /an audit record is written once/);
    },
  },
  {
    title: 'fails the cycle when its refusal cannot be recorded',
    async run(fund) {
      await setControlState(fund, 'PAUSED');
      fund.failing(
        ...everyAttempt({ service: 'lambda', operation: 'Invoke', target: named('trading-close-cycle'), fault: 'crash-before' }),
      );
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'failed', refusal: { reason: 'Runtime.ExitError' }, orders: [] });
      expect(pathOf(fund)).toEqual(['Preflight', 'Record Refusal', 'Fail Cycle', 'Cycle Failed']);
    },
  },
  {
    title: 'fails the cycle when a refusal is recorded and its event cannot be published',
    async run(fund) {
      await setControlState(fund, 'PAUSED');
      const PutEvents = { service: 'events', operation: 'PutEvents', caller: named('trading-close-cycle') };
      fund.failing(...everyAttempt({ ...PutEvents, fault: 'crash-before' }));
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'failed', refusal: { reason: 'Runtime.ExitError' } });
      const outcomes = (await fund.fund.audit.recordsOf(report.cycleId)).map(({ record }) => record.record.outcome);
      expect(outcomes).toEqual(['refused', 'failed']);
      expect(alertsOf(fund).at(-1)).toMatch(/^"Ballast CycleFailed: /);
    },
  },
  {
    title: 'fails the cycle when trading is halted and the function that did it dies, and trading stays halted',
    async run(fund) {
      await loosenStoredPolicy(fund);
      const halting = { service: 'lambda', operation: 'Invoke', target: named('trading-halt-trading') };
      fund.failing(...everyAttempt({ ...halting, fault: 'crash-after' }));
      const report = await fund.cycle();
      expect(report).toMatchObject({ outcome: 'failed', refusal: { reason: 'Runtime.ExitError' }, orders: [] });
      expect(await fund.fund.control.read()).toMatchObject({ state: 'HALTED' });
      const outcomes = (await fund.fund.audit.recordsOf(report.cycleId)).map(({ record }) => record.record.outcome);
      expect(outcomes).toEqual(['halted', 'failed']);
      expect(alertsOf(fund)).toContainEqual(expect.stringMatching(/^"Ballast CycleFailed: /));
    },
  },
];

let untroubled: Promise<CycleReport> | undefined;

async function untroubledCycle(): Promise<CycleReport> {
  await using fund = await bootFund();
  return await fund.cycle();
}

/** The same decisions and orders as when nothing goes wrong, and books that agree. */
async function expectWholeCycle(fund: TestFund, report: CycleReport): Promise<void> {
  untroubled ??= untroubledCycle();
  const expected = await untroubled;
  expect(report.outcome).toBe('traded');
  // How old a price was when it was checked is all that may differ.
  const decided = ({ decisions }: CycleReport) => decisions.map(({ risk_checks: _checks, ...decision }) => decision);
  expect(decided(report)).toEqual(decided(expected));
  expect(report.orders.map(({ orderId, cumulativeQuantity }) => [orderId, cumulativeQuantity])).toEqual(
    expected.orders.map(({ orderId, cumulativeQuantity }) => [orderId, cumulativeQuantity]),
  );
  await expectLedgerIsExchange(fund);
}

/** Every task of a cycle that trades, in order. */
const invoked = phases.map(({ state }) => state);

const transients: readonly Scenario[] = [
  ...phases.map(
    ({ state, lambda }): Scenario => ({
      title: `does ${state} again when its function dies once it is done`,
      async run(fund) {
        fund.failing({ service: 'lambda', operation: 'Invoke', target: named(lambda), nth: 1, fault: 'crash-after' });
        await expectWholeCycle(fund, await fund.cycle());
        expect(fund.told('StateRetried').map(({ details }) => details.state)).toEqual([state]);
      },
    }),
  ),
  ...(['throttle', 'drop-request', 'drop-reply'] as const).map(
    (fault): Scenario => ({
      title: `invokes every function again when the first call meets: ${fault}`,
      async run(fund) {
        // Of the calls that the execution makes, every second one; its functions' own calls of each other are not among them.
        const invoke = { service: 'lambda', operation: 'Invoke', caller: cycleId };
        fund.failing(...invoked.map((_state, i) => ({ ...invoke, nth: 2 * i + 1, fault })));
        await expectWholeCycle(fund, await fund.cycle());
        expect(fund.told('StateRetried').map(({ details }) => details.state)).toEqual(invoked);
      },
    }),
  ),
  {
    title: 'goes as ever when every call to every service arrives twice',
    async run(fund) {
      fund.failing({ fault: 'duplicate' });
      await expectWholeCycle(fund, await fund.cycle());
    },
  },
];

export const brokenCycles: readonly Scenario[] = [...invariants, ...deaths, ...closings, ...transients];
