/** `ballast sweep` as the command line knows it. */
import type { Command } from 'commander';
import { wholeNumber } from '../argument-values.ts';
import type { Runners } from '../command-parts.ts';
import { researching } from '../research/options.ts';
import { runSweep, type SweepArguments } from './sweep.ts';

export function addSweepCommand(program: Command, { run }: Runners): void {
  researching(program.command('sweep'))
    .description('run a strategy with every combination of a grid; every combination is counted as a trial')
    .requiredOption('--grid <ranges>', 'e.g. fast=3..50,slow=10..200; a..b:step and a|b|c too; --params holds what is not swept')
    .option('--top <n>', 'how many of the best are shown', wholeNumber(1, 1_000_000), 10)
    .option('--workers <n>', 'threads; results do not depend on it', wholeNumber(0, 64), 0)
    .option('--out <dir>', 'also write every combination to sweep.parquet there')
    .action(run<SweepArguments>(runSweep));
}
