/** Broken: what a report says was filled in all is read as what was filled since the last one, and added to it. */
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Shares } from '../../../../shared/kernel/units.ts';
import type { Ledger, OrderEvidence, OrderKey, OrderReport } from '../../../../shared/stores/ledger/index.ts';
import type { Variant } from '../world.ts';
import { overLedger } from './over-ledger.ts';

export const cumulativeAsLastFill: Variant = {
  name: 'cumulative read as last fill',
  ledger: (real) =>
    overLedger(real, {
      recordEvidence: async (key, evidence, at) => real.recordEvidence(key, await added(real, key, evidence), at),
      record: async (reports, at) => real.record(await Promise.all(reports.map((report) => addedReport(real, report))), at),
    }),
};

async function added(real: Ledger, key: OrderKey, evidence: OrderEvidence): Promise<OrderEvidence> {
  const known = await real.order(key);
  if (isRefusal(known) || evidence.cumulativeQuantity === 0) return evidence;
  return { ...evidence, cumulativeQuantity: (known.cumulativeQuantity + evidence.cumulativeQuantity) as Shares };
}

async function addedReport(real: Ledger, { key, event }: OrderReport): Promise<OrderReport> {
  return { key, event: event.kind === 'evidence' ? { kind: 'evidence', evidence: await added(real, key, event.evidence) } : event };
}
