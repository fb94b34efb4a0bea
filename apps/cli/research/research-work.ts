/**
 * The pieces that long research is cut into: a chunk of a sweep's grid, or some generations of one island. Each is a function of job, panel and task
 * alone, whichever thread does it.
 *
 * A sweep gives a strategy of signals an account of its own on every symbol, by the vectorised path where that applies and by the event engine where it
 * does not (a cap, impact, interest, splits, a margin call). A strategy of weights or orders looks at all symbols at once, in one account.
 */
import { backtest } from '../../../shared/domain/research/engine/backtest.ts';
import { evaluatorOf } from '../../../shared/domain/research/evolution/evaluate-genome.ts';
import type { EvaluationRules, MomentRange } from '../../../shared/domain/research/evolution/evaluation.ts';
import {
  type EvolutionPlan,
  type EvolutionState,
  nextGeneration,
  startEvolution,
} from '../../../shared/domain/research/evolution/evolution.ts';
import { groundOf } from '../../../shared/domain/research/evolution/ground.ts';
import { panelOfOne } from '../../../shared/domain/research/fast/fast-market.ts';
import { type Combinations, combinationsOf, type Grid, type GridChunk, parametersAt } from '../../../shared/domain/research/fast/grid.ts';
import { type SweepResult, sweepSignals, whyNotFast } from '../../../shared/domain/research/fast/sweep-signals.ts';
import { type Membership, type Panel, symbolsOf } from '../../../shared/domain/research/panel.ts';
import { strategyNamed } from '../../../shared/domain/research/registry.ts';
import { type BacktestResult, returnsOf } from '../../../shared/domain/research/result.ts';
import type { BacktestRules } from '../../../shared/domain/research/rules.ts';
import type { Parameters, Rebalance, Strategy } from '../../../shared/domain/research/strategy.ts';
import { noSharpe } from '../../../shared/domain/research/trials.ts';
import { drawdownsOf } from '../../../shared/domain/research/validation/drawdowns.ts';
import { sharpeOf } from '../../../shared/domain/research/validation/sharpe.ts';
import { InvariantViolation } from '../../../shared/kernel/errors.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { type SweepTable, sweepTableOf } from '../../../shared/runtime/research/sweep-table.ts';
import type { Range } from './question.ts';
import { orBadInput } from './refusals.ts';

export interface SweepJob {
  readonly kind: 'sweep';
  readonly strategy: string;
  readonly grid: Grid;
  readonly rules: BacktestRules;
  readonly range: Range;
  readonly membership: Membership | null;
  readonly rebalance?: Rebalance;
}

export interface EvolutionJob {
  readonly kind: 'evolution';
  readonly plan: EvolutionPlan;
  readonly rules: EvaluationRules;
  /** What the search may see. */
  readonly training: MomentRange;
}

export type Job = SweepJob | EvolutionJob;

export type Task =
  | { readonly kind: 'sweep'; readonly index: number; readonly chunk: GridChunk }
  | { readonly kind: 'evolution'; readonly island: number; readonly state: EvolutionState | null; readonly generations: number };

export type Piece =
  | { readonly kind: 'sweep'; readonly index: number; readonly table: SweepTable }
  | { readonly kind: 'evolution'; readonly island: number; readonly state: EvolutionState };

/** Of all accounts of a portfolio. */
export const allSymbols = 'all';
const columnCacheBytesMax = 256 * 1024 * 1024;

/** @throws BadInput for what engine or search refuse. */
export function workOn(job: Job, panel: Panel): (task: Task) => Piece {
  const work = job.kind === 'sweep' ? sweeping(job, panel) : evolving(job, panel);
  return (task) => {
    const piece = work(task);
    if (piece === undefined) throw new InvariantViolation('a task is of the kind of its job', { job: job.kind, task: task.kind });
    return piece;
  };
}

function evolving({ plan, rules, training }: EvolutionJob, panel: Panel): (task: Task) => Piece | undefined {
  const evaluate = evaluatorOf(orBadInput(groundOf({ panel, cacheBytesMax: columnCacheBytesMax })), training, rules);
  return (task) => {
    if (task.kind !== 'evolution') return undefined;
    let state = task.state ?? startEvolution(plan, task.island, evaluate);
    for (let done = 0; done < task.generations; done++) state = nextGeneration(state, evaluate);
    return { kind: 'evolution', island: task.island, state };
  };
}

