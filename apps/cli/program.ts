/** The commands, their options and help. What a command does lies in commands/. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { ContractViolation } from '../../shared/kernel/errors.ts';
import { DamagedState } from '../local-cloud/journal.ts';
import { dayOf, dollars, fraction, sessionDay, sharesOf, sideOf, stageName, timeOfDay, wholeNumber } from './argument-values.ts';
import { type CommandHost, defaultState } from './command-host.ts';
import { addAlertsCommand } from './commands/alerts-options.ts';
import { addAuditCommand } from './commands/audit-options.ts';
import { addAuditSqlCommand } from './commands/audit-sql-options.ts';
import { showOrders, showPositions } from './commands/book.ts';
import { changeControl } from './commands/control.ts';
import { runCycle } from './commands/cycle.ts';
import { deploy } from './commands/deploy.ts';
import { addEventsCommand } from './commands/events-options.ts';
import { showExplanation } from './commands/explain.ts';
import { ingest } from './commands/ingest.ts';
import { init } from './commands/init.ts';
import { serveLocally } from './commands/local.ts';
import { showOpportunities } from './commands/opportunities.ts';
import { type ReconcileArguments, reconcileNow } from './commands/reconcile.ts';
import { type ReplayArguments, replay } from './commands/replay.ts';
import { addReportCommand } from './commands/report-options.ts';
import { showStatus } from './commands/status.ts';
import { showStress } from './commands/stress.ts';
import { showSymbols } from './commands/symbols.ts';
import { showVwap, type VwapArguments } from './commands/vwap.ts';
import type { StoresArguments } from './deployed-fund.ts';
import type { Io } from './io.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodeHelp, exitCodes } from './outcome.ts';
import { addPolicyCommands } from './policy-commands.ts';

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

/** One line that says what is wrong and what to do; where it was thrown is for developers, who ask with BALLAST_DEBUG. */
export function explain(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) return explainUsage(error, io);
  if (process.env.BALLAST_DEBUG) io.err(String((error as Error).stack));
  if (error instanceof BadInput || error instanceof ContractViolation || error instanceof DamagedState) {
    io.err(`ballast: ${error.message}`);
    return exitCodes.badInput;
  }
  const { name, message } = error as Error;
  io.err(
    error instanceof CommandFailed
      ? `ballast: ${message}`
      : `ballast: something went wrong here: ${name}: ${message.replaceAll(/\s*\n\s*/g, ' ')} (BALLAST_DEBUG=1 shows where)`,
  );
  return error instanceof CommandFailed ? error.exitCode : exitCodes.failed;
}

/** Help and version were asked for and have been printed; anything else is one line here. */
function explainUsage({ code, exitCode, message }: CommanderError, io: Io): ExitCode {
  if (exitCode === 0) return exitCodes.done;
  if (code !== 'commander.help') {
    const [problem, ...hints] = message.replace(/^error: /, '').split('\n');
    io.err(`ballast: ${[problem!.replace(/\.$/, ''), ...hints].join(' ')}. "ballast --help" lists commands and options.`);
  }
  return exitCodes.badInput;
}

