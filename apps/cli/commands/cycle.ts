/** `ballast cycle`: data in, one trading cycle, and what came of it, for people or as one JSON document. */
import { formatDay } from '../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { CycleDocuments } from '../../../shared/runtime/cycle-documents.ts';
import type { DatasetManifest } from '../../../shared/stores/lake/index.ts';
import type { CommandHost, FundArguments } from '../command-host.ts';
import { type CycleReport, decisionTime, runCycleOnce } from '../cycle-run.ts';
import { type IngestRun, ingestSource, type SourceOptions } from '../ingest-run.ts';
import type { Io } from '../io.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { explainCycle, formatPhase } from '../render/cycle.ts';
import { factsLines } from '../render/facts.ts';

interface CycleOptions extends FundArguments, SourceOptions {
  readonly asOf?: EpochDay;
  readonly json?: boolean;
}

export async function runCycle(options: CycleOptions, host: CommandHost): Promise<ExitCode> {
  const { io } = host;
  return host.withFund(options, async (fund) => {
    const run = await ingestSource(fund, options, host);
    const { manifest } = run;
    const session = options.asOf ?? manifest.lastDay;
    assertInData(session, manifest);
    if (run.replaced && (await fund.audit.cycles()).length > 0) io.err(otherDataNote(run.replaced, manifest));
    if (!options.json) {
      io.out(heading(session, run, io));
      for (const line of factsLines(manifest, run.facts, { named: false })) io.out(io.colors.dim(line));
    }
    const report = await runCycleOnce(fund, {
      session,
      datasetId: manifest.datasetId,
      ...(options.json ? {} : { onPhase: (phase) => io.out(formatPhase(phase, io)) }),
    });
    // A refused cycle may carry the name of one that has run: its documents are that one's.
    const signals = report.decisions.length > 0 ? await new CycleDocuments(fund.lake, report.cycleId).find('signals') : undefined;
    const regime = signals?.regime ?? null;
    io.out(options.json ? JSON.stringify({ ...report, regime }) : explainCycle(report, regime, io));
    return exitCodeOf(report);
  });
}

/** A cycle decides on bars before its session and fills at the bar of it. */
function assertInData(session: EpochDay, { firstDay, lastDay, provider }: DatasetManifest): void {
  const range = `${formatDay(firstDay)} to ${formatDay(lastDay)}`;
  if (session > lastDay)
    throw new BadInput(`--as-of ${formatDay(session)} lies after the data: ${provider} has ${range}. Choose a session in it.`);
  if (session <= firstDay)
    throw new BadInput(
      `There are no bars before ${formatDay(session)} to decide on: ${provider} has ${range}. Choose a later --as-of, or data that begins earlier.`,
    );
}

function otherDataNote({ provider: before }: DatasetManifest, { provider }: DatasetManifest): string {
  return `Note: this fund has used ${before} before and now runs on ${provider}. A holding without a price there stops the cycle; --fresh begins anew.`;
}

function heading(session: EpochDay, { manifest, ingested }: IngestRun, { colors }: Io): string {
  const { datasetId, provider, instruments, rows } = manifest;
  const { hour, minute } = decisionTime(session);
  const source = `${ingested ? 'Ingested' : 'Data'}: ${provider} (${datasetId}), ${instruments.length} symbols, ${rows.toLocaleString('en-US')} rows`;
  return `${colors.bold(`Trading cycle as of ${formatDay(session)}, ${hour}:${minute} New York`)}\n${colors.dim(source)}`;
}

function exitCodeOf({ outcome, refusal }: CycleReport): ExitCode {
  if (outcome === 'halted' || refusal?.reason === 'trading-halted') return exitCodes.halted;
  if (outcome === 'refused') return exitCodes.refused;
  return outcome === 'failed' ? exitCodes.failed : exitCodes.done;
}
