/** Commands on a fund in memory, so that a test may give the fund a policy of its own before it looks at it through the command line. */
import pc from 'picocolors';
import { runCommand } from '../../../../apps/cli/program.ts';
import type { TestFund } from '../../../support/boot-fund.ts';
import { type Ending, scratch } from './cli.ts';

/** Runs one command as a script would see it: no terminal, no colours. */
export async function onFund({ fund }: TestFund, ...argv: string[]): Promise<Ending> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    out: (text: string) => out.push(text),
    err: (text: string) => err.push(text),
    colors: pc.createColors(false),
    interactive: false,
  };
  const code = await runCommand(argv, { io, cwd: scratch, holdsFund: () => true, withFund: (_options, work) => work(fund) });
  return { code, stdout: out.map((text) => `${text}\n`).join(''), stderr: err.map((text) => `${text}\n`).join('') };
}
