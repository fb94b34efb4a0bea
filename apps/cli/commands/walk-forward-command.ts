/** `ballast walk-forward` as the command line knows it. */
import type { Command } from 'commander';
import { wholeNumber } from '../argument-values.ts';
import type { Runners } from '../command-parts.ts';
import { researching } from '../research/options.ts';
import { runWalkForward, type WalkForwardArguments } from './walk-forward.ts';

const bars = wholeNumber(1, 10_000_000);

export function addWalkForwardCommand(program: Command, { run }: Runners): void {
  researching(program.command('walk-forward'))
    .description('choose parameters on the past, trade what follows, move on: what the choosing would have earned')
    .requiredOption('--grid <ranges>', 'what is chosen from in each window, e.g. fast=3..50,slow=10..200')
    .requiredOption('--train <bars>', 'that parameters are chosen on', bars)
    .requiredOption('--test <bars>', 'that are then traded', bars)
    .requiredOption('--embargo <bars>', 'left out between the two; 0 leaves none out', wholeNumber(0, 10_000_000))
    .option('--folds <n>', 'only the last so many windows; without it, all that fit', wholeNumber(1, 10_000))
    .option(
      '--overfit <n>',
      'how many combinations are compared for overfitting; without it as many as is quick, 0 for none',
      wholeNumber(0, 10_000),
    )
    .option('--out <dir>', 'also write the tear sheet of what followed (tearsheet.html), and that run as Parquet, there')
    .option('--anchored', 'train on everything before, instead of a window that moves on')
    .action(run<WalkForwardArguments>(runWalkForward));
}
