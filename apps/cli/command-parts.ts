/** What the definitions of commands share: the options that many of them take, and how a command gets to run. */
import type { Command } from 'commander';
import { dollars, stageName, wholeNumber } from './argument-values.ts';
import { type CommandHost, defaultState } from './command-host.ts';
import type { StoresArguments } from './deployed-fund.ts';
import type { ExitCode } from './outcome.ts';

export type Act<Options> = (options: Options) => Promise<void>;
export type Work<Options> = (options: Options, host: CommandHost) => Promise<ExitCode>;

export interface Runners {
  /** Whether or not there is a fund. */
  readonly run: <Options>(work: Work<Options>) => Act<Options>;
  /** On a fund; says so where there is none. */
  readonly onFund: <Options extends StoresArguments>(work: Work<Options>) => Act<Options>;
}

export const withState = (command: Command): Command =>
  command.option('--state <dir>', 'where the fund lives on this machine', defaultState());

export const withAws = (command: Command): Command =>
  withState(command).option('--aws <stage>', 'the fund deployed in your AWS account, in this stage', stageName);

export const withJson = (command: Command): Command => command.option('--json', 'one JSON document instead of text');

/** What looks at a fund, here or deployed. */
export const reading = (command: Command): Command => withJson(withAws(command));

export const withBeginning = (command: Command): Command =>
  withState(command)
    .option('--fresh', 'forget that state first and begin anew')
    .option('--seed <n>', 'of the market simulator of a new fund (default: 1)', wholeNumber(0, 2 ** 31 - 1))
    .option('--capital <usd>', 'what a new fund begins with (default: 1000000)', dollars);

export const withData = (command: Command): Command =>
  command
    .option('--data <path>', 'daily bars from a .csv, .csv.gz or .parquet file; without it, the seeded market simulator')
    .option('--sectors <path>', 'a CSV with the columns symbol and sector; symbols without a sector share one sector limit')
    .option('--fundamentals <path>', 'quarterly reports from a .csv or .csv.gz file; may be given again', (path, before: string[] = []) => [
      ...before,
      path,
    ])
    .option('--earnings <path>', 'earnings releases and what analysts expected, from a .csv or .csv.gz file')
    .option('--news <path>', 'dated headlines from a .csv or .csv.gz file')
    .option('--index <path>', 'daily bars with the index of the market; without it, the market is all symbols with equal weight')
    .option('--index-symbol <symbol>', 'which symbol of that file (default: ^GSPC)');

/** For a subcommand whose parent takes the same options: those written before its name count, and its own come first. */
export const withParent =
  <Options extends object>(act: Act<Options>) =>
  (own: Options, command: Command): Promise<void> => {
    const given = Object.entries(own).filter(([name]) => command.getOptionValueSource(name) !== 'default');
    return act({ ...own, ...command.parent?.opts(), ...Object.fromEntries(given) });
  };
