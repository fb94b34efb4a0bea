/**
 * State "Reconcile" of the trading cycle and of the machine `reconcile`: every order that the ledger has as open is settled, and the
 * ledger is held against the broker's account. What the broker's activities explain is booked; a symbol that is not explained is stopped.
 * Refuses when cash is unexplained, or the fund has no cash account: the cycle does not begin.
 * Halts when the ledger's counters are not what its entries add up to.
 * Idempotent: activities are booked once by their id, stops only get stricter, and a report tells of all attempts together.
 */
import { fundName } from '../../shared/contracts/names/index.ts';
import { ReconcileInput, ReconcileOutput } from '../../shared/contracts/reconciliation.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { broker, control, events, ledger, reconciliations } from '../../shared/runtime/needs.ts';
import { Reconciliation } from '../../shared/runtime/reconciliation.ts';

const reconcileBooks = defineHandler({
  name: 'orders/reconcile',
  needs: { broker, control, events, ledger, reconciliations },
  input: ReconcileInput,
  output: ReconcileOutput,

  async run(input, needs) {
    const reconciliation = new Reconciliation({ ...needs, broker: await needs.broker(), fund: fundName });
    const report = await reconciliation.run(input);
    if (isRefusal(report)) return report;
    const { outcome, orders, booked, unexplained } = report;
    const stopped = report.stopped.map(({ symbol }) => symbol);
    if (outcome === 'stopped' || outcome === 'refused') needs.log.warn('books-differ', { outcome, stopped: report.stopped, unexplained });
    if (outcome === 'refused') return refuse('cash-unexplained', { cashUsd: unexplained.cashUsd, stopped });
    const { settled, stillOpen } = orders;
    return { kind: 'reconciled' as const, outcome, settled: settled.length, stillOpen, booked: booked.length, stopped };
  },
});

export const handler = onAws(reconcileBooks);
