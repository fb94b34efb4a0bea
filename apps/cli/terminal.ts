/** A command typed into a terminal: this process opens the fund, unless a server already has it. */
import { Fund } from './fund.ts';
import { terminalIo } from './io.ts';
import type { ExitCode } from './outcome.ts';
import { type CommandHost, runCommand } from './program.ts';
import { runOnServer } from './remote.ts';
import { ownerOf, StateDirectory } from './state-directory.ts';

export async function runFromTerminal(argv: readonly string[]): Promise<ExitCode> {
  const io = terminalIo();
  const server = serverFor(argv);
  if (server) return runOnServer(server, argv, io);
  const host: CommandHost = {
    io,
    cwd: process.cwd(),
    async withFund({ state, fresh, seed, capital }, work) {
      const directory = StateDirectory.acquire(state, fresh === true);
      const release = (): void => directory.release();
      process.once('exit', release);
      try {
        const fund = await Fund.open({ directory, seed, capitalUsd: capital, io });
        try {
          return await work(fund);
        } finally {
          await fund.close();
        }
      } finally {
        process.removeListener('exit', release);
        release();
      }
    },
  };
  return runCommand(argv, host);
}

/** The server that owns the state directory named in the arguments; `local` and `deploy` always run here. */
function serverFor(argv: readonly string[]): string | undefined {
  if (argv.length === 0 || argv[0] === 'local' || argv[0] === 'deploy' || argv.includes('--help') || argv.includes('-h')) return undefined;
  const flag = argv.findIndex((word) => word === '--state' || word.startsWith('--state='));
  const named = flag === -1 ? '.ballast' : argv[flag]!.includes('=') ? argv[flag]!.slice('--state='.length) : argv[flag + 1];
  return named === undefined ? undefined : ownerOf(named)?.url;
}
