/** `ballast stress` as the command line knows it. */
import type { Command } from 'commander';
import { dayOf } from '../argument-values.ts';
import { type Runners, reading } from '../command-parts.ts';
import { showStress } from './stress.ts';

export function addStressCommand(program: Command, { onFund }: Runners): void {
  reading(program.command('stress'))
    .description('what the book would lose in each scenario, or in an episode of history replayed day by day')
    .argument('[cycle]', 'whose book: the cycle id, its day, or "latest"', 'latest')
    .option('--scenario <name>', 'only that one')
    .option('--index <path>', 'daily bars with the index: episodes are replayed from them')
    .option('--index-symbol <symbol>', 'which symbol of that file (default: ^GSPC)')
    .option('--from <date>', 'the close that an episode of your own begins at', dayOf)
    .option('--to <date>', 'the close that it ends at', dayOf)
    .action((cycle: string, options: Omit<Parameters<typeof showStress>[0], 'cycle'>) => onFund(showStress)({ ...options, cycle }));
}
