/**
 * `ballast reconcile`: holds the ledger against the broker's account, by the machine that does so after every close, and shows what it
 * found. Of a fund on AWS it shows the last report. `--accept` books what nothing explains, on a person's word.
 */
import { userInfo } from 'node:os';
import { physicalName } from '../../../shared/contracts/names/index.ts';
import type { ReconciliationReport } from '../../../shared/contracts/reconciliation.ts';
import { tryParseDay } from '../../../shared/kernel/days.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochMs, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import type { Adjustment } from '../../../shared/stores/ledger/index.ts';
import type { CommandHost } from '../command-host.ts';
import { onDeployed, type StoresArguments, withStores } from '../deployed-fund.ts';
import { runExecution } from '../execution.ts';
import type { Fund } from '../fund.ts';
import type { OperatorStores } from '../operator-stores.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';
import { reconciliationText } from '../render/reconcile.ts';

export interface ReconcileArguments extends StoresArguments {
  /** A symbol, or `cash`. */
  readonly accept?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

export async function reconcileNow(options: ReconcileArguments, host: CommandHost): Promise<ExitCode> {
  if (options.accept !== undefined) await withStores(options, host, (fund) => accept(fund, options, host));
  const report = options.aws === undefined ? await host.withFund(options, run) : await onDeployed(options.aws, (stores) => latest(stores));
  host.io.out(options.json ? JSON.stringify(report) : reconciliationText(report, host.io));
  return report.outcome === 'stopped' || report.outcome === 'refused' ? exitCodes.refused : exitCodes.done;
}

/** At a quarter past four on the day of the last cycle: before it the broker's day is not over. */
async function run(fund: Fund): Promise<ReconciliationReport> {
  const [lastCycle, manifest] = await Promise.all([fund.audit.cycles().then((cycles) => cycles.at(-1)), fund.lake.readManifest('current')]);
  const session = tryParseDay(lastCycle?.slice('cycle-'.length, 'cycle-YYYY-MM-DD'.length) ?? '');
  if (session !== undefined && !isRefusal(manifest)) await fund.travelTo(session, manifest.datasetId, 16, 15);
  const machine = fund.cloud.stateMachineArn(physicalName(fund.stage, 'reconcile'));
  const scheduledAt = new Date(fund.clock.now()).toISOString();
  const name = `reconcile-by-hand-${Date.now()}`;
  const end = await runExecution(fund, { stateMachineArn: `${machine}:current`, name, input: JSON.stringify({ scheduledAt }) });
  if (end.status !== 'SUCCEEDED')
    throw new CommandFailed(end.error === 'TradingHalted' ? exitCodes.halted : exitCodes.failed, `${end.error}: ${end.cause ?? ''}`);
  const report = await fund.reconciliations.report(name);
  if (isRefusal(report)) throw new CommandFailed(exitCodes.refused, 'The fund has no cash account, so there is nothing to reconcile.');
  return report;
}

async function latest({ reconciliations }: OperatorStores): Promise<ReconciliationReport> {
  const report = await reconciliations.latest();
  if (isRefusal(report)) throw new BadInput('Nothing has been reconciled yet. The machine "reconcile" runs at 16:15 New York time.');
  return report;
}

/** What the last report could not explain is booked as it stands at the broker. */
async function accept(stores: OperatorStores, { accept: what, reason }: ReconcileArguments, { io }: CommandHost): Promise<void> {
  if (!reason) throw new BadInput('--accept goes with --reason: say what a person found out, for the record.');
  const report = await latest(stores);
  const adjustment = what === 'cash' ? acceptedCash(report) : acceptedShares(report, what!);
  const actor = `operator/${userInfo().username}`;
  const { kind } = await stores.ledger.recordAdjustment(adjustment);
  if (kind === 'already-booked') throw new BadInput(`That was accepted before. "ballast reconcile" looks again.`);
  const { activityId, shares, cashUsd } = adjustment;
  const detail = { eventId: activityId, at: report.at, reconciliationId: report.reconciliationId, adjustments: 1 };
  const summary = `${actor} accepts the broker’s word on ${what}: ${shares} shares, ${cashUsd} USD. ${reason}`;
  await stores.events.publish([{ type: 'Reconciled', detail: { ...detail, outcome: 'explained', summary } }]);
  io.err(`Booked ${shares} shares and ${cashUsd} USD as the broker has them.`);
}

function acceptedShares(report: ReconciliationReport, symbol: string): Adjustment {
  const { shares, cashUsd, cashIsOfThoseSymbols } = report.unexplained;
  const rest = shares.find((one) => one.symbol === symbol);
  if (rest === undefined) throw new BadInput(`Nothing is unexplained of ${symbol} in the last report (${report.reconciliationId}).`);
  const itsCash = cashIsOfThoseSymbols && shares.length === 1 ? cashUsd : 0;
  const moved = { symbol: symbol as Ticker, shares: rest.shares as Shares, cashUsd: itsCash as Usd };
  return { kind: 'manual-trade', ...moved, ...acceptedAs(report, symbol) };
}

function acceptedCash(report: ReconciliationReport): Adjustment {
  const { cashUsd } = report.unexplained;
  if (cashUsd === 0) throw new BadInput(`No cash is unexplained in the last report (${report.reconciliationId}).`);
  return { kind: 'transfer', shares: 0 as Shares, cashUsd: cashUsd as Usd, ...acceptedAs(report, 'cash') };
}

const acceptedAs = ({ reconciliationId, at }: ReconciliationReport, what: string) => ({
  ...{ activityId: `accepted-${reconciliationId}-${what}`, at: Date.parse(at) as EpochMs },
});
