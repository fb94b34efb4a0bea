/** `ballast backtest` as the command line knows it. */
import type { Command } from 'commander';
import { knownStrategies } from '../../../shared/domain/research/known-strategies.ts';
import { wholeNumber } from '../argument-values.ts';
import type { Runners } from '../command-parts.ts';
import { strategyLines } from '../render/research/strategies.ts';
import { researching } from '../research/options.ts';
import { webAddress } from '../research/values.ts';
import { type BacktestArguments, runBacktest } from './backtest.ts';

export function addBacktestCommand(program: Command, { run }: Runners): void {
  researching(program.command('backtest'))
    .description('run a strategy over past bars and say what became of the money; the trial is counted; needs no fund')
    .option('--out <dir>', 'also write the tear sheet (tearsheet.html) and the result as Parquet there')
    .option('--mlflow <url>', 'also log the run to an MLflow server', webAddress)
    .option(
      '--fuzz <n>',
      'then change the future so many times and see whether the past changes: exit code 1 if it does',
      wholeNumber(1, 10_000),
    )
    .option('--list', 'the strategies, their parameters and bounds')
    .addHelpText('after', () => `\nStrategies, with parameters as they are and their bounds:\n${strategyLines(knownStrategies)}`)
    .action(run<BacktestArguments>(runBacktest));
}
