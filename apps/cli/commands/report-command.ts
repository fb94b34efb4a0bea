/** `ballast report` as the command line knows it. */
import type { Command } from 'commander';
import { sessionDay } from '../argument-values.ts';
import { type Runners, reading } from '../command-parts.ts';
import { type ReportArguments, showReport } from './report.ts';

export function addReportCommand(program: Command, { onFund }: Runners): void {
  reading(program.command('report'))
    .description('the daily report: equity, drawdown, attribution, what trading cost, which agents were right')
    .option('--day <date>', 'as of that day; without it, the last one measured', sessionDay)
    .option('--out <dir>', 'also write the page and its Markdown into this folder')
    .action(onFund<ReportArguments>(showReport));
}
