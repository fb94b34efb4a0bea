/**
 * What a research command asks: a strategy with its parameters, over a market, under rules. Everything is read and checked before anything runs, so
 * that a slip of the pen costs no backtest; strategy and parameters come first, since a large file takes seconds.
 */
import { lowerBound } from '../../../shared/domain/market/bars.ts';
import { withinDays } from '../../../shared/domain/research/build-panel.ts';
import type { PanelMembership } from '../../../shared/domain/research/membership.ts';
import { dayAt, type Panel } from '../../../shared/domain/research/panel.ts';
import { withDefaults } from '../../../shared/domain/research/parameters.ts';
import { strategyNamed, strategyNames } from '../../../shared/domain/research/registry.ts';
import type { BacktestRules } from '../../../shared/domain/research/rules.ts';
import type { Parameters, Rebalance, Strategy } from '../../../shared/domain/research/strategy.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import type { CommandHost } from '../command-host.ts';
import { progress } from '../io.ts';
import { nearest } from '../nearest.ts';
import { BadInput } from '../outcome.ts';
import { type FactorFile, loadFactors } from './factors.ts';
import { loadMembership } from './load-membership.ts';
import { loadPanel } from './load-panel.ts';
import { withSectors } from './load-sectors.ts';
import type { MarketArguments, ResearchArguments, StrategyArguments } from './options.ts';
import { progressBar } from './progress-bar.ts';
import { orBadInput } from './refusals.ts';
import { rulesOf } from './rules-of.ts';

/** Moments of the panel that are traded, both included; what lies before is warm-up. */
export interface Range {
  readonly fromMoment: number;
  readonly toMoment: number;
}

export interface Market {
  readonly panel: Panel;
  readonly membership: PanelMembership | null;
  readonly range: Range;
  /** What a reader of any result must know of the data; one line each. */
  readonly notes: readonly string[];
}

export interface Question extends Market {
  readonly strategy: Strategy;
  readonly parameters: Parameters;
  readonly rules: BacktestRules;
  readonly rebalance?: Rebalance;
  /** What known factors earned; null where nobody asked what they explain. */
  readonly factors: FactorFile | null;
}

/** @throws BadInput in one line that says what to do. */
export async function openQuestion(options: ResearchArguments, host: CommandHost): Promise<Question> {
  const strategy = strategyAsked(options);
  const parameters = orBadInput(withDefaults(strategy, options.params ?? {}));
  const rules = rulesOf(options, strategy);
  const market = await openMarket(options, host);
  const unused = options.size !== undefined && strategy.kind !== 'signal';
  const factors = options.factors === undefined ? null : loadFactors(options.factors, market.panel, host.cwd);
  const notes = [
    ...market.notes,
    ...(unused ? [`--size says nothing to ${strategy.name}: it sizes by itself.`] : []),
    ...(factors?.notes ?? []),
  ];
  const rebalance = options.rebalance === undefined ? {} : { rebalance: options.rebalance };
  return { ...market, notes, strategy, parameters, rules, factors, ...rebalance };
}

export function strategyAsked({ strategy: name, rebalance }: StrategyArguments): Strategy {
  if (name === undefined)
    throw new BadInput(`--strategy names what is run: ${strategyNames.join(', ')}. "ballast backtest --list" says more.`);
  const strategy = strategyNamed(name);
  if (strategy === undefined) {
    const near = nearest(name, strategyNames, 3);
    const hint = near.length > 0 ? `Near it: ${near.join(', ')}.` : `There are: ${strategyNames.join(', ')}.`;
    throw new BadInput(`There is no strategy "${name}". ${hint}`);
  }
  if (rebalance !== undefined && strategy.kind !== 'weights')
    throw new BadInput(`--rebalance goes with strategies of weights; ${name} says itself when it trades. Leave it out.`);
  return strategy;
}

export async function openMarket(options: MarketArguments, { cwd, io }: CommandHost): Promise<Market> {
  const { data, symbols, prices, earnings, label, seed, from, to } = options;
  progress(io, data === undefined ? `Simulating the market of seed ${seed} …` : `Reading ${data} …`);
  const loaded = await loadPanel(
    {
      seed,
      ...(data === undefined ? {} : { data }),
      ...(symbols === undefined ? {} : { symbols }),
      ...(prices === undefined ? {} : { prices }),
      ...(earnings === undefined ? {} : { earnings }),
      ...(label === undefined ? {} : { label }),
      progress: (rows) => progressBar(io, { title: 'Reading', unit: 'bars', total: rows }),
    },
    cwd,
  );
  if (from !== undefined && to !== undefined && from > to) throw new BadInput('--from must not come after --to.');
  // What lies after the last day is not even there to be read.
  const traded = to === undefined ? loaded.panel : orBadInput(withinDays(loaded.panel, dayAt(loaded.panel, 0), to));
  const sectors = options.sectors === undefined ? null : withSectors(traded, options.sectors, cwd);
  const panel = sectors?.panel ?? traded;
  const range = rangeIn(panel, from);
  const universe = options.universe === undefined ? null : loadMembership(options.universe, panel, cwd);
  const warmUp =
    range.fromMoment === 0 ? [] : [`${range.fromMoment} bars before ${formatDay(dayAt(panel, range.fromMoment))} are warm-up.`];
  return {
    panel,
    membership: universe?.membership ?? null,
    range,
    notes: [...loaded.notes, ...(sectors?.notes ?? []), ...(universe?.notes ?? []), ...warmUp],
  };
}

function rangeIn(panel: Panel, from: MarketArguments['from']): Range {
  const last = panel.day.length - 1;
  const fromMoment = from === undefined ? 0 : lowerBound(panel.day, from);
  if (fromMoment > last) throw new BadInput(`--from: the data end on ${formatDay(dayAt(panel, last))}, before ${formatDay(from!)}.`);
  return { fromMoment, toMoment: last };
}
