import { beforeAll, describe, expect, test } from 'vitest';
import { evaluatorOf } from '../../../../../shared/domain/research/evolution/evaluate-genome.ts';
import type { Evaluator } from '../../../../../shared/domain/research/evolution/evaluation.ts';
import {
  type EvolutionPlan,
  type EvolutionState,
  frontOf,
  migrate,
  nextGeneration,
  startEvolution,
  trialsOf,
} from '../../../../../shared/domain/research/evolution/evolution.ts';
import { complexityOf, type Genome, genomeFault } from '../../../../../shared/domain/research/evolution/genome.ts';
import { groundOf } from '../../../../../shared/domain/research/evolution/ground.ts';
import { isRefusal } from '../../../../../shared/kernel/refusal.ts';
import { simulatedPanel } from '../../../../support/research/hand-panel.ts';
import { searchPlan, searchRules } from '../../../../support/research/noise-market.ts';

const plan: EvolutionPlan = { ...searchPlan('evolution-test', 16), tradesMin: 5 };
let evaluate: Evaluator;
let first: EvolutionState;

beforeAll(() => {
  const ground = groundOf({ panel: simulatedPanel({ symbols: 3, moments: 400, seed: 'evolution' }), cacheBytesMax: 1e7 });
  if (isRefusal(ground)) throw new Error(ground.reason);
  evaluate = evaluatorOf(ground, { fromMoment: 0, untilMoment: 400 }, searchRules);
  first = startEvolution(plan, 0, evaluate);
});

const bred = (state: EvolutionState, generations: number): EvolutionState =>
  generations === 0 ? state : bred(nextGeneration(state, evaluate), generations - 1);

describe('a search', () => {
  test('goes on from its JSON as if it had not been stopped', () => {
    const whole = bred(first, 6);
    const stopped = JSON.parse(JSON.stringify(bred(first, 3))) as EvolutionState;
    expect(bred(stopped, 3)).toEqual(whole);
  });

  test('of one island does not depend on the others or on the order in which they run', () => {
    const [zero, one] = [bred(first, 2), bred(startEvolution(plan, 1, evaluate), 2)];
    expect(bred(startEvolution(plan, 1, evaluate), 2)).toEqual(one);
    expect(zero.population).not.toEqual(one.population);
    expect(migrate([one, zero], 3)).toEqual(migrate([zero, one], 3));
  });

  test('does not change the state that it is given', () => {
    const before = JSON.stringify(first);
    nextGeneration(first, evaluate);
    expect(JSON.stringify(first)).toBe(before);
  });

  test('keeps valid genomes only, none of them twice', () => {
    const { population } = bred(first, 5);
    expect(population).toHaveLength(16);
    expect(new Set(population.map(({ id }) => id)).size).toBe(16);
    for (const { genome } of population) expect(genomeFault(genome, plan.space)).toBeNull();
  });

  test('counts every genome that was evaluated as a trial, and remembers the best of all', () => {
    const ratios: number[] = [];
    const spying = (genome: Genome) => {
      const evaluation = evaluate(genome);
      if (evaluation.sharpe !== null) ratios.push(evaluation.sharpe);
      return evaluation;
    };
    let state = startEvolution(plan, 0, spying);
    for (let generation = 0; generation < 4; generation++) state = nextGeneration(state, spying);
    const { trials, sharpe } = trialsOf([state]);
    const mean = ratios.reduce((sum, value) => sum + value, 0) / ratios.length;
    expect(trials).toBe(5 * 16);
    expect(sharpe.count).toBe(ratios.length);
    expect(sharpe.mean).toBeCloseTo(mean, 12);
    expect(sharpe.squares).toBeCloseTo(
      ratios.reduce((sum, value) => sum + (value - mean) ** 2, 0),
      12,
    );
    expect(sharpe.best).toBe(Math.max(...ratios));
    expect(state.champion!.evaluation.trades).toBeGreaterThanOrEqual(plan.tradesMin);
    expect(frontOf(state).every(({ evaluation }) => evaluation.sharpe! <= state.champion!.evaluation.sharpe!)).toBe(true);
  });

  test('of genomes that never vary counts trials without a Sharpe ratio', () => {
    const idle = { ...evaluate(first.population[0]!.genome), sharpe: null, trades: 0 };
    const state = nextGeneration(
      startEvolution(plan, 0, () => idle),
      () => idle,
    );
    expect(state).toMatchObject({ trials: 32, sharpe: null, champion: null });
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(frontOf(state)).toEqual([]);
  });
});

describe('selection', () => {
  test('what trades too rarely lives on only where nothing better is left', () => {
    const judged = (genome: Genome) => {
      const evaluation = evaluate(genome);
      // Every second complexity is made useless, and as attractive as can be.
      return complexityOf(genome) % 2 === 0
        ? { ...evaluation, trades: 0, annualReturnFrac: 9, maxDrawdownFrac: 0 }
        : { ...evaluation, trades: 50 };
    };
    let state = startEvolution(plan, 0, judged);
    for (let generation = 0; generation < 6; generation++) state = nextGeneration(state, judged);
    expect(state.population.every(({ evaluation }) => evaluation.trades === 50)).toBe(true);
  });

  test('of two that earn the same the simpler one is better', () => {
    const same = { ...evaluate(first.population[0]!.genome), annualReturnFrac: 0.1, maxDrawdownFrac: 0.1, annualTurnover: 1, trades: 50 };
    const plain: EvolutionPlan = { ...plan, neighbours: 0 };
    let state = startEvolution(plain, 0, () => same);
    for (let generation = 0; generation < 12; generation++) state = nextGeneration(state, () => same);
    const mean = (individuals: EvolutionState['population']): number =>
      individuals.reduce((sum, { genome }) => sum + complexityOf(genome), 0) / individuals.length;
    expect(mean(state.population)).toBeLessThan(mean(startEvolution(plain, 0, () => same).population));
    expect(frontOf(state).every(({ genome }) => complexityOf(genome) === 2)).toBe(true);
  });

  test('with novelty more different behaviours live on than without', () => {
    const behaviours = (neighbours: number): number => {
      let state = startEvolution({ ...plan, neighbours }, 0, evaluate);
      for (let generation = 0; generation < 15; generation++) state = nextGeneration(state, evaluate);
      return new Set(state.population.map(({ evaluation }) => evaluation.behaviour)).size;
    };
    expect(behaviours(5)).toBeGreaterThanOrEqual(behaviours(0));
  });
});

describe('migration', () => {
  test('sends the best around the ring, and no island has anybody twice', () => {
    const states = [0, 1, 2].map((island) => bred(startEvolution(plan, island, evaluate), 2));
    const moved = migrate(states, 3);
    for (const [place, { population }] of moved.entries()) {
      expect(population).toHaveLength(16);
      expect(new Set(population.map(({ id }) => id)).size).toBe(16);
      const neighbour = new Set(states[(place + 2) % 3]!.population.map(({ id }) => id));
      expect(population.filter(({ id }) => neighbour.has(id)).length).toBeGreaterThanOrEqual(3);
    }
    expect(trialsOf(moved)).toEqual(trialsOf(states));
  });

  test('of one island moves nobody', () => {
    expect(migrate([first], 3)).toEqual([first]);
  });
});
