/** The commands, their options and help. What a command does lies in commands/. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ContractViolation } from '../../shared/kernel/errors.ts';
import { DamagedState } from '../local-cloud/journal.ts';
import { dollars, sessionDay, stageName, wholeNumber } from './argument-values.ts';
import type { CommandHost } from './command-host.ts';
import { type Runners, reading, withBeginning, withData, withJson } from './command-parts.ts';
import { addAlertsCommand } from './commands/alerts-command.ts';
import { addAuditCommand } from './commands/audit-command.ts';
import { addBacktestCommand } from './commands/backtest-command.ts';
import { showOrders, showPositions } from './commands/book.ts';
import { addControlCommands } from './commands/control-command.ts';
import { runCycle } from './commands/cycle.ts';
import { deploy } from './commands/deploy.ts';
import { addEventsCommand } from './commands/events-command.ts';
import { addEvolveCommand } from './commands/evolve-command.ts';
import { showExplanation } from './commands/explain.ts';
import { ingest } from './commands/ingest.ts';
import { init } from './commands/init.ts';
import { serveLocally } from './commands/local.ts';
import { addMonteCarloCommand } from './commands/montecarlo-command.ts';
import { showOpportunities } from './commands/opportunities.ts';
import { addPolicyCommand } from './commands/policy-command.ts';
import { type ReconcileArguments, reconcileNow } from './commands/reconcile.ts';
import { addReplayCommand } from './commands/replay-command.ts';
import { addReportCommand } from './commands/report-command.ts';
import { showStatus } from './commands/status.ts';
import { addStrategiesCommand } from './commands/strategies-command.ts';
import { addStressCommand } from './commands/stress-command.ts';
import { addSweepCommand } from './commands/sweep-command.ts';
import { showSymbols } from './commands/symbols.ts';
import { addTrialsCommand } from './commands/trials-command.ts';
import { addVwapCommand } from './commands/vwap-command.ts';
import { addWalkForwardCommand } from './commands/walk-forward-command.ts';
import type { StoresArguments } from './deployed-fund.ts';
import type { Io } from './io.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodeHelp, exitCodes } from './outcome.ts';

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

  const run: Runners['run'] = (work) => async (options) => ends(await work(options, host));
  const onFund: Runners['onFund'] = (work) =>
    run((options, givenHost) => {
      if (options.aws === undefined && !givenHost.holdsFund(options))
        throw new BadInput(`There is no fund in ${options.state} yet. "ballast cycle" begins one; --state names another directory.`);
      return work(options, givenHost);
    });
  addCommands(program, { run, onFund });
  answerVersion(program);
  return program;
}

/** In the order of --help and of the README's table. */
function addCommands(program: Command, runners: Runners): void {
  addTradingCommands(program, runners);
  addExplainCommand(program, runners);
  addReplayCommand(program, runners);
  addReportCommand(program, runners);
  addStressCommand(program, runners);
  addVwapCommand(program, runners);
  addResearchCommands(program, runners);
  addControlCommands(program, runners);
  addReconcileCommand(program, runners);
  addReadingCommands(program, runners);
  addAuditCommand(program, runners);
  addPolicyCommand(program, runners);
  addAlertsCommand(program, runners);
  addEventsCommand(program, runners);
  addHostingCommands(program, runners);
}

function addResearchCommands(program: Command, runners: Runners): void {
  addBacktestCommand(program, runners);
  addSweepCommand(program, runners);
  addWalkForwardCommand(program, runners);
  addMonteCarloCommand(program, runners);
  addEvolveCommand(program, runners);
  addTrialsCommand(program, runners);
  addStrategiesCommand(program, runners);
}

function addTradingCommands(program: Command, { run }: Runners): void {
  withJson(withBeginning(withData(program.command('cycle'))))
    .description('run one trading cycle: rank, preflight, data, signals, allocation, risk, orders, audit')
    .option('--as-of <date>', 'the session to trade at 15:45 New York; without it, the last one in the data', sessionDay)
    .action(run(runCycle));
  withJson(withBeginning(withData(program.command('ingest'))))
    .description('bring market data into the lake; the same data twice changes nothing')
    .action(run(ingest));
}

function addExplainCommand(program: Command, { onFund }: Runners): void {
  reading(program.command('explain'))
    .description('how one decision came about, step by step: data, regime, factors, agents, ensemble, allocation, risk, orders')
    .argument('<cycle>', 'the cycle id, its day, or "latest"')
    .argument('<symbol>', 'one that the cycle decided on')
    .action((cycle: string, symbol: string, options: StoresArguments) => onFund(showExplanation)({ ...options, cycle, symbol }));
}

function addReconcileCommand(program: Command, { onFund }: Runners): void {
  reading(program.command('reconcile'))
    .description(
      'hold the ledger against the broker: what agrees, what explains each difference, what was stopped; with --aws, the last report',
    )
    .option('--accept <what>', 'book what nothing explains of a symbol, or of "cash", as the broker has it')
    .option('--reason <text>', 'what a person found out, for the record')
    .action(onFund<ReconcileArguments>(reconcileNow));
}

/** What shows the fund and changes nothing. */
function addReadingCommands(program: Command, { onFund }: Runners): void {
  reading(program.command('status'))
    .description('control state, policy, risk mode, health, last cycle, account, audit head')
    .action(onFund(showStatus));
  reading(program.command('orders'))
    .description('orders of the last cycle, or of one')
    .option('--cycle <id>', 'the cycle id, as "ballast audit" and "ballast status" show it')
    .action(onFund(showOrders));
  reading(program.command('positions')).description('what the fund holds').action(onFund(showPositions));
  reading(program.command('opportunities'))
    .description('in which symbols a cycle may open positions, how each scored, and why the others may not')
    .action(onFund(showOpportunities));
  reading(program.command('symbols'))
    .description('governance of every symbol, and why one is blocked')
    .option('--blocked', 'only those that may not trade')
    .action(onFund(showSymbols));
}

/** Where the fund runs: served on this machine, or deployed. */
function addHostingCommands(program: Command, { run }: Runners): void {
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
}

/** After any command too, unless --version is an option of its own there, as of "policy show". */
function answerVersion(command: Command): void {
  if (!command.options.some(({ long }) => long === '--version')) {
    command.version(versionText(), '-V, --version', 'the version, and the Node that runs it');
    if (command.parent !== null) command.options.at(-1)!.hideHelp();
  }
  for (const subcommand of command.commands) answerVersion(subcommand);
}

function versionText(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return `ballast ${version} (Node ${process.versions.node})`;
}
