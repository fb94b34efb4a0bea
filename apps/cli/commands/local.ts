/** `ballast local`: the local cloud over HTTP until Ctrl-C, running commands for other terminals meanwhile; or `--repair`. */
import { globSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { operator } from '../../local-cloud/cloud.ts';
import { serveHttp } from '../../local-cloud/gateway/http-server.ts';
import { repairJournal } from '../../local-cloud/journal.ts';
import type { CommandHost, FundArguments } from '../command-host.ts';
import { Fund } from '../fund.ts';
import type { Io } from '../io.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { answerCommand, commandPath } from '../remote.ts';
import { assertSameBeginning, assertUnused, type FundBeginning, holdsFund, StateDirectory } from '../state-directory.ts';

interface LocalOptions extends FundArguments {
  readonly port: number;
  readonly repair?: boolean;
}

type CommandRunner = (argv: readonly string[], host: CommandHost) => Promise<ExitCode>;

export async function serveLocally(options: LocalOptions, { io }: CommandHost, runCommand: CommandRunner): Promise<ExitCode> {
  if (options.repair) return repair(options.state, io);
  const directory = StateDirectory.acquire(options);
  try {
    const fund = await Fund.open({ directory, io });
    const oneAtATime = new Turnstile();
    const server = await serveHttp(fund.cloud, {
      port: options.port,
      intercept: (request, response) => {
        if (request.url !== commandPath || request.method !== 'POST') return false;
        void answerCommand(request, response, (argv, cwd, caller) =>
          oneAtATime.pass(() => runCommand(argv, hostOver(fund, directory.beginning, cwd, caller))),
        );
        return true;
      },
    }).catch(async (error: unknown) => {
      await fund.close();
      throw error;
    });
    const interrupted = untilInterrupted();
    directory.announce(server.url);
    await greet(fund, server.url, io);
    await interrupted;
    io.err('Stopping: finishing what is under way.');
    await server.close();
    await fund.close();
    return exitCodes.done;
  } finally {
    directory.release();
  }
}

/** A command that came over HTTP runs on the fund that is open here. */
function hostOver(fund: Fund, began: FundBeginning, cwd: string, io: Io): CommandHost {
  return {
    io,
    cwd,
    holdsFund: () => true,
    async withFund({ fresh, seed, capital }, work) {
      if (fresh) throw new BadInput('--fresh would empty the state under a running "ballast local". Stop that first.');
      assertSameBeginning('the running "ballast local"', began, { seed, capital });
      return work(fund);
    },
  };
}

async function greet(fund: Fund, url: string, io: Io): Promise<void> {
  const { TableNames } = (await fund.cloud.call(operator, 'dynamodb', 'ListTables', {})) as { TableNames: string[] };
  io.out(`The local cloud listens on ${url}. Ctrl-C stops it.`);
  io.out(`  export AWS_ENDPOINT_URL=${url} AWS_REGION=${fund.cloud.region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`);
  io.out(`  tables: ${TableNames.join(', ')}`);
  io.out('  Commands in other terminals run here: ballast cycle, ballast pause, ballast status, …');
}

function repair(state: string, io: Io): ExitCode {
  const path = resolve(state);
  if (!holdsFund(path)) throw new BadInput(`There is no fund in ${path}: nothing to repair.`);
  assertUnused(path);
  for (const file of globSync('**/*.{journal,jsonl}', { cwd: path }).sort()) {
    const { droppedBytes } = repairJournal(join(path, file));
    if (droppedBytes > 0)
      io.out(`${file}: dropped ${droppedBytes} bytes of a half-written record; they lie beside it in ${basename(file)}.torn.`);
  }
  io.out('Every journal is whole.');
  return exitCodes.done;
}

const untilInterrupted = (): Promise<void> =>
  new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });

/** Lets one piece of work through at a time, in the order of arrival. */
class Turnstile {
  #last: Promise<unknown> = Promise.resolve();

  pass<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }
}
