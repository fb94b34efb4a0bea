/** `ballast cycle`: data in, one trading cycle, and what came of it, for people or as one JSON document. */
import { formatDay } from '../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { type CycleReport, runCycleOnce } from '../cycle-run.ts';
import { ingestSource, type SourceOptions } from '../ingest-run.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import type { CommandHost, FundArguments } from '../program.ts';
import { explainCycle, formatPhase } from '../render/cycle.ts';

interface CycleOptions extends FundArguments, SourceOptions {
  readonly asOf?: EpochDay;
  readonly json?: boolean;
}

export async function runCycle(options: CycleOptions, host: CommandHost): Promise<ExitCode> {
  const { io } = host;
  return host.withFund(options, async (fund) => {
    const { manifest, ingested } = await ingestSource(fund, options, host.cwd);
    const session = options.asOf ?? manifest.lastDay;
    if (!options.json) {
      const { datasetId, provider, instruments, rows } = manifest;
      io.out(io.colors.bold(`Trading cycle as of ${formatDay(session)}, 15:45 New York`));
      io.out(
        io.colors.dim(
          `${ingested ? 'Ingested' : 'Data'}: ${provider} (${datasetId}), ${instruments.length} symbols, ${rows.toLocaleString('en-US')} rows`,
        ),
      );
    }
    const report = await runCycleOnce(fund, {
      session,
      datasetId: manifest.datasetId,
      ...(options.json ? {} : { onPhase: (phase) => io.out(formatPhase(phase, io)) }),
    });
    io.out(options.json ? JSON.stringify(report) : explainCycle(report, io));
    return exitCodeOf(report);
  });
}

function exitCodeOf({ outcome, refusal }: CycleReport): ExitCode {
  if (outcome === 'halted' || refusal?.reason === 'trading-halted') return exitCodes.halted;
  if (outcome === 'refused') return exitCodes.refused;
  return outcome === 'failed' ? exitCodes.failed : exitCodes.done;
}
