/**
 * A genetic search for trading rules: NSGA-II over genomes, on islands that each could run on a machine of its own.
 *
 *   startEvolution    the first population of one island
 *   nextGeneration    parents by tournament, children by crossover and mutation, the best of both live on
 *   migrate           between epochs the best of each island go to the next one in the ring
 *
 * A state is plain JSON and all there is: randomness is drawn from a stream named by seed, island and generation, so that a search that was stopped
 * goes on as if it had not been, and no result depends on how many workers there are or in which order they finish.
 *
 * Objectives, minimised: the negative annual return, the largest drawdown, turnover; and, fourth, the negative novelty of behaviour.
 *  - Novelty is an objective of its own, not a weight on the others: the three figures leave many rules with nothing to tell them apart, and
 *    a population that has become one rule and its cousins stops finding anything. As an objective it needs no exchange rate between
 *    dollars and strangeness (Mouret & Doncieux 2012, Evolutionary Computation 20(1), found it the best of the ways to keep diversity). Strange
 *    rules that hardly trade would fill the front for ever, so too few trades break a constraint, and whatever breaks it loses to whatever does not.
 *  - Complexity costs return: each condition or stop beyond two must earn `complexityReturnFrac` a year in sample. As an objective of its own it would
 *    keep the shortest rules for ever, whatever they lose (de Jong, Watson & Pollack 2001, GECCO).
 *
 * Every genome that was evaluated is a trial, good or bad. One that dies out and is bred again later is evaluated and counted again: the count errs
 * upward only. Within a population no genome is there twice.
 */
import { invariant } from '../../../kernel/errors.ts';
import { type Rng, seededRng } from '../../../kernel/rng.ts';
import { addSharpe, mergeSharpe, noSharpe, type SharpeMoments } from '../trials.ts';
import { noveltyOf, unpackBehaviour } from './behaviour.ts';
import { withChance } from './choose.ts';
import type { Evaluation } from './evaluation.ts';
import { complexityOf, type Genome, type GenomeSpace, genomeId } from './genome.ts';
import { type Candidate, standings, survivors, tournament } from './nsga2.ts';
import { randomGenome } from './random-genome.ts';
import { crossover, mutate } from './vary-genome.ts';

export interface EvolutionPlan {
  readonly seed: string;
  readonly space: GenomeSpace;
  /** Of one island. */
  readonly populationSize: number;
  /** Of children, those with two parents; the others are a mutated copy of one. */
  readonly crossoverFrac: number;
  /** Of children with two parents, those that are mutated as well. */
  readonly mutationFrac: number;
  /** Nearest behaviours that novelty is measured by; 0 leaves novelty out. */
  readonly neighbours: number;
  readonly archiveMax: number;
  readonly complexityReturnFrac: number;
  /** Round trips in the range below which a figure says nothing. */
  readonly tradesMin: number;
}

export interface Individual {
  readonly id: string;
  readonly genome: Genome;
  readonly evaluation: Evaluation;
}

export interface EvolutionState {
  readonly kind: 'evolution';
  readonly plan: EvolutionPlan;
  readonly island: number;
  readonly generation: number;
  readonly population: readonly Individual[];
  /** Behaviours that were the most novel of their generation, oldest first. */
  readonly archive: readonly string[];
  /** The highest Sharpe ratio of all with enough trades that were ever evaluated here; null while there is none. */
  readonly champion: Individual | null;
  /** Genomes evaluated; `sharpe` is over those that had a Sharpe ratio, null while there is none. */
  readonly trials: number;
  readonly sharpe: SharpeMoments | null;
}

export type Evaluate = (genome: Genome) => Evaluation;

/** Tries for a genome that is not there yet, before one is bred out of nothing. */
const TRIES_MAX = 20;
const ARCHIVED_PER_GENERATION = 2;

/** @throws InvariantViolation unless a population has at least four. */
export function startEvolution(plan: EvolutionPlan, island: number, evaluate: Evaluate): EvolutionState {
  invariant(plan.populationSize >= 4, 'a population has at least four', { populationSize: plan.populationSize });
  const rng = streamOf(plan, island, 0);
  const known = new Set<string>();
  const population = Array.from({ length: plan.populationSize }, () => evaluated(freshGenome(plan, known, rng), evaluate));
  const empty = {
    kind: 'evolution',
    plan,
    island,
    generation: 0,
    population,
    archive: [],
    champion: null,
    trials: 0,
    sharpe: null,
  } as const;
  return counted({ ...empty, archive: archiveWith([], population, plan) }, population);
}

export function nextGeneration(state: EvolutionState, evaluate: Evaluate): EvolutionState {
  const { plan, island, population } = state;
  const generation = state.generation + 1;
  const rng = streamOf(plan, island, generation);
  const standing = standings(candidatesOf(population, state.archive, plan));
  const known = new Set(population.map(({ id }) => id));
  const children = Array.from({ length: plan.populationSize }, () => {
    const parent = (): Genome => population[tournament(standing, rng)]!.genome;
    return evaluated(freshChild(plan, parent, known, rng), evaluate);
  });
  const all = [...population, ...children];
  const living = survivors(candidatesOf(all, state.archive, plan), plan.populationSize).map((index) => all[index]!);
  return counted({ ...state, generation, population: living, archive: archiveWith(state.archive, children, plan) }, children);
}

/**
 * Of each island its best `count` go to the next one, where they take the place of the worst; an island that has one of them already keeps its
 * own. The order of `states` does not matter. One island is returned as it is.
 */
