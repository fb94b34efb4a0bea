/** `ballast init --aws STAGE`: what a deployed fund needs before its first cycle. It starts PAUSED; the first resume is a person's. */
import { userInfo } from 'node:os';
import type { StageName } from '../../../shared/contracts/names/index.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { CommandHost } from '../command-host.ts';
import { onDeployed } from '../deployed-fund.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { setUpFund } from '../set-up.ts';

export async function init(options: { aws: StageName; capital: number; json?: boolean }, { io }: CommandHost): Promise<ExitCode> {
  const actor = `operator/${userInfo().username}`;
  const first = { capitalUsd: options.capital, control: 'PAUSED', actor, at: Date.now() as EpochMs } as const;
  const written = await onDeployed(options.aws, (stores) => setUpFund(stores, first));
  if (options.json) io.out(JSON.stringify({ stage: options.aws, written }));
  else if (written.length === 0) io.out(`Stage ${options.aws} is set up already; nothing was changed.`);
  else {
    for (const line of written) io.out(`wrote ${line}`);
    io.out(`Trading is PAUSED. When the broker keys are in their secret: "ballast resume --aws ${options.aws} --reason …".`);
  }
  return exitCodes.done;
}
