/** `ballast trials` as the command line knows it. */
import type { Command } from 'commander';
import type { Runners } from '../command-parts.ts';
import { withLedger } from '../research/options.ts';
import { showTrials, type TrialsArguments } from './trials.ts';

export function addTrialsCommand(program: Command, { run }: Runners): void {
  withLedger(program.command('trials'))
    .description('how many backtests were made of each strategy on each data set: what the deflated Sharpe ratio counts')
    .option('--family <name>', 'only that strategy, or one data set of it: sma-cross, sma-cross#9f2c')
    .action(run<TrialsArguments>(showTrials));
}
