/** `ballast deploy`: `cdk deploy` with the stage and its confirmations, so that nobody has to remember context flags. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { stages } from '../../../shared/contracts/names/index.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import type { CommandHost } from '../program.ts';

const projectRoot = resolve(import.meta.dirname, '../../..');

export async function deploy(options: { stage: string; confirm?: string; dryRun?: boolean }, { io }: CommandHost): Promise<ExitCode> {
  if (!(stages as readonly string[]).includes(options.stage))
    throw new BadInput(`There is no stage "${options.stage}": use ${stages.join(', ')}.`);
  if (options.stage === 'live' && options.confirm !== 'live') throw new BadInput('Stage live trades real money: add --confirm live.');
  const context = ['-c', `stage=${options.stage}`, ...(options.confirm ? ['-c', `confirm=${options.confirm}`] : [])];
  const command = options.dryRun ? ['diff'] : ['deploy', '--all', '--require-approval', 'broadening'];
  const child = spawn(resolve(projectRoot, 'node_modules/.bin/cdk'), [...command, ...context], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${resolve(projectRoot, 'node_modules/.bin')}:${process.env.PATH}` },
  });
  const code = await new Promise<number | null>((done, failed) => child.on('close', done).on('error', failed));
  if (code !== 0) return exitCodes.failed;
  if (!options.dryRun)
    io.out(
      'Deployed. Before the first cycle: put the broker keys into the secret and seed policy and control; docs/runbook.md, "First deployment".',
    );
  return exitCodes.done;
}
