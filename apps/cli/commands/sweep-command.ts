/** `ballast sweep` as the command line knows it. */
import type { Command } from 'commander';
import { wholeNumber } from '../argument-values.ts';
import type { Runners } from '../command-parts.ts';
import { researching, withMachine } from '../research/options.ts';
import { axisPair } from '../research/values.ts';
import { runSweep, type SweepArguments } from './sweep.ts';

export function addSweepCommand(program: Command, { run }: Runners): void {
  withMachine(researching(program.command('sweep')))
    .description('run a strategy with every combination of a grid; every combination is counted as a trial')
    .requiredOption('--grid <ranges>', 'e.g. fast=3..50,slow=10..200; a..b:step and a|b|c too; --params holds what is not swept')
    .option('--top <n>', 'how many of the best are shown', wholeNumber(1, 1_000_000), 10)
    .option('--workers <n>', 'threads; results do not depend on it', wholeNumber(0, 64), 0)
    .option('--chunks <n>', 'with --machine: at least so many parts of the grid, where it should end sooner', wholeNumber(1, 10_000))
    .option('--axes <two>', 'the parameters of the map, e.g. fast,slow; without it, the two with the most values', axisPair)
    .option(
      '--overfit <n>',
      'how many combinations are compared for overfitting; without it as many as is quick, 0 for none',
      wholeNumber(0, 10_000),
    )
    .option('--out <dir>', 'also write a page (sweep.html), and every combination to sweep.parquet there')
    .action(run<SweepArguments>(runSweep));
}
