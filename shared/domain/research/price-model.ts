/**
 * What a research job costs on AWS, and into how many chunks it is cut.
 *
 *   1. A plan is counted in what AWS bills: GB-seconds and requests of Lambda, state transitions of Step Functions Standard, requests of S3 and
 *      of DynamoDB.
 *   2. Each is multiplied by its list price.
 *   3. Work is cut into as many chunks as cost at most a tenth more than the fewest that keep within the function's time limit: cost grows by a
 *      fixed amount with each chunk (a start, a panel read, its transitions and requests), so the fewest are the cheapest, and up to that tenth
 *      waiting is bought off at a price that is known.
 *
 * List prices of us-east-1, on demand, without the free tier and without tiers of volume, as published on 2026-11-21:
 *   aws.amazon.com/lambda/pricing          Arm, first 7.5 billion GB-seconds a month; requests
 *   aws.amazon.com/step-functions/pricing  Standard; a transition is counted each time a state is entered, retries included
 *   Step Functions developer guide, "Transitions": a Distributed Map is charged one more for each child execution that it starts
 *   aws.amazon.com/s3/pricing              S3 Standard requests
 *   aws.amazon.com/dynamodb/pricing        on-demand, single region, Standard class
 * Not in it: storage (cents a month, ended by the bucket's lifecycle), logs, KMS (a bucket key makes it a request a day), transfer within a region
 * (free), what failed and is tried again.
 */
import { invariant } from '../../kernel/errors.ts';

/** USD for one of each. */
export const listPrices = {
  region: 'us-east-1',
  asOf: '2026-11-21',
  lambdaGbSecondUsd: 0.0000133334,
  lambdaRequestUsd: 0.2 / 1_000_000,
  stateTransitionUsd: 0.025 / 1_000,
  s3PutUsd: 0.005 / 1_000,
  s3GetUsd: 0.0004 / 1_000,
  dynamoWriteUsd: 0.625 / 1_000_000,
} as const;

/** What is billed of a job. */
export interface BilledUnits {
  readonly gbSeconds: number;
  readonly lambdaRequests: number;
  readonly stateTransitions: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
  readonly dynamoWrites: number;
}

/** How fast one chunk's function works, and what it spends before and after. One vCPU of Lambda is 1,769 MB. */
export interface WorkerShape {
  readonly memoryMb: number;
  /** Bars that one function goes over in a second, all combinations together. */
  readonly barsPerSecond: number;
  /** Start of the function and reading the panel. */
  readonly overheadMs: number;
  /** The most that one chunk may take: what is above is not planned, although Lambda would allow it. */
  readonly chunkMsMax: number;
  readonly concurrencyMax: number;
}

/**
 * A sixth of what one core of this decade does (62 million measured through whole chunks by test/bench/research-workers.bench.ts): a Lambda vCPU is half a core,
 * and a plan that takes three times too long for granted costs a longer wait at worst, while one that is too short runs into the time limit. A chunk may take
 * half of Lambda's quarter of an hour.
 */
export const sweepWorker: WorkerShape = {
  memoryMb: 1769,
  barsPerSecond: 10_000_000,
  overheadMs: 3_000,
  chunkMsMax: 450_000,
  concurrencyMax: 100,
};

export interface SweepPlan {
  readonly backtests: number;
  readonly chunks: number;
  /** Of the longest chunk. */
  readonly chunkMs: number;
  readonly units: BilledUnits;
  readonly usd: number;
  readonly usdPer10kBacktests: number;
}

/** States that one sweep enters whatever its size: plan, its Choice, map, finish, its Choice, end. */
const transitionsOfMachine = 6;
/** Of the machine's plan and finish together, seconds at their memory. */
const coordinationGbSeconds = 2 * 3 * (1024 / 1024);
const costOverCheapestFracMax = 0.1;

/** USD at list price. */
export const usdOf = (units: BilledUnits): number =>
  units.gbSeconds * listPrices.lambdaGbSecondUsd +
  units.lambdaRequests * listPrices.lambdaRequestUsd +
  units.stateTransitions * listPrices.stateTransitionUsd +
  units.s3Puts * listPrices.s3PutUsd +
  units.s3Gets * listPrices.s3GetUsd +
  units.dynamoWrites * listPrices.dynamoWriteUsd;

/** Rows of the panel that one function evaluates a genome on in a second, at one vCPU; a quarter of what a core of 2024 does. */
const evolutionRowsPerSecond = 2_500_000;

export interface EvolutionWork {
  readonly islands: number;
  readonly epochs: number;
  readonly generationsPerEpoch: number;
  readonly populationSize: number;
  readonly bars: number;
}

export interface EvolutionCost {
  readonly backtests: number;
  /** Of one island in one epoch, the first, which breeds a population out of nothing besides. */
  readonly islandMs: number;
  readonly usd: number;
  readonly usdPer10kBacktests: number;
}

