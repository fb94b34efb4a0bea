/**
 * The genetic search at its full size: a population of 50 over 100 generations, 20 symbols of ten years of days, on one core. Beside it how many genomes a
 * second are judged, and the same genomes by the event engine, which does more (orders, whole books) and is what confirms the search's candidate.
 */
import { backtest } from '../../shared/domain/research/engine/backtest.ts';
import { evaluatorOf } from '../../shared/domain/research/evolution/evaluate-genome.ts';
import type { Evaluator } from '../../shared/domain/research/evolution/evaluation.ts';
import { type EvolutionPlan, nextGeneration, startEvolution } from '../../shared/domain/research/evolution/evolution.ts';
import { type Genome, genomeId } from '../../shared/domain/research/evolution/genome.ts';
import { genomeStrategy } from '../../shared/domain/research/evolution/genome-strategy.ts';
import { groundOf } from '../../shared/domain/research/evolution/ground.ts';
import { randomGenome } from '../../shared/domain/research/evolution/random-genome.ts';
import { freeCosts } from '../../shared/domain/research/rules.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import { handRules, simulatedPanel } from '../support/research/hand-panel.ts';
import { searchPlan, searchRules } from '../support/research/noise-market.ts';
import type { Bench } from './bench.ts';

const [SYMBOLS, MOMENTS, POPULATION, GENERATIONS] = [20, 2520, 50, 100];
const panel = simulatedPanel({ symbols: SYMBOLS, moments: MOMENTS, seed: 'bench' });
const plan: EvolutionPlan = searchPlan('bench', POPULATION);

function freshEvaluator(): Evaluator {
  const ground = groundOf({ panel, cacheBytesMax: 256 * 1024 * 1024 });
  if (isRefusal(ground)) throw new Error(`the bench panel can be searched: ${ground.reason}`);
  return evaluatorOf(ground, { fromMoment: 0, untilMoment: MOMENTS }, searchRules);
}

function searchSeconds(): number {
  const evaluate = freshEvaluator();
  const startedAt = performance.now();
  let state = startEvolution(plan, 0, evaluate);
  for (let generation = 0; generation < GENERATIONS; generation++) state = nextGeneration(state, evaluate);
  if (state.trials !== POPULATION * (GENERATIONS + 1)) throw new Error('every genome of the bench is evaluated once');
  return (performance.now() - startedAt) / 1000;
}

const randomGenomes = (count: number): readonly Genome[] => {
  const rng = seededRng('bench-genomes');
  return Array.from({ length: count }, () => ({ ...randomGenome(plan.space, rng), sizing: { kind: 'equal' } }) as const);
};

/** Columns are warm: late in a search nearly every one was asked for before. */
function evaluationsPerSecond(): number {
  const evaluate = freshEvaluator();
  const genomes = randomGenomes(400);
  for (const genome of genomes) evaluate(genome);
  const startedAt = performance.now();
  for (const genome of genomes) evaluate(genome);
  return genomes.length / ((performance.now() - startedAt) / 1000);
}

function throughEngine(): number {
  const genomes = randomGenomes(6);
  const costs = { ...freeCosts, commissionBps: searchRules.costBps };
  const sizing = { kind: 'weight', frac: 1 / SYMBOLS } as const;
  const startedAt = performance.now();
  for (const genome of genomes) {
    const strategy = genomeStrategy(genome);
    if (isRefusal(strategy)) throw new Error(`a bench genome is a signal: ${genomeId(genome)}`);
    const result = backtest({ panel, strategy, parameters: {}, rules: handRules({ costs, sizing }), membership: null });
    if (isRefusal(result)) throw new Error(`the engine takes a bench genome: ${result.reason}`);
  }
  return genomes.length / ((performance.now() - startedAt) / 1000);
}

export const benches: Bench[] = [
  {
    name: 'evolution-50-genomes-100-generations-20-symbols-10-years-on-one-core',
    unit: 's',
    goal: { atMost: 60 },
    run: () => Promise.resolve(searchSeconds()),
  },
  {
    name: 'evolution-genomes-evaluated-over-20-symbols-10-years',
    unit: 'genomes/s',
    goal: { atLeast: 100 },
    run: () => Promise.resolve(Math.round(evaluationsPerSecond())),
  },
  {
    name: 'evolution-genome-evaluation-to-event-engine',
    unit: 'x as fast',
    run: () => Promise.resolve(evaluationsPerSecond() / throughEngine()),
  },
];
