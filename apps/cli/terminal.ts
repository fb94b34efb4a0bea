/** A command typed into a terminal: this process opens the fund, unless a server already has it. */

import { type CommandHost, defaultState } from './command-host.ts';
import { Fund } from './fund.ts';
import { type Io, terminalIo } from './io.ts';
import type { ExitCode } from './outcome.ts';
import { explain, runCommand } from './program.ts';
import { runOnServer } from './remote.ts';
import { holdsFund, StateDirectory, serverOf } from './state-directory.ts';

export async function runFromTerminal(argv: readonly string[]): Promise<ExitCode> {
  const io = terminalIo();
  try {
    const server = serverFor(argv);
    return await (server ? runOnServer(server, argv, io) : runCommand(argv, hostOnDisk(io, process.cwd())));
  } catch (error) {
    return explain(error, io);
  }
}

/** Opens the fund of a state directory for one command, and closes it after. */
export function hostOnDisk(io: Io, cwd: string): CommandHost {
  return {
    io,
    cwd,
    holdsFund: ({ state }) => holdsFund(state),
    async withFund(options, work) {
      const directory = StateDirectory.acquire(options);
      try {
        const fund = await Fund.open({ directory, io });
        try {
          return await work(fund);
        } finally {
          await fund.close();
        }
      } finally {
        directory.release();
      }
    },
  };
}

/** Research: it computes for long, and keeps its trials beside the fund. */
const research = ['backtest', 'sweep', 'walk-forward', 'montecarlo', 'evolve', 'trials'];

/** What needs no open fund, or opens one in its own way. */
const alwaysHere = new Set([undefined, 'local', 'deploy', 'init', 'vwap', ...research, 'help', '-h', '--help', '-V', '--version']);

/** The server that owns the state directory named in the arguments. */
function serverFor(argv: readonly string[]): string | undefined {
  if (alwaysHere.has(argv[0]) || argv.includes('--help') || argv.includes('-h')) return undefined;
  if (argv.some((word) => word === '--aws' || word.startsWith('--aws='))) return undefined;
  const flag = argv.findLastIndex((word) => word === '--state' || word.startsWith('--state='));
  const named = flag === -1 ? defaultState() : argv[flag]!.includes('=') ? argv[flag]!.slice('--state='.length) : argv[flag + 1];
  return named ? serverOf(named) : undefined;
}
