/** `ballast strategies` and its parts, as the command line knows them. */
import { type Command, Option } from 'commander';
import { fraction, wholeNumber } from '../argument-values.ts';
import { type Runners, withParent } from '../command-parts.ts';
import { researching, withLedger, withMarket } from '../research/options.ts';
import {
  approveStrategy,
  type DecisionArguments,
  demoteStrategy,
  listStrategies,
  retireStrategy,
  type StrategiesArguments,
  type StrategyArguments,
  showStrategy,
} from './strategies.ts';
import { type ProposeArguments, proposeStrategy } from './strategies-propose.ts';
import { type ShadowArguments, shadowStrategy } from './strategies-shadow.ts';

export function addStrategiesCommand(program: Command, { run }: Runners): void {
  const strategies = withLedger(program.command('strategies'))
    .helpCommand(false)
    .description('strategies on their way from backtest to live: propose, follow in shadow, approve, retire; none of it sends an order')
    .action(run<StrategiesArguments>(listStrategies));
  const one = <Options extends StrategyArguments>(command: Command, work: Parameters<typeof run<Options>>[0]): Command =>
    command
      .argument('<strategy>', 'its id, as "ballast strategies" lists it')
      .action((strategyId: string, own: Omit<Options, 'strategyId'>, called: Command) =>
        withParent<Omit<Options, 'strategyId'>>((options) => run<Options>(work)({ ...options, strategyId } as Options))(own, called),
      );
  const decision = (name: string, about: string): Command =>
    withLedger(strategies.command(name)).description(about).option('--reason <text>', 'why, for the record').addOption(as());

  one<StrategyArguments>(
    withLedger(strategies.command('show')).description('its evidence, its gates and all that was told of it'),
    showStrategy,
  );
  researching(strategies.command('propose'))
    .description('register a strategy with evidence from a backtest or a search; exit code 3 while a gate is closed')
    .option('--from-evolution <id>', 'the best of a search, by the id that "ballast evolve" ends with')
    .option('--hold-out <fraction>', 'the last part of the bars, which is held out (of a backtest)', fraction, 0.4)
    .option('--purge <bars>', 'between the two, belonging to neither', wholeNumber(0, 100_000), 60)
    .option('--reason <text>', 'why, for the record')
    .addOption(as())
    .action(withParent<ProposeArguments>(run<ProposeArguments>(proposeStrategy)));
  one<ShadowArguments>(
    withMarket(withLedger(strategies.command('shadow')))
      .description('run it over the sessions since it entered its stage, and count them; no order is placed')
      .addOption(as()),
    shadowStrategy,
  );
  one<DecisionArguments>(decision('approve', 'let it go live; takes all gates open, and another person than its author'), approveStrategy);
  one<DecisionArguments>(decision('demote', 'one stage back'), demoteStrategy);
  one<DecisionArguments>(decision('retire', 'for good'), retireStrategy);
}

const as = (): Option => new Option('--as <name>', 'who you are, on this machine; with --aws, AWS says it');