function sweeping(job: SweepJob, panel: Panel): (task: Task) => Piece | undefined {
  const strategy = registered(job.strategy);
  const isFast = whyNotFast({ panel, strategy, rules: job.rules }) === null;
  return (task) => {
    if (task.kind !== 'sweep') return undefined;
    return {
      kind: 'sweep',
      index: task.index,
      table: isFast ? fastTable(job, strategy, panel, task.chunk) : eventTable(job, strategy, panel, task.chunk),
    };
  };
}

function fastTable(job: SweepJob, strategy: Strategy, panel: Panel, chunk: GridChunk): SweepTable {
  const { grid, rules, range } = job;
  const swept = orBadInput(sweepSignals({ panel, strategy, grid, rules, chunk, ...range }));
  return withCalledRuns(job, panel, sweepTableOf(swept));
}

/** What became of the runs that a margin call ended, by the event engine, in the same table: the vectorised path only says that there was a call. */
export function withCalledRuns(job: SweepJob, panel: Panel, table: SweepTable): SweepTable {
  const strategy = registered(job.strategy);
  for (const [row, isCalled] of table.isCalled.entries()) {
    if (isCalled === 0) continue;
    const parameters = Object.fromEntries(table.parameters.map(({ name, values }) => [name, values[row]!]));
    put(table, row, ranOnce(job, strategy, parameters, panelOfOne(panel, row % panel.series.length)));
  }
  return table;
}

function registered(name: string): Strategy {
  const strategy = strategyNamed(name);
  if (strategy === undefined) throw new InvariantViolation('a sweep runs a strategy that is registered', { strategy: name });
  return strategy;
}

function eventTable(job: SweepJob, strategy: Strategy, panel: Panel, chunk: GridChunk): SweepTable {
  const combinations = orBadInput(combinationsOf(strategy, job.grid, chunk));
  const symbols = strategy.kind === 'signal' || panel.series.length === 1 ? symbolsOf(panel) : [allSymbols as Ticker];
  const markets = symbols.map((_, place) => (symbols.length === 1 ? panel : panelOfOne(panel, place)));
  const result = emptyResult(strategy, combinations, symbols);
  for (let index = 0; index < combinations.number.length; index++) {
    const parameters = parametersAt(combinations, index);
    for (const [place, market] of markets.entries())
      put(result, index * markets.length + place, ranOnce(job, strategy, parameters, market));
  }
  return sweepTableOf(result);
}

function ranOnce(
  { rules, membership, rebalance, range }: SweepJob,
  strategy: Strategy,
  parameters: Parameters,
  panel: Panel,
): BacktestResult {
  const isOfAll = membership?.mask.length === panel.series.length * panel.day.length;
  return orBadInput(
    backtest({
      ...{ panel, strategy, parameters, rules, membership: isOfAll ? membership : null },
      ...(rebalance === undefined ? {} : { rebalance }),
      ...range,
    }),
  );
}

function emptyResult({ name }: Strategy, combinations: Combinations, symbols: readonly Ticker[]): SweepResult {
  const rows = combinations.number.length * symbols.length;
  const column = (): Float64Array => new Float64Array(rows);
  return {
    ...{ kind: 'sweep', strategy: name, symbols, combinations, sharpe: noSharpe, bars: 0 },
    ...{ finalEquityUsd: column(), cashUsd: column(), feesUsd: column(), sharpePerBar: column(), maxDrawdownFrac: column() },
    ...{ orders: new Int32Array(rows), isCalled: new Uint8Array(rows) },
  };
}

type Figures = 'finalEquityUsd' | 'cashUsd' | 'feesUsd' | 'sharpePerBar' | 'maxDrawdownFrac' | 'orders';

function put(columns: Pick<SweepTable, Figures>, row: number, result: BacktestResult): void {
  const { equity, day, rules, orders, flows } = result;
  const sharpe = sharpeOf(returnsOf(result));
  columns.finalEquityUsd[row] = equity.equityUsd.at(-1)!;
  columns.cashUsd[row] = equity.cashUsd.at(-1)!;
  columns.feesUsd[row] = 0 - flows.feesUsd;
  columns.sharpePerBar[row] = sharpe.kind === 'refused' ? Number.NaN : sharpe.perBar;
  columns.maxDrawdownFrac[row] = drawdownsOf(equity.equityUsd, day, rules.cashUsd).episodes[0]?.depthFrac ?? 0;
  columns.orders[row] = orders.filled;
}
