/** Runs the machine `reconcile` on a fund, as the schedule and an operator do, and gives its end and its report. */
import { type ExecutionEnd, runExecution } from '../../apps/cli/execution.ts';
import type { ReconciliationReport } from '../../shared/contracts/reconciliation.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { named, session, type TestFund } from './boot-fund.ts';
import { travel } from './starter.ts';

export interface ReconciledBooks {
  readonly end: ExecutionEnd;
  /** Absent when it did not come to one. */
  readonly report?: ReconciliationReport;
}

/** At the given time of a session, New York; time goes on from where it stood within that session. */
export async function reconcileBooks(fund: TestFund, name: string, day = session, time = '16:15'): Promise<ReconciledBooks> {
  const at = await travel(fund, day, time);
  const end = await runExecution(fund.fund, {
    stateMachineArn: `${fund.fund.cloud.stateMachineArn(named('reconcile'))}:current`,
    input: JSON.stringify({ scheduledAt: new Date(at).toISOString() }),
    name,
  });
  const report = await fund.fund.reconciliations.report(name);
  return isRefusal(report) ? { end } : { end, report };
}
