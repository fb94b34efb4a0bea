/**
 * The portfolio room: covariance, Kelly programs, and a whole allocation. Programs hold every limit of the policy: single name, entry step,
 * sectors, long, short, gross, turnover. quadprog (Goldfarb and Idnani's dual active-set method) solves the same programs in the same run.
 */
import { solveQP } from 'quadprog';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import { defaultOptimizerRules } from '../../shared/domain/policy/optimizer-rules.ts';
import { allocate } from '../../shared/domain/portfolio/allocate.ts';
import type { AllocationCandidate } from '../../shared/domain/portfolio/allocation.ts';
import type { QuadraticProgram, QuadraticRow } from '../../shared/domain/portfolio/quadratic-program.ts';
import { type Covariance, covarianceMatrix, shrunkCovariance } from '../../shared/domain/portfolio/shrunk-covariance.ts';
import { solveQuadraticProgram } from '../../shared/domain/portfolio/solve-program.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import { quadprogArguments } from '../golden/domain/portfolio/quadprog-oracle.ts';
import { seededPanel } from '../unit/domain/portfolio/make-covariance.ts';
import { type Bench, median } from './bench.ts';

const SECTORS = 11;
const RUNS = 9;
const KELLY_GAMMA = 0.3;

export const benches: Bench[] = [
  {
    name: 'portfolio: Ledoit–Wolf, 500 symbols × 251 returns',
    unit: 'ms',
    goal: { atMost: 100 },
    run: async () => {
      const panel = seededPanel(500, 251, 'bench');
      return timed(() => shrunkCovariance(panel));
    },
  },
  { name: 'portfolio: Kelly QP, 100 assets, all limits', unit: 'ms', goal: { atMost: 30 }, run: async () => timedProgram(100, 0.02) },
  { name: 'portfolio: Kelly QP, 500 assets, all limits', unit: 'ms', goal: { atMost: 1000 }, run: async () => timedProgram(500, 0.02) },
  { name: 'portfolio: Kelly QP, 100 assets, 100 % turnover', unit: 'ms', goal: { atMost: 30 }, run: async () => timedProgram(100, 0.1) },
  { name: 'portfolio: Kelly QP, 500 assets, 100 % turnover', unit: 'ms', goal: { atMost: 1000 }, run: async () => timedProgram(500, 0.1) },
  { name: 'portfolio: Kelly QP, 100 assets, time against quadprog', unit: '×', run: async () => ratio(100) },
  { name: 'portfolio: Kelly QP, 500 assets, time against quadprog', unit: '×', run: async () => ratio(500) },
  { name: 'portfolio: allocation of 500 candidates', unit: 'ms', goal: { atMost: 100 }, run: async () => wholeAllocation() },
];

/** Median over fresh runs, after two to warm up. */
function timed(run: (round: number) => unknown): number {
  const times: number[] = [];
  for (let round = -2; round < RUNS; round++) {
    const startedAt = performance.now();
    run(round);
    if (round >= 0) times.push(performance.now() - startedAt);
  }
  return median(times);
}

function timedProgram(size: number, stepFrac: number): number {
  const programs = Array.from({ length: RUNS + 2 }, (_, k) => program(size, stepFrac, `bench/${k}`));
  return timed((round) => solve(programs[round + 2]!));
}

function ratio(size: number): number {
  const programs = Array.from({ length: RUNS + 2 }, (_, k) => program(size, 0.02, `bench/${k}`));
  const posed = programs.map(quadprogArguments);
  const ours = timed((round) => solve(programs[round + 2]!));
  const theirs = timed((round) => solveQP(...posed[round + 2]!));
  return ours / theirs;
}

function solve(question: QuadraticProgram): void {
  const solution = solveQuadraticProgram(question, defaultOptimizerRules);
  if (isRefusal(solution) || solution.status !== 'solved') throw new Error('the program was not solved');
}

/** A quarter of the names are shorts; unknowns are growth on the side of each, from an empty book. */
function program(size: number, stepFrac: number, seed: string): QuadraticProgram {
  const rng = seededRng(seed);
  const covariance = covarianceMatrix(covarianceOf(size, seed));
  const side = (i: number): number => (i % 4 === 3 ? -1 : 1);
  const row = (holds: (i: number) => boolean, limit: number): QuadraticRow => ({
    coefficients: Float64Array.from({ length: size }, (_, i) => (holds(i) ? 1 : 0)),
    limit,
  });
  return {
    size,
    hessian: covariance.map((entry, k) => (side(Math.floor(k / size)) * side(k % size) * entry) / KELLY_GAMMA),
    gradient: Float64Array.from({ length: size }, () => 0.00005 - 0.0005 * (1 + 0.8 * rng.normal())),
    lower: new Float64Array(size),
    upper: new Float64Array(size).fill(stepFrac),
    rows: [
      ...Array.from({ length: SECTORS }, (_, sector) => row((i) => i % SECTORS === sector, 0.15)),
      row((i) => side(i) > 0, 0.6),
      row((i) => side(i) < 0, 0.4),
      row(() => true, 1),
      row(() => true, 10 * stepFrac),
    ],
  };
}

function covarianceOf(size: number, seed: string): Covariance {
  const covariance = shrunkCovariance(seededPanel(size, 251, seed));
  if (isRefusal(covariance)) throw new Error(`the covariance was refused: ${covariance.reason}`);
  return covariance;
}

function wholeAllocation(): number {
  const covariance = covarianceOf(500, 'bench');
  const rng = seededRng('bench/candidates');
  const candidates = covariance.symbols.map((symbol, i): AllocationCandidate => {
    const excessMu = 0.0006 * rng.normal();
    const held = i % 20 === 0 ? 0.012 : 0;
    return {
      symbol,
      sector: `sector-${i % SECTORS}`,
      currentWeight: held,
      tradable: true,
      proposal: excessMu > 0 ? 'BUY' : held > 0 ? 'SELL' : 'HOLD',
      recommendedWeight: excessMu > 0 ? 0.1 : 0,
      excessMu,
      sigma: 0.018,
    };
  });
  const parameters = {
    rules: defaultPolicy.portfolio,
    optimizer: defaultOptimizerRules,
    kellyGamma: KELLY_GAMMA,
    exposureScaleFrac: 1,
    annualizedVolTarget: 0.15,
    sessionsPerYear: 252,
  };
  return timed(() => allocate(candidates, parameters, covariance));
}
