/** `ballast deploy`: `cdk deploy` with the stage and its confirmations, so that nobody has to remember context flags. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { stages } from '../../../shared/contracts/names/index.ts';
import type { CommandHost } from '../command-host.ts';
import { progress } from '../io.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';

const projectRoot = resolve(import.meta.dirname, '../../..');

export async function deploy(options: { stage: string; confirm?: string; dryRun?: boolean }, { io }: CommandHost): Promise<ExitCode> {
  if (!(stages as readonly string[]).includes(options.stage))
    throw new BadInput(`There is no stage "${options.stage}": use ${stages.join(', ')}.`);
  if (options.stage === 'live' && options.confirm !== 'live') throw new BadInput('Stage live trades real money: add --confirm live.');
  progress(io, 'Looking for AWS credentials …');
  await assertAwsAccess();
  const context = ['-c', `stage=${options.stage}`, ...(options.confirm ? ['-c', `confirm=${options.confirm}`] : [])];
  const command = options.dryRun ? ['diff'] : ['deploy', '--all', '--require-approval', 'broadening'];
  const child = spawn(resolve(projectRoot, 'node_modules/.bin/cdk'), [...command, ...context], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${resolve(projectRoot, 'node_modules/.bin')}:${process.env.PATH}` },
  });
  const code = await new Promise<number | null>((done, failed) => child.on('close', done).on('error', failed));
  if (code !== 0) throw new CommandFailed(exitCodes.failed, `cdk ${command[0]} ended with code ${code}; its own lines above say why.`);
  if (!options.dryRun) io.out('Deployed. What to do before the first cycle stands in docs/runbook.md, "First deployment".');
  return exitCodes.done;
}

/** Looks where cdk will look: environment, profiles, single sign-on, the machine's own role. */
async function assertAwsAccess(): Promise<void> {
  const { config } = new DynamoDBClient({});
  try {
    await config.credentials();
  } catch (error) {
    throw new BadInput(
      'No AWS credentials were found, so nothing was deployed. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run "aws sso login".',
      { cause: error },
    );
  }
  try {
    await config.region();
  } catch (error) {
    throw new BadInput('No AWS region is set, so nothing was deployed. Set AWS_REGION, e.g. AWS_REGION=us-east-1.', { cause: error });
  }
}
