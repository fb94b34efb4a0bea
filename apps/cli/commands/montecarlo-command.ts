/** `ballast montecarlo` as the command line knows it. */
import type { Command } from 'commander';
import { wholeNumber } from '../argument-values.ts';
import type { Runners } from '../command-parts.ts';
import { researching } from '../research/options.ts';
import { blockLength } from '../research/values.ts';
import { type MonteCarloArguments, runMonteCarlo } from './montecarlo.ts';

export function addMonteCarloCommand(program: Command, { run }: Runners): void {
  researching(program.command('montecarlo'))
    .description('run a strategy once, then draw its history anew many times: how good and how bad it could as well have been')
    .option('--paths <n>', 'how many histories are drawn', wholeNumber(100, 100_000), 2000)
    .option('--block <length>', 'of the stationary bootstrap: auto (Politis & White), or a mean length in bars', blockLength, 'auto')
    .option('--out <dir>', 'also write the tear sheet with the fan (tearsheet.html), the fan and the run as Parquet, there')
    .option('--shuffle-trades', 'draw the order of the trades instead of blocks of returns')
    .action(run<MonteCarloArguments>(runMonteCarlo));
}
