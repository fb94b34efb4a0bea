/** The strategies that can be run, each with its parameters and their bounds. */
import type { ParameterSpec, Strategy } from '../../../../shared/domain/research/strategy.ts';
import type { Io } from '../../io.ts';
import { wrapped } from '../explain/layout.ts';
import { renderTable } from '../table.ts';

const textWidth = 100;

export function renderStrategies(strategies: readonly Strategy[], { colors }: Pick<Io, 'colors'>): string {
  return strategies
    .map((strategy) =>
      [
        `${colors.bold(strategy.name)}  ${colors.dim(kindOf(strategy))}`,
        ...wrapped(`${strategy.about} ${strategy.source}`, textWidth).map((text) => `  ${text}`),
        ...parameterTable(strategy, colors.dim).split('\n').filter(Boolean),
      ].join('\n'),
    )
    .join('\n\n');
}

export const strategiesDocument = (strategies: readonly Strategy[]): object[] =>
  strategies.map((strategy) => ({
    name: strategy.name,
    kind: strategy.kind,
    about: strategy.about,
    source: strategy.source,
    ...(strategy.kind === 'weights' ? { rebalance: strategy.rebalance } : {}),
    parameters: strategy.parameters,
  }));

/** One line each, for --help. */
export const strategyLines = (strategies: readonly Strategy[]): string =>
  strategies
    .map(({ name, parameters }) => {
      const bounds = Object.entries(parameters).map(([parameter, { initial, min, max }]) => `${parameter}=${initial} (${min}..${max})`);
      return wrapped(`${name.padEnd(15)} ${bounds.join('  ')}`, textWidth)
        .map((text, index) => `  ${index === 0 ? text : `${' '.repeat(16)}${text}`}`)
        .join('\n');
    })
    .join('\n');

function kindOf(strategy: Strategy): string {
  if (strategy.kind === 'signal') return 'signals, one symbol at a time: --size says how much';
  return strategy.kind === 'weights' ? `weights, asked for at ${strategy.rebalance}` : 'orders of its own';
}

function parameterTable({ parameters }: Strategy, dim: (text: string) => string): string {
  const rows = Object.entries(parameters);
  if (rows.length === 0) return '  no parameters';
  return renderTable<readonly [string, ParameterSpec]>(
    [
      { title: '  parameter', text: ([name]) => `  ${name}` },
      { title: 'is', align: 'right', text: ([, { initial }]) => String(initial) },
      { title: 'from', align: 'right', text: ([, { min }]) => String(min) },
      { title: 'to', align: 'right', text: ([, { max }]) => String(max) },
      { title: '', text: ([, { about, whole }]) => `${about}${whole ? '' : ' (any fraction)'}` },
    ],
    rows,
    dim,
  );
}
