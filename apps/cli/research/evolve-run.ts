/**
 * A genetic search on this machine: islands side by side, one epoch after another, each island a thread where there are threads. The best of each island
 * move on around the ring between epochs. Every epoch that is complete is kept, so a search that was stopped goes on where it was, to the same end.
 */

import { EpochState } from '../../../shared/contracts/research.ts';
import type { EvaluationRules } from '../../../shared/domain/research/evolution/evaluation.ts';
import { type EvolutionPlan, type EvolutionState, migrate } from '../../../shared/domain/research/evolution/evolution.ts';
import { type SplitRanges, splitRanges } from '../../../shared/domain/research/evolution/judge-search.ts';
import type { CommandHost } from '../command-host.ts';
import { BadInput } from '../outcome.ts';
import { Checkpoints } from './checkpoints.ts';
import { interruptible } from './interruptible.ts';
import { progressBar } from './progress-bar.ts';
import type { Market } from './question.ts';
import type { EvolutionJob, Task } from './research-work.ts';
import { type Crew, openCrew } from './worker-pool.ts';

export interface SearchArguments {
  readonly population: number;
  readonly generations: number;
  readonly islands: number;
  readonly commissionBps: number;
  readonly workers: number;
  readonly seed: number;
}

/** That the deflated Sharpe ratio must reach, in training and on the hold-out. */
export const confidenceLevel = 0.95;
const generationsPerEpoch = 10;
const migrants = 2;
export const epochSettings = ({ generations }: Pick<Search, 'generations'>) => ({
  generationsPerEpoch: Math.min(generationsPerEpoch, generations),
  migrants,
});
const momentsPerYear = 252;
const depthMax = 3;
/** The last two fifths are held out, behind a purge as long as the longest time stop. */
export const [holdOutFrac, purgeMoments] = [0.4, 60];
/** Fewer moments than a year in training tell no rule from another. */
const trainingMin = 252;

export interface Search {
  readonly plan: EvolutionPlan;
  readonly rules: EvaluationRules;
  readonly ranges: SplitRanges;
  readonly islands: number;
  readonly generations: number;
}

/** The settings with which the null test was measured. @throws BadInput where the data are too short, or are not of sessions. */
export function planOf({ population, islands, generations, commissionBps, seed }: SearchArguments, { panel, range }: Market): Search {
  if (panel.frequency !== 'daily') throw new BadInput('--data: the search works on daily bars, and these are of minutes.');
  const moments = range.toMoment - range.fromMoment + 1;
  const { training, holdOut } = splitRanges(moments, holdOutFrac, purgeMoments);
  const shifted = ({ fromMoment, untilMoment }: typeof training) => ({
    fromMoment: fromMoment + range.fromMoment,
    untilMoment: untilMoment + range.fromMoment,
  });
  if (training.untilMoment < trainingMin)
    throw new BadInput(
      `The data have ${moments} sessions, and a search needs ${Math.ceil((trainingMin + purgeMoments) / (1 - holdOutFrac))}: two fifths of them are held out.`,
    );
  return {
    plan: {
      ...{ seed: String(seed), space: { allowShort: false, depthMax }, populationSize: population },
      ...{ crossoverFrac: 0.8, mutationFrac: 0.3, neighbours: 15, archiveMax: 128, complexityReturnFrac: 0.002, tradesMin: 30 },
    },
    rules: { costBps: commissionBps, borrowAnnualFrac: 0, momentsPerYear, depthMax },
    ranges: { training: shifted(training), holdOut: shifted(holdOut) },
    ...{ islands, generations },
  };
}

export async function evolve(
  { plan, rules, ranges, islands, generations }: Search,
  { panel }: Market,
  { state, workers }: { readonly state: string; readonly workers: number },
  { io }: Pick<CommandHost, 'io'>,
): Promise<readonly EvolutionState[]> {
  const job: EvolutionJob = { kind: 'evolution', plan, rules, training: ranges.training };
  const symbols = panel.series.map(({ symbol }) => symbol);
  const kept = Checkpoints.of('evolutions', { job, islands, symbols, dataset: panel.source.sha256 }, state);
  let states = lastComplete(kept, generations);
  const total = islands * generations * plan.populationSize;
  const bred = (): number => (states?.[0]?.generation ?? 0) * islands * plan.populationSize;
  const bar = progressBar(io, { title: 'Evolving', unit: 'genomes', total, alreadyDone: bred() });
  const crew = openCrew({ job, panel, workers: Math.min(workers, islands) });
  const stopped = (): string =>
    `Stopped: ${states?.[0]?.generation ?? 0} of ${generations} generations are done and kept. The same command goes on from there.`;
  try {
    await interruptible(io, stopped, async () => {
      while (states === null || states[0]!.generation < generations) {
        const from: number = states?.[0]?.generation ?? 0;
        const step = Math.min(generationsPerEpoch, generations - from);
        states = await epoch(crew, { states, islands, step });
        kept.write(epochName(from + step), JSON.stringify(states));
        bar.update(bred());
      }
    });
  } finally {
    crew.close();
    bar.end();
  }
  return states!;
}

async function epoch(
  crew: Crew,
  { states, islands, step }: { readonly states: readonly EvolutionState[] | null; readonly islands: number; readonly step: number },
): Promise<readonly EvolutionState[]> {
  const bred: EvolutionState[] = [];
  const tasks = Array.from({ length: islands }, (_, island): Task => {
    const state = states?.find((one) => one.island === island) ?? null;
    return { kind: 'evolution', island, state, generations: step };
  });
  await crew.run(tasks, (piece) => {
    if (piece.kind === 'evolution') bred.push(piece.state);
  });
  return migrate(
    bred.sort((a, b) => a.island - b.island),
    migrants,
  );
}

const epochName = (generation: number): string => `generation-${generation}.json`;

/** The latest epoch that an earlier run completed, none beyond what is asked for. */
function lastComplete(kept: Checkpoints, generations: number): readonly EvolutionState[] | null {
  const ends = [
    generations,
    ...Array.from({ length: Math.floor(generations / generationsPerEpoch) }, (_, at) => (at + 1) * generationsPerEpoch).reverse(),
  ];
  for (const generation of ends) {
    const bytes = kept.read(epochName(generation));
    if (bytes !== undefined) return EpochState.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  }
  return null;
}