export function migrate(states: readonly EvolutionState[], count: number): readonly EvolutionState[] {
  const ring = states.toSorted((a, b) => a.island - b.island);
  const ordered = ring.map(({ population, archive, plan }) =>
    survivors(candidatesOf(population, archive, plan), population.length).map((index) => population[index]!),
  );
  if (ring.length < 2) return states;
  return ring.map((state, place) => {
    const own = ordered[place]!;
    const known = new Set(own.map(({ id }) => id));
    const arriving = ordered[(place + ring.length - 1) % ring.length]!.slice(0, count).filter(({ id }) => !known.has(id));
    return { ...state, population: [...own.slice(0, own.length - arriving.length), ...arriving] };
  });
}

/** All islands' trials together. */
export function trialsOf(states: readonly EvolutionState[]): { readonly trials: number; readonly sharpe: SharpeMoments } {
  return {
    trials: states.reduce((sum, { trials }) => sum + trials, 0),
    sharpe: states.reduce((all, { sharpe }) => mergeSharpe(all, sharpe ?? noSharpe), noSharpe),
  };
}

/** What nothing in the population dominates and what keeps the constraints, the highest Sharpe ratio first; novelty does not count here. */
export function frontOf({ population, plan }: EvolutionState): readonly Individual[] {
  const candidates = candidatesOf(population, [], { ...plan, neighbours: 0 });
  const standing = standings(candidates);
  return population
    .filter((_, index) => standing[index]!.front === 0 && candidates[index]!.violation === 0)
    .toSorted((a, b) => sharpeOf(b) - sharpeOf(a) || (a.id < b.id ? -1 : 1));
}

const streamOf = ({ seed }: EvolutionPlan, island: number, generation: number): Rng =>
  seededRng(seed).fork(`island-${island}`).fork(`generation-${generation}`);

function evaluated(genome: Genome, evaluate: Evaluate): Individual {
  return { id: genomeId(genome), genome, evaluation: evaluate(genome) };
}

function freshGenome({ space }: EvolutionPlan, known: Set<string>, rng: Rng): Genome {
  return firstUnknown(() => randomGenome(space, rng), known);
}

function freshChild(plan: EvolutionPlan, parent: () => Genome, known: Set<string>, rng: Rng): Genome {
  const { space, crossoverFrac, mutationFrac } = plan;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const child = withChance(crossoverFrac, rng)
      ? withMutation(crossover(parent(), parent(), space, rng), mutationFrac, space, rng)
      : mutate(parent(), space, rng);
    const id = genomeId(child);
    if (known.has(id)) continue;
    known.add(id);
    return child;
  }
  return freshGenome(plan, known, rng);
}

const withMutation = (genome: Genome, frac: number, space: GenomeSpace, rng: Rng): Genome =>
  withChance(frac, rng) ? mutate(genome, space, rng) : genome;

/** The space holds far more genomes than any population, so this ends. */
function firstUnknown(make: () => Genome, known: Set<string>): Genome {
  for (;;) {
    const genome = make();
    const id = genomeId(genome);
    if (known.has(id)) continue;
    known.add(id);
    return genome;
  }
}

function candidatesOf(individuals: readonly Individual[], archive: readonly string[], plan: EvolutionPlan): readonly Candidate[] {
  const novelty = plan.neighbours === 0 ? null : noveltiesOf(individuals, archive, plan.neighbours);
  return individuals.map(({ genome, evaluation }, index) => {
    const { annualReturnFrac, maxDrawdownFrac, annualTurnover, trades } = evaluation;
    const price = plan.complexityReturnFrac * (complexityOf(genome) - 2);
    const objectives = [price - annualReturnFrac, maxDrawdownFrac, annualTurnover];
    return {
      objectives: novelty === null ? objectives : [...objectives, -novelty[index]!],
      violation: Math.max(0, plan.tradesMin - trades),
    };
  });
}

const noveltiesOf = (individuals: readonly Individual[], archive: readonly string[], neighbours: number): Float64Array =>
  noveltyOf(
    individuals.map(({ evaluation }) => unpackBehaviour(evaluation.behaviour)),
    archive.map(unpackBehaviour),
    neighbours,
  );

function archiveWith(archive: readonly string[], arrived: readonly Individual[], plan: EvolutionPlan): readonly string[] {
  if (plan.neighbours === 0) return archive;
  const novelty = noveltiesOf(arrived, archive, plan.neighbours);
  const strangest = Array.from(arrived.keys())
    .sort((a, b) => novelty[b]! - novelty[a]! || a - b)
    .slice(0, ARCHIVED_PER_GENERATION);
  return [...archive, ...strangest.map((index) => arrived[index]!.evaluation.behaviour)].slice(-plan.archiveMax);
}

function counted(state: EvolutionState, arrived: readonly Individual[]): EvolutionState {
  const moments = arrived.reduce((sum, { evaluation }) => addSharpe(sum, evaluation.sharpe ?? Number.NaN), state.sharpe ?? noSharpe);
  const champion = arrived.reduce<Individual | null>((best, individual) => {
    if (individual.evaluation.trades < state.plan.tradesMin || individual.evaluation.sharpe === null) return best;
    return best === null || sharpeOf(individual) > sharpeOf(best) ? individual : best;
  }, state.champion);
  return { ...state, champion, trials: state.trials + arrived.length, sharpe: moments.count === 0 ? null : moments };
}

const sharpeOf = ({ evaluation }: Individual): number => evaluation.sharpe ?? Number.NEGATIVE_INFINITY;
