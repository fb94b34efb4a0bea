/**
 * Whether the best of a sweep is better than chance would have made the best of so many: the measures that want the returns of all that was tried.
 *
 *   1. A sample of the combinations, evenly spaced over the grid, and the best: as many as a bound on memory and work allows. It is said how many.
 *   2. Their returns, bar by bar.                                                                   return-columns.ts
 *   3. The probability of backtest overfitting by cross-validation over blocks of bars (CSCV).      validation/backtest-overfitting.ts
 *   4. White's reality check and Hansen's test of superior predictive ability, against cash and against holding what is traded, over draws of the
 *      stationary bootstrap; the blocks are as long as the returns of the best want them (Politis and White).   validation/data-snooping.ts
 *
 * The best is in the sample whatever its place: of a sample that leaves out others the p-values are a little too small, and say so by their count.
 */
import { type Combinations, combinationsIn, combinationsOf, type Grid } from '../../../shared/domain/research/fast/grid.ts';
import { whyNotFast } from '../../../shared/domain/research/fast/sweep-signals.ts';
import { pbo } from '../../../shared/domain/research/validation/backtest-overfitting.ts';
import { optimalBlockLength } from '../../../shared/domain/research/validation/block-length.ts';
import { realityCheck, superiorPredictiveAbility } from '../../../shared/domain/research/validation/data-snooping.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { Overfitting, SnoopingTests } from '../../../shared/runtime/sweep-page/overfitting-section.ts';
import type { CommandHost } from '../command-host.ts';
import { equalWeightGrowth } from './benchmark.ts';
import { progressBar } from './progress-bar.ts';
import type { Question } from './question.ts';
import { orBadInput } from './refusals.ts';
import { returnColumns } from './return-columns.ts';

/** Numbers of all columns together: 96 MB of them. */
const valuesMax = 12_000_000;
const comparedMax = 1000;
/** Where the event engine must run every one of them again. */
const eventBarsMax = 3_000_000;
const comparedMin = 16;
const draws = 500;
const usualBlockBars = 10;

/** `best`: number in the grid of the one that is in the sample whatever its place. Null where the sweep has fewer than two combinations. */
export async function overfittingOf(
  question: Question,
  grid: Grid,
  { best, seed, compared }: { readonly best: number | null; readonly seed: number; readonly compared?: number | undefined },
  { io }: Pick<CommandHost, 'io'>,
): Promise<Overfitting | null> {
  if (compared === 0) return null;
  const all = orBadInput(combinationsOf(question.strategy, grid, { first: 0, count: combinationsIn(grid) }));
  if (all.number.length < 2) return null;
  const sample = sampleOf(all, compared ?? sampleSize(question), best);
  const bar = progressBar(io, { title: 'Comparing', unit: 'combinations', total: sample.number.length });
  const columns = await returnColumns(question, sample, bar).finally(() => bar.end());
  const leading = columns[sample.number.indexOf(best ?? sample.number[0]!)] ?? columns[0]!;
  const length = optimalBlockLength(leading);
  const bars = leading.length;
  const meanBlockBars = Math.min(bars, Math.max(1, isRefusal(length) ? usualBlockBars : length.stationaryBars));
  const settings = { draws, meanBlockBars };
  const cashFrac = question.rules.financing.cashAnnualFrac / question.rules.sessionsPerYear;
  const { name, growth } = equalWeightGrowth(question.panel, question.range);
  const held = growth.map((now, at) => (at === 0 ? 0 : now / growth[at - 1]! - 1));
  const against = (benchmark: string, benchmarkOf: (at: number) => number): SnoopingTests => {
    const excess = columns.map((column) => column.map((one, at) => one - benchmarkOf(at)));
    const rng = () => seededRng(seed).fork(`overfitting/${benchmark}`);
    return {
      against: benchmark,
      realityCheck: realityCheck(excess, settings, rng()),
      superior: superiorPredictiveAbility(excess, settings, rng()),
    };
  };
  return {
    compared: sample.number.length,
    combinations: all.number.length,
    pbo: pbo(columns, { blocks: blocksFor(bars) }),
    ...{ draws, meanBlockBars },
    tests: [against('cash', () => cashFrac), against(name, (at) => held[at]!)],
  };
}

function sampleSize(question: Question): number {
  const { panel, range } = question;
  const moments = range.toMoment - range.fromMoment + 1;
  const bars = moments * panel.series.length;
  const most = whyNotFast(question) === null ? Math.floor(valuesMax / moments) : Math.floor(eventBarsMax / bars);
  return Math.min(comparedMax, Math.max(comparedMin, most));
}

/** Evenly spaced, and the one whose number is `best`. */
export function sampleOf(all: Combinations, size: number, best: number | null): Combinations {
  const count = all.number.length;
  const kept = new Set(Array.from({ length: Math.min(size, count) }, (_, k) => Math.floor((k * count) / Math.min(size, count))));
  const at = best === null ? -1 : all.number.indexOf(best);
  if (at !== -1) kept.add(at);
  const rows = [...kept].sort((a, b) => a - b);
  return {
    number: Int32Array.from(rows, (row) => all.number[row]!),
    names: all.names,
    values: all.values.map((column) => Float64Array.from(rows, (row) => column[row]!)),
    skipped: all.skipped,
  };
}

/** An even number of blocks of twenty bars at least; 16 of them, as the paper has, where there are so many. */
const blocksFor = (bars: number): number => Math.min(16, Math.max(2, 2 * Math.floor(bars / 40)));