/** What a search costs. A backtest is one genome over all symbols. */
export function costOfEvolution(work: EvolutionWork, worker: WorkerShape = sweepWorker): EvolutionCost {
  const { islands, epochs, generationsPerEpoch, populationSize, bars } = work;
  const backtests = islands * populationSize * (epochs * generationsPerEpoch + 1);
  const msPerBacktest = (bars / evolutionRowsPerSecond) * 1000;
  const perIsland = chunkUnits(worker);
  const tasks = islands * epochs;
  const usd = usdOf({
    gbSeconds:
      coordinationGbSeconds * (1 + epochs) + (worker.memoryMb / 1024) * ((backtests * msPerBacktest) / 1000) + tasks * perIsland.gbSeconds,
    lambdaRequests: 2 + epochs + tasks,
    // Plan, its Choice, the Choice before the first epoch, finish, end; of each epoch: map, merge, and the Choice after it.
    stateTransitions: 5 + 3 * epochs + tasks * perIsland.stateTransitions,
    s3Puts: 3 + epochs + tasks,
    // An island reads the epoch before besides what a chunk reads.
    s3Gets: 4 + epochs * (islands + 2) + tasks * (perIsland.s3Gets + 1),
    dynamoWrites: 1,
  });
  return {
    backtests,
    islandMs: worker.overheadMs + (generationsPerEpoch + 1) * populationSize * msPerBacktest,
    usd,
    usdPer10kBacktests: (usd / backtests) * 10_000,
  };
}

export interface SweepWork {
  readonly combinations: number;
  readonly symbols: number;
  /** Of all symbols together. */
  readonly bars: number;
}

/**
 * The cheapest way to cut a sweep, or up to a tenth dearer where that ends sooner; or into at least `chunksMin`, whatever that costs. A backtest is
 * one combination on one symbol.
 * @throws InvariantViolation for no combination: a sweep of nothing has no plan.
 */
export function planSweep(work: SweepWork, worker: WorkerShape = sweepWorker, chunksMin = 1): SweepPlan {
  invariant(work.combinations >= 1 && work.bars >= 1, 'a sweep that is planned has combinations and bars', { ...work });
  const fewest = fewestChunks(work, worker);
  const cheapest = costOf(work, fewest, worker);
  const perChunkUsd = usdOf(chunkUnits(worker));
  const affordable = fewest + Math.floor((costOverCheapestFracMax * cheapest.usd) / perChunkUsd);
  const chunks = Math.min(affordable, Math.max(fewest, worker.concurrencyMax));
  return costOf(work, Math.min(Math.max(chunks, chunksMin), work.combinations), worker);
}

/** What a sweep costs that is cut into so many chunks. */
export function costOf(work: SweepWork, chunks: number, worker: WorkerShape = sweepWorker): SweepPlan {
  const computeMs = computeMsOf(work, worker);
  const perChunk = chunkUnits(worker);
  const units: BilledUnits = {
    gbSeconds: coordinationGbSeconds + (worker.memoryMb / 1024) * (computeMs / 1000) + chunks * perChunk.gbSeconds,
    lambdaRequests: 2 + chunks * perChunk.lambdaRequests,
    stateTransitions: transitionsOfMachine + chunks * perChunk.stateTransitions,
    // The plan, its list of chunks and the result; the results of the map, which are a manifest and at most two files.
    s3Puts: 6 + chunks * perChunk.s3Puts,
    s3Gets: 4 + chunks * (perChunk.s3Gets + 1),
    dynamoWrites: 1,
  };
  const backtests = work.combinations * work.symbols;
  const usd = usdOf(units);
  const combinationsOfLongest = Math.ceil(work.combinations / chunks);
  return {
    backtests,
    chunks,
    chunkMs: worker.overheadMs + (computeMs * combinationsOfLongest) / work.combinations,
    units,
    usd,
    usdPer10kBacktests: (usd / backtests) * 10_000,
  };
}

const computeMsOf = ({ combinations, bars }: SweepWork, { barsPerSecond }: WorkerShape): number =>
  ((combinations * bars) / barsPerSecond) * 1000;

/** A combination is never cut: where one alone takes longer than a chunk may, each is a chunk of its own. */
function fewestChunks(work: SweepWork, worker: WorkerShape): number {
  const msPerCombination = computeMsOf(work, worker) / work.combinations;
  const fitting = Math.max(1, Math.floor((worker.chunkMsMax - worker.overheadMs) / msPerCombination));
  return Math.ceil(work.combinations / fitting);
}

/** What every chunk adds, whatever is in it: its function's start, the child execution (a transition to start it, one for its state), the panel, its result. */
const chunkUnits = ({ memoryMb, overheadMs }: WorkerShape): BilledUnits => ({
  gbSeconds: (memoryMb / 1024) * (overheadMs / 1000),
  lambdaRequests: 1,
  stateTransitions: 2,
  s3Puts: 1,
  // Whether the result is there, the plan, the panel.
  s3Gets: 3,
  dynamoWrites: 0,
});
