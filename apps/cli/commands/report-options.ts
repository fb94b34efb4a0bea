/** `ballast report` as the command line knows it. */
import type { Command } from 'commander';
import { sessionDay } from '../argument-values.ts';
import type { CommandHost } from '../command-host.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import type { ExitCode } from '../outcome.ts';
import { type ReportArguments, showReport } from './report.ts';

type OnFund = <Options extends StoresArguments>(
  work: (options: Options, host: CommandHost) => Promise<ExitCode>,
) => (options: Options) => Promise<void>;

export function addReportCommand(command: Command, onFund: OnFund): void {
  command
    .description('the daily report: equity, drawdown, attribution, what trading cost, which agents were right')
    .option('--day <date>', 'as of that day; without it, the last one measured', sessionDay)
    .option('--out <dir>', 'also write the page and its Markdown into this folder')
    .action(onFund<ReportArguments>(showReport));
}
