/** `ballast pause`, `reduce`, `resume` and `halt` as the command line knows them. */
import { type Command, Option } from 'commander';
import { type Runners, reading } from '../command-parts.ts';
import { changeControl } from './control.ts';

type ControlArguments = Parameters<typeof changeControl>[1];

/** Stopping is possible before there is a fund: it then begins one that does not trade. */
export function addControlCommands(program: Command, { run, onFund }: Runners): void {
  const control = (name: string, about: string): Command =>
    reading(program.command(name))
      .description(about)
      .option('--symbol <symbol>', 'only of that symbol')
      .addOption(new Option('--strategy <name>', 'only of that strategy').choices(['ensemble']))
      .addOption(new Option('--broker <name>', 'only at that broker').choices(['alpaca', 'ibkr']))
      .option('--reason <text>', 'why, for the record', 'not given');
  control('pause', 'stop trading: no cycle passes preflight, no reserved order is sent').action(
    run<ControlArguments>((options, host) => changeControl('PAUSED', options, host)),
  );
  control('reduce', 'let out only what makes a position smaller').action(
    run<ControlArguments>((options, host) => changeControl('REDUCE_ONLY', options, host)),
  );
  control('resume', 'let trading go on')
    .option('--after-halt', 'yes, trading was HALTED and may go on')
    .action(onFund<ControlArguments>((options, host) => changeControl('RUNNING', options, host)));
  control('halt', 'stop trading, cancel what works, until a person resumes with --after-halt')
    .option('--flatten', 'then sell what is held, at the market')
    .option('--yes', 'yes, sell it')
    .action(run<ControlArguments>((options, host) => changeControl('HALTED', options, host)));
}
