/** `ballast vwap` as the command line knows it. */
import { type Command, Option } from 'commander';
import { fraction, sessionDay, sharesOf, sideOf, timeOfDay, wholeNumber } from '../argument-values.ts';
import { type Runners, withJson } from '../command-parts.ts';
import { showVwap, type VwapArguments } from './vwap.ts';

export function addVwapCommand(program: Command, { run }: Runners): void {
  withJson(program.command('vwap'))
    .description('how an order would be spread over a session by the volume of earlier ones, and what that costs; needs no fund')
    .argument('<symbol>', 'one that the minute data holds')
    .argument('<shares>', 'how many', sharesOf)
    .requiredOption('--date <date>', 'the session it would trade in', sessionDay)
    .requiredOption('--minute-data <path>', 'bars of one minute from a .csv or .csv.gz file')
    .addOption(new Option('--label <which>', 'the end of the minute that labels a bar').choices(['start', 'end']).default('start'))
    .option('--from <time>', 'New York time; without it, the opening', timeOfDay)
    .option('--to <time>', 'New York time; without it, the close', timeOfDay)
    .option('--side <side>', 'buy or sell', sideOf, 'BUY')
    .option('--twap', 'even in time, instead of by volume')
    .option('--participation <fraction>', 'the most of the expected volume that a slice may be, e.g. 0.1', fraction)
    .option('--bucket <minutes>', 'length of a slice', wholeNumber(1, 390), 30)
    .option('--lot <shares>', 'slices are whole lots of so many', wholeNumber(1, 10_000), 1)
    .option('--sessions-min <n>', 'fewer earlier sessions are refused', wholeNumber(1, 250), 2)
    .option('--svg <path>', 'also draw it into this file')
    .action((symbol: string, quantity: number, options: Omit<VwapArguments, 'symbol' | 'quantity'>) =>
      run(showVwap)({ ...options, symbol, quantity }),
    );
}