function buildProgram(host: CommandHost, ends: (code: ExitCode) => void): Command {
  const program = new Command('ballast')
    .description(
      'A survival-first quantitative fund. Every command runs the machines, functions and tables that "ballast deploy" puts into an AWS account.',
    )
    .version(versionText(), '-V, --version', 'the version, and the Node that runs it')
    .helpOption('-h, --help', 'this help; after a command, its options')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => `${command.name()} [options]` })
    .configureOutput({
      writeOut: (text) => host.io.out(text.trimEnd()),
      writeErr: (text) => host.io.err(text.trimEnd()),
      outputError: () => {},
    })
    .exitOverride()
    // So that --version after a command is the command's.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `\nExit codes: ${exitCodeHelp}.\nThe state directory is --state, else the variable BALLAST_STATE, else .ballast.`,
    );

  const run =
    <Options>(action: (options: Options, host: CommandHost) => Promise<ExitCode>) =>
    async (options: Options): Promise<void> =>
      ends(await action(options, host));
  const onFund = <Options extends StoresArguments>(work: (options: Options, host: CommandHost) => Promise<ExitCode>) =>
    run<Options>((options, givenHost) => {
      if (options.aws === undefined && !givenHost.holdsFund(options))
        throw new BadInput(`There is no fund in ${options.state} yet. "ballast cycle" begins one; --state names another directory.`);
      return work(options, givenHost);
    });

  withJson(withBeginning(withData(program.command('cycle'))))
    .description('run one trading cycle: preflight, data, signals, allocation, risk, orders, audit')
    .option('--as-of <date>', 'the session to trade at 15:45 New York; without it, the last one in the data', sessionDay)
    .action(run(runCycle));
  withJson(withBeginning(withData(program.command('ingest'))))
    .description('bring market data into the lake; the same data twice changes nothing')
    .action(run(ingest));
  addExplainCommand(program, onFund(showExplanation));
  addReplayCommand(program, onFund(replay));
  addReportCommand(withJson(withAws(program.command('report'))), onFund);
  addStressCommand(program, onFund(showStress));
  addVwapCommand(program, run(showVwap));
  addControlCommands(program, run, onFund);
  addReconcileCommand(program, onFund(reconcileNow));
  addReadingCommands(program, onFund);
  const audit = addAuditCommand(program, { reading: (command) => withJson(withAws(command)), run, onFund });
  addAuditSqlCommand(audit, { reading: (command) => withJson(withAws(command)), run, onFund });
  addPolicyCommands(program, onFund, (command) => withJson(withAws(command)));
  addAlertsCommand(program, { reading: (command) => withJson(withAws(command)), onFund, run });
  addEventsCommand(program, { reading: (command) => withJson(withAws(command)), onFund });
  withBeginning(program.command('local'))
    .description('serve the local cloud over HTTP for any AWS SDK or CLI, until Ctrl-C')
    .option('--port <n>', 'on 127.0.0.1; 0 takes a free one', wholeNumber(0, 65535), 4566)
    .option('--repair', 'drop the half-written last record that a kill left behind, keep everything else, and stop')
    .action(run((options: Parameters<typeof serveLocally>[0], givenHost) => serveLocally(options, givenHost, runCommand)));
  withJson(program.command('init'))
    .description('give a deployed fund its first policy, its cash account and a control item that says PAUSED')
    .requiredOption('--aws <stage>', 'dev, paper or live', stageName)
    .option('--capital <usd>', 'what the fund begins with', dollars, 1_000_000)
    .action(run(init));
  program
    .command('deploy')
    .description('deploy the stacks into your AWS account: cdk deploy with the stage and its confirmations')
    .option('--stage <name>', 'dev, paper or live', 'dev')
    .option('--confirm <name>', 'for live: repeat the stage name')
    .option('--dry-run', 'show what would change, deploy nothing')
    .action(run(deploy));
  return program;
}

function addExplainCommand(program: Command, explainOne: Action<Parameters<typeof showExplanation>[0]>): void {
  withJson(withAws(program.command('explain')))
    .description('how one decision came about, step by step: data, regime, factors, agents, ensemble, allocation, risk, orders')
    .argument('<cycle>', 'the cycle id, its day, or "latest"')
    .argument('<symbol>', 'one that the cycle decided on')
    .action((cycle: string, symbol: string, options: StoresArguments) => explainOne({ ...options, cycle, symbol }));
}

function addReplayCommand(program: Command, replayIt: Action<ReplayArguments>): void {
  withJson(withAws(program.command('replay')))
    .description('decide a cycle again from what it stored, and compare byte for byte; or ask what another policy would have decided')
    .argument('[cycle]', 'the cycle id, its day, or "latest" (default)')
    .option('--all', 'every cycle of the store')
    .option('--with-policy <version>', 'a policy version, or a file: what would it have decided?')
    .action((cycle: string | undefined, options: ReplayArguments) => replayIt(cycle === undefined ? options : { ...options, cycle }));
}

function addStressCommand(program: Command, stressOne: Action<Parameters<typeof showStress>[0]>): void {
  withJson(withAws(program.command('stress')))
    .description('what the book would lose in each scenario, or in an episode of history replayed day by day')
    .argument('[cycle]', 'whose book: the cycle id, its day, or "latest"', 'latest')
    .option('--scenario <name>', 'only that one')
    .option('--index <path>', 'daily bars with the index: episodes are replayed from them')
    .option('--index-symbol <symbol>', 'which symbol of that file (default: ^GSPC)')
    .option('--from <date>', 'the close that an episode of your own begins at', dayOf)
    .option('--to <date>', 'the close that it ends at', dayOf)
    .action((cycle: string, options: Omit<Parameters<typeof showStress>[0], 'cycle'>) => stressOne({ ...options, cycle }));
}

