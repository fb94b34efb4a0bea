/** The trial ledger as a person reads it. */
import type { Io } from '../../io.ts';
import type { ShownFamily } from '../../research/trial-luck.ts';
import { count, fixed } from '../explain/layout.ts';
import { type Column, renderTable } from '../table.ts';

const sessionsPerYear = 252;
const hashShown = 12;

const columns: readonly Column<ShownFamily>[] = [
  { title: 'strategy', text: ({ strategy }) => strategy },
  { title: 'data set', text: ({ datasetSha256 }) => datasetSha256.slice(0, hashShown) },
  { title: 'trials', align: 'right', text: ({ trials }) => count(trials) },
  { title: 'batches', align: 'right', text: ({ batches }) => count(batches) },
  { title: 'best Sharpe', align: 'right', text: ({ sharpe }) => (sharpe.count === 0 ? 'none' : annual(sharpe.best)) },
  { title: 'mean', align: 'right', text: ({ sharpe }) => (sharpe.count === 0 ? 'none' : annual(sharpe.mean)) },
  {
    title: 'best by luck alone',
    align: 'right',
    text: ({ expectedMaximumPerBar }) => (expectedMaximumPerBar === null ? 'unknown' : annual(expectedMaximumPerBar)),
  },
  { title: 'last', text: ({ lastAt }) => lastAt.slice(0, 16).replace('T', ' ') },
];

export function renderFamilies(families: readonly ShownFamily[], { colors }: Pick<Io, 'colors'>): string {
  if (families.length === 0) return 'No trial was counted yet. "ballast backtest" and every other research command counts its own.';
  const total = families.reduce((sum, { trials }) => sum + trials, 0);
  return [
    renderTable(columns, families, colors.dim),
    '',
    `${count(total)} trials in ${families.length} ${families.length === 1 ? 'family' : 'families'}. Sharpe ratios are a year's, as if every bar were a session.`,
    'Best by luck alone: what the best of so many trials is expected to show where none of them is any good (the false strategy theorem).',
  ].join('\n');
}

const annual = (perBar: number): string => fixed(perBar * Math.sqrt(sessionsPerYear));
