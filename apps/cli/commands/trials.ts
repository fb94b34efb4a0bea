/** `ballast trials`: how many backtests were made of each strategy on each data set, by anybody, and how good the best of so many looks by luck. */
import type { FamilyTotal } from '../../../shared/stores/trial-ledger.ts';
import type { CommandHost } from '../command-host.ts';
import { nearest } from '../nearest.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { renderFamilies } from '../render/research/trials.ts';
import { type LedgerArguments, withTrialLedger } from '../research/trial-book.ts';
import { withLuck } from '../research/trial-luck.ts';

export interface TrialsArguments extends LedgerArguments {
  /** A strategy, or a strategy and the beginning of a data set's hash: `sma-cross`, `sma-cross#9f2c`. */
  readonly family?: string;
  readonly json?: boolean;
}

export async function showTrials(options: TrialsArguments, { io }: CommandHost): Promise<ExitCode> {
  const all = await withTrialLedger(options, (ledger) => ledger.list());
  const families = familiesOf(all, options.family).map(withLuck);
  io.out(options.json ? JSON.stringify({ families }) : renderFamilies(families, io));
  return exitCodes.done;
}

function familiesOf(all: readonly FamilyTotal[], wanted: string | undefined): readonly FamilyTotal[] {
  if (wanted === undefined) return all;
  const [strategy = '', hash = ''] = wanted.split('#');
  const found = all.filter((family) => family.strategy === strategy && family.datasetSha256.startsWith(hash));
  if (found.length > 0) return found;
  const near = nearest(strategy, [...new Set(all.map((family) => family.strategy))], 3);
  const hint = near.length > 0 ? `Near it: ${near.join(', ')}.` : '"ballast trials" lists every family.';
  throw new BadInput(`Nothing was tried of "${wanted}" yet. ${hint}`);
}
