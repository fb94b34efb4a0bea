/** `ballast explain <cycle> <symbol>`: how one decision came about, step by step, from the audit trail and the cycle's documents. */
import type { CommandHost } from '../command-host.ts';
import { findCycle, withLake } from '../cycle-lookup.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import { explanationOf } from '../explanation.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { renderExplanation } from '../render/explain/explanation.ts';

interface ExplainOptions extends StoresArguments {
  /** A cycle id, its day, or `latest`. */
  readonly cycle: string;
  readonly symbol: string;
  readonly json?: boolean;
}

export async function showExplanation(options: ExplainOptions, host: CommandHost): Promise<ExitCode> {
  return withLake(options, host, async (stores, lake) => {
    const cycleId = await findCycle(stores.audit, lake, options.cycle);
    const explanation = await explanationOf(stores, lake, cycleId, options.symbol);
    host.io.out(options.json ? JSON.stringify(explanation) : renderExplanation(explanation, host.io));
    return exitCodes.done;
  });
}