function addVwapCommand(program: Command, showOne: Action<VwapArguments>): void {
  withJson(program.command('vwap'))
    .description('how an order would be spread over a session by the volume of earlier ones, and what that costs; needs no fund')
    .argument('<symbol>', 'one that the minute data holds')
    .argument('<shares>', 'how many', sharesOf)
    .requiredOption('--date <date>', 'the session it would trade in', sessionDay)
    .requiredOption('--minute-data <path>', 'bars of one minute from a .csv or .csv.gz file')
    .addOption(new Option('--label <which>', 'the end of the minute that labels a bar').choices(['start', 'end']).default('start'))
    .option('--from <time>', 'New York time; without it, the opening', timeOfDay)
    .option('--to <time>', 'New York time; without it, the close', timeOfDay)
    .option('--side <side>', 'buy or sell', sideOf, 'BUY')
    .option('--twap', 'even in time, instead of by volume')
    .option('--participation <fraction>', 'the most of the expected volume that a slice may be, e.g. 0.1', fraction)
    .option('--bucket <minutes>', 'length of a slice', wholeNumber(1, 390), 30)
    .option('--lot <shares>', 'slices are whole lots of so many', wholeNumber(1, 10_000), 1)
    .option('--sessions-min <n>', 'fewer earlier sessions are refused', wholeNumber(1, 250), 2)
    .option('--svg <path>', 'also draw it into this file')
    .action((symbol: string, quantity: number, options: Omit<VwapArguments, 'symbol' | 'quantity'>) =>
      showOne({ ...options, symbol, quantity }),
    );
}

function addReconcileCommand(program: Command, reconcileOne: Action<ReconcileArguments>): void {
  withJson(withAws(program.command('reconcile')))
    .description(
      'hold the ledger against the broker: what agrees, what explains each difference, what was stopped; with --aws, the last report',
    )
    .option('--accept <what>', 'book what nothing explains of a symbol, or of "cash", as the broker has it')
    .option('--reason <text>', 'what a person found out, for the record')
    .action(reconcileOne);
}

/** What shows the fund and changes nothing. */
function addReadingCommands(program: Command, onFund: OnFund): void {
  withJson(withAws(program.command('status')))
    .description('control state, policy, last cycle, account, audit head')
    .action(onFund(showStatus));
  withJson(withAws(program.command('orders')))
    .description('orders of the last cycle, or of one')
    .option('--cycle <id>', 'the cycle id, as "ballast audit" and "ballast status" show it')
    .action(onFund(showOrders));
  withJson(withAws(program.command('positions')))
    .description('what the fund holds')
    .action(onFund(showPositions));
  withJson(withAws(program.command('opportunities')))
    .description('in which symbols a cycle may open positions, how each scored, and why the others may not')
    .action(onFund(showOpportunities));
  withJson(withAws(program.command('symbols')))
    .description('governance of every symbol, and why one is blocked')
    .option('--blocked', 'only those that may not trade')
    .action(onFund(showSymbols));
}

type OnFund = <Options extends StoresArguments>(work: (options: Options, host: CommandHost) => Promise<ExitCode>) => Action<Options>;

type Action<Options> = (options: Options) => Promise<void>;

/** Stopping is possible before there is a fund: it then begins one that does not trade. */
function addControlCommands(
  program: Command,
  run: (action: (options: ControlArguments, host: CommandHost) => Promise<ExitCode>) => Action<ControlArguments>,
  onFund: typeof run,
): void {
  const control = (name: string, about: string): Command =>
    withJson(withAws(program.command(name)))
      .description(about)
      .option('--symbol <symbol>', 'only of that symbol')
      .addOption(new Option('--strategy <name>', 'only of that strategy').choices(['ensemble']))
      .addOption(new Option('--broker <name>', 'only at that broker').choices(['alpaca', 'ibkr']))
      .option('--reason <text>', 'why, for the record', 'not given');
  control('pause', 'stop trading: no cycle passes preflight, no reserved order is sent').action(
    run((options, host) => changeControl('PAUSED', options, host)),
  );
  control('reduce', 'let out only what makes a position smaller').action(
    run((options, host) => changeControl('REDUCE_ONLY', options, host)),
  );
  control('resume', 'let trading go on')
    .option('--after-halt', 'yes, trading was HALTED and may go on')
    .action(onFund((options, host) => changeControl('RUNNING', options, host)));
  control('halt', 'stop trading, cancel what works, until a person resumes with --after-halt')
    .option('--flatten', 'then sell what is held, at the market')
    .option('--yes', 'yes, sell it')
    .action(run((options, host) => changeControl('HALTED', options, host)));
}

type ControlArguments = Parameters<typeof changeControl>[1];

const withState = (command: Command): Command => command.option('--state <dir>', 'where the fund lives on this machine', defaultState());

const withAws = (command: Command): Command =>
  withState(command).option('--aws <stage>', 'the fund deployed in your AWS account, in this stage', stageName);

const withBeginning = (command: Command): Command =>
  withState(command)
    .option('--fresh', 'forget that state first and begin anew')
    .option('--seed <n>', 'of the market simulator of a new fund (default: 1)', wholeNumber(0, 2 ** 31 - 1))
    .option('--capital <usd>', 'what a new fund begins with (default: 1000000)', dollars);

const withData = (command: Command): Command =>
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

const withJson = (command: Command): Command => command.option('--json', 'one JSON document instead of text');

function versionText(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return `ballast ${version} (Node ${process.versions.node})`;
}
