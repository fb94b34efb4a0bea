/** Drawn histories as a person reads them: where they end, how deep they fall, and the fan along the way. */
import type { BacktestResult } from '../../../../shared/domain/research/result.ts';
import type { MonteCarlo, SpreadOfDraws } from '../../../../shared/domain/research/validation/monte-carlo.ts';
import type { FamilyTotal } from '../../../../shared/stores/trial-ledger.ts';
import type { Io } from '../../io.ts';
import { type Assessment, flatStatistics } from '../../research/assessment.ts';
import { areaChart } from '../area-chart.ts';
import { count, fixed, pct, signedPct } from '../explain/layout.ts';
import { renderTable } from '../table.ts';
import { rangeOf } from './backtest-document.ts';
import { headLines, noteLines } from './headline.ts';

interface ShownMonteCarlo {
  readonly result: BacktestResult;
  readonly drawn: MonteCarlo;
  readonly family: FamilyTotal;
  readonly statistics: Assessment;
  readonly notes: readonly string[];
  readonly seed: number;
}

const chartSize = { columns: 84, rows: 6 };

export function monteCarloDocument({ result, drawn, family, statistics, notes, seed }: ShownMonteCarlo): object {
  const { fan, ...figures } = drawn;
  const columns = Object.fromEntries(Object.entries(fan).map(([name, column]) => [name, Array.from(column as ArrayLike<number>)]));
  return {
    ...figures,
    fan: columns,
    observed: observedOf(result),
    stats: flatStatistics(statistics),
    strategy: result.strategy,
    params: result.parameters,
    dataset: result.source,
    range: rangeOf(result),
    survivorship: result.survivorship,
    trialsCounted: family.trials,
    seed,
    notes,
  };
}

export function renderMonteCarlo({ result, drawn, family, notes, seed }: ShownMonteCarlo, io: Pick<Io, 'colors'>): string {
  const { colors } = io;
  const { finalGrowth, maxDrawdownFrac, drawdowns, fan } = drawn;
  const observed = observedOf(result);
  const rows: SpreadRow[] = [
    { what: 'return at the end', spread: finalGrowth, observed: observed.finalGrowth, text: (growth) => signedPct(growth - 1, 1) },
    { what: 'deepest drawdown', spread: maxDrawdownFrac, observed: observed.maxDrawdownFrac, text: (frac) => pct(frac, 1) },
  ];
  const deeper = drawdowns.map(({ drawdownFrac, probability }) => `${pct(drawdownFrac, 0)} or more in ${pct(probability, 1)}`).join(', ');
  return [
    ...headLines(result, io),
    methodLine(drawn, seed),
    ...noteLines(notes, io),
    '',
    renderTable(spreadColumns, rows, colors.dim),
    '',
    `Loses money in ${pct(drawn.lossProbability, 1)} of histories; falls to ${pct(drawn.ruinGrowth, 0)} of the capital or less at some time in ${pct(drawn.ruinProbability, 1)}.`,
    `Drawdown: ${deeper}.`,
    '',
    fanPicture('The middle of the histories', fan.p50, drawn, io),
    '',
    fanPicture('The worst twentieth of them', fan.p5, drawn, io),
    '',
    `${count(family.trials)} ${family.trials === 1 ? 'trial' : 'trials'} of ${result.strategy} counted on these data; this is one of them.`,
  ].join('\n');
}

interface SpreadRow {
  readonly what: string;
  readonly spread: SpreadOfDraws;
  readonly observed: number;
  readonly text: (value: number) => string;
}

const quantile = (title: string, of: keyof SpreadOfDraws) => ({
  title,
  align: 'right' as const,
  text: ({ spread, text }: SpreadRow) => text(spread[of]),
});

const spreadColumns = [
  { title: '', text: ({ what }: SpreadRow) => what },
  { title: 'as it was', align: 'right' as const, text: ({ observed, text }: SpreadRow) => text(observed) },
  quantile('5 %', 'p5'),
  quantile('25 %', 'p25'),
  quantile('50 %', 'p50'),
  quantile('75 %', 'p75'),
  quantile('95 %', 'p95'),
];

function methodLine({ method, draws, meanBlockBars }: MonteCarlo, seed: number): string {
  const how =
    method === 'trade-shuffle'
      ? 'its trades in another order each time'
      : `blocks of its returns, ${fixed(meanBlockBars ?? 0, 1)} bars long on average (stationary bootstrap)`;
  return `${count(draws)} histories drawn: ${how}; seed ${seed}`;
}

function fanPicture(title: string, growth: Float64Array, { fan, method }: MonteCarlo, { colors }: Pick<Io, 'colors'>): string {
  const lines = areaChart(
    Array.from(growth, (one) => one - 1),
    chartSize,
  );
  const unit = method === 'trade-shuffle' ? 'trades' : 'bars';
  const axis = `${' '.repeat(lines[0]!.indexOf('┤'))}└ ${count(fan.returns.at(-1) ?? 0)} ${unit}`;
  return [colors.bold(title), ...lines, colors.dim(axis)].join('\n');
}

/** What the history that was drawn from shows itself. */
function observedOf({ equity: { equityUsd }, rules: { cashUsd } }: BacktestResult): { finalGrowth: number; maxDrawdownFrac: number } {
  let [high, deepest] = [cashUsd, 0];
  for (const equity of equityUsd) {
    high = Math.max(high, equity);
    deepest = Math.max(deepest, 1 - equity / high);
  }
  return { finalGrowth: (equityUsd.at(-1) ?? cashUsd) / cashUsd, maxDrawdownFrac: deepest };
}
