/** `ballast evolve` as the command line knows it. */
import type { Command } from 'commander';
import { wholeNumber } from '../argument-values.ts';
import type { Runners } from '../command-parts.ts';
import { withLedger, withMachine, withMarket } from '../research/options.ts';
import { basisPoints } from '../research/values.ts';
import { type EvolveArguments, runEvolve } from './evolve.ts';

export function addEvolveCommand(program: Command, { run }: Runners): void {
  withMachine(withLedger(withMarket(program.command('evolve'))))
    .description('search for strategies by NSGA-II: return against drawdown and turnover; every genome is counted as a trial')
    .option('--population <n>', 'genomes of a generation', wholeNumber(4, 10_000), 50)
    .option('--generations <n>', 'how many', wholeNumber(1, 100_000), 100)
    .option('--islands <n>', 'populations apart from each other', wholeNumber(1, 64), 2)
    .option('--commission-bps <n>', 'of the notional, each side', basisPoints, 0)
    .option('--workers <n>', 'threads; results do not depend on it', wholeNumber(0, 64), 2)
    .option('--top <n>', 'how many of the front are shown', wholeNumber(1, 1000), 8)
    .action(run<EvolveArguments>(runEvolve));
}
