/** The commands, their options and help. What a command does lies in commands/. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { tryParseDay } from '../../shared/kernel/days.ts';
import { ContractViolation } from '../../shared/kernel/errors.ts';
import type { EpochDay } from '../../shared/kernel/units.ts';
import { DamagedState } from '../local-cloud/journal.ts';
import { showAudit } from './commands/audit.ts';
import { showOrders, showPositions } from './commands/book.ts';
import { changeControl } from './commands/control.ts';
import { runCycle } from './commands/cycle.ts';
import { deploy } from './commands/deploy.ts';
import { ingest } from './commands/ingest.ts';
import { serveLocally } from './commands/local.ts';
import { showStatus } from './commands/status.ts';
import { showSymbols } from './commands/symbols.ts';
import type { Fund } from './fund.ts';
import type { Io } from './io.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodes } from './outcome.ts';

export interface FundArguments {
  readonly state: string;
  readonly fresh?: boolean;
  readonly seed: number;
  readonly capital: number;
}

/** What runs the commands: this process for its own terminal, or a server for another one. */
export interface CommandHost {
  readonly io: Io;
  /** Paths in arguments are relative to here. */
  readonly cwd: string;
  withFund<T>(options: FundArguments, work: (fund: Fund) => Promise<T>): Promise<T>;
}

const defaultState = '.ballast';

export async function runCommand(argv: readonly string[], host: CommandHost): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const program = buildProgram(host, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, host.io);
  }
}

function explain(error: unknown, io: Io): ExitCode {
  // Commander has already printed its own line, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (error instanceof BadInput || error instanceof ContractViolation || error instanceof DamagedState) {
    io.err(`ballast: ${error.message}`);
    return exitCodes.badInput;
  }
  if (error instanceof CommandFailed) {
    io.err(`ballast: ${error.message}`);
    return error.exitCode;
  }
  throw error;
}

function buildProgram(host: CommandHost, ends: (code: ExitCode) => void): Command {
  const program = new Command('ballast')
    .description(
      'A survival-first quantitative fund. Every command runs the machines, functions and tables that "ballast deploy" puts into an AWS account.',
    )
    .configureOutput({ writeOut: (text) => host.io.out(text.trimEnd()), writeErr: (text) => host.io.err(text.trimEnd()) })
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('Run "ballast --help" for the commands and "ballast <command> --help" for their options.')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 bad input, 3 refused (paused, governance, closed market, already run), 4 halted.',
    );

  const run =
    <Options>(action: (options: Options, host: CommandHost) => Promise<ExitCode>) =>
    async (options: Options): Promise<void> =>
      ends(await action(options, host));

  onFund(program.command('cycle'))
    .description('run one trading cycle: preflight, data, signals, allocation, risk, orders, audit')
    .option('--data <path>', 'daily bars from a CSV or Parquet file; without it, the seeded market simulator')
    .option('--sectors <path>', 'a CSV with the columns symbol and sector; symbols without a sector share one sector limit')
    .option('--as-of <date>', 'the session to trade at 15:45 New York; without it, the last one in the data', day)
    .option('--json', 'one JSON document instead of text')
    .action(run(runCycle));
  onFund(program.command('ingest'))
    .description('bring market data into the lake; the same data twice changes nothing')
    .option('--data <path>', 'daily bars from a CSV or Parquet file; without it, the seeded market simulator')
    .option('--sectors <path>', 'a CSV with the columns symbol and sector')
    .option('--json', 'one JSON document instead of text')
    .action(run(ingest));
  for (const [name, state, about] of [
    ['pause', 'PAUSED', 'stop trading: no cycle passes preflight, no reserved order is sent'],
    ['resume', 'RUNNING', 'let trading go on'],
    ['halt', 'HALTED', 'stop trading until a person resumes with --after-halt'],
  ] as const) {
    const command = onFund(program.command(name))
      .description(about)
      .option('--reason <text>', 'why, for the record', 'not given')
      .option('--json', 'one JSON document instead of text');
    if (name === 'resume') command.option('--after-halt', 'yes, trading was HALTED and may go on');
    command.action(run((options: Parameters<typeof changeControl>[1]) => changeControl(state, options, host)));
  }
  const views = [
    ['status', 'control state, policy, last cycle, account, audit head', showStatus],
    ['positions', 'what the fund holds', showPositions],
    ['symbols', 'governance of every symbol and why it is blocked', showSymbols],
  ] as const;
  for (const [name, about, show] of views)
    onFund(program.command(name)).description(about).option('--json', 'one JSON document instead of text').action(run(show));
  onFund(program.command('orders'))
    .description('orders of the last cycle, or of one')
    .option('--cycle <id>', 'the cycle id')
    .option('--json', 'one JSON document instead of text')
    .action(run(showOrders));
  onFund(program.command('audit'))
    .description('the audit trail of the last cycle, or of one, with its hash chain checked')
    .option('--cycle <id>', 'the cycle id')
    .option('--json', 'one JSON document instead of text')
    .action(run(showAudit));
  onFund(program.command('local'))
    .description('serve the local cloud over HTTP for any AWS SDK or CLI, until Ctrl-C')
    .option('--port <n>', 'on 127.0.0.1; 0 takes a free one', wholeNumber(0, 65535), 4566)
    .option('--repair', 'drop the half-written last record that a kill left behind, keep everything else, and stop')
    .action(run(serveLocally));
  program
    .command('deploy')
    .description('deploy the stacks into your AWS account: cdk deploy with the stage and its confirmations')
    .option('--stage <name>', 'dev, paper or live', 'dev')
    .option('--confirm <name>', 'for live: repeat the stage name')
    .option('--dry-run', 'show what would change, deploy nothing')
    .action(run(deploy));
  return program;
}

const onFund = (command: Command): Command =>
  command
    .option('--state <dir>', 'where the fund lives on this machine', defaultState)
    .option('--fresh', 'forget that state first and begin anew')
    .option('--seed <n>', 'of the market simulator', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--capital <usd>', 'what a new fund begins with', dollars, 1_000_000);

function day(text: string): EpochDay {
  const parsed = tryParseDay(text);
  if (parsed === undefined) throw new InvalidArgumentError('It is no date: write YYYY-MM-DD.');
  return parsed;
}

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };

function dollars(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d{1,2})?$/.test(text) || !(value >= 1000) || value > 1e12)
    throw new InvalidArgumentError('It must be dollars from 1000 to 1000000000000, e.g. 250000.');
  return value;
}
