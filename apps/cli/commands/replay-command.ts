/** `ballast replay` as the command line knows it. */
import type { Command } from 'commander';
import { type Runners, reading } from '../command-parts.ts';
import { type ReplayArguments, replay } from './replay.ts';

export function addReplayCommand(program: Command, { onFund }: Runners): void {
  reading(program.command('replay'))
    .description('decide a cycle again from what it stored, and compare byte for byte; or ask what another policy would have decided')
    .argument('[cycle]', 'the cycle id, its day, or "latest" (default)')
    .option('--all', 'every cycle of the store')
    .option('--with-policy <version>', 'a policy version, or a file: what would it have decided?')
    .action((cycle: string | undefined, options: ReplayArguments) =>
      onFund<ReplayArguments>(replay)(cycle === undefined ? options : { ...options, cycle }),
    );
}
