/**
 * `ballast montecarlo`: runs a strategy once, then draws its history anew, as blocks of its returns or as its trades in another order. It is one
 * trial: the same as the backtest that it draws from.
 */
import type { BacktestResult } from '../../../shared/domain/research/result.ts';
import { returnsOf } from '../../../shared/domain/research/result.ts';
import { type MonteCarloSettings, stationaryBootstrap, tradeShuffle } from '../../../shared/domain/research/validation/monte-carlo.ts';
import { tradeReturnsOf } from '../../../shared/domain/research/validation/trade-statistics.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { CommandHost } from '../command-host.ts';
import { progress } from '../io.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { monteCarloDocument, renderMonteCarlo } from '../render/research/montecarlo.ts';
import { assess } from '../research/assessment.ts';
import { writeRun } from '../research/exports.ts';
import type { ResearchArguments } from '../research/options.ts';
import { openQuestion } from '../research/question.ts';
import { orBadInput } from '../research/refusals.ts';
import { countRun, runQuestion } from '../research/run-question.ts';

export interface MonteCarloArguments extends ResearchArguments {
  readonly paths: number;
  readonly block: number | 'auto';
  readonly shuffleTrades?: boolean;
  readonly out?: string;
}

/** Places of the fan along the history. */
const fanPoints = 84;
const drawdownFracs = [0.1, 0.2, 0.3, 0.5];
/** Half of the opening equity. */
const ruinGrowth = 0.5;

export async function runMonteCarlo(options: MonteCarloArguments, host: CommandHost): Promise<ExitCode> {
  const { io } = host;
  const question = await openQuestion(options, host);
  const result = runQuestion(question, io);
  progress(io, `Drawing ${options.paths} histories …`);
  const drawn = orBadInput(drawHistories(result, options));
  const family = await countRun(question, result, 'montecarlo', options);
  const { notes } = question;
  const statistics = assess(result, question, family);
  const shown = { result, drawn, family, statistics, notes, seed: options.seed };
  if (options.out !== undefined) {
    const to = { out: options.out, seed: options.seed, typed: process.argv.slice(2), drawn };
    writeRun({ result, statistics, family, fuzz: null, notes }, question, to, host);
  }
  io.out(options.json ? JSON.stringify(monteCarloDocument(shown)) : renderMonteCarlo(shown, io));
  return exitCodes.done;
}

function drawHistories(
  result: BacktestResult,
  { paths, block, shuffleTrades, seed }: MonteCarloArguments,
): ReturnType<typeof tradeShuffle> {
  const rng = seededRng(seed).fork('montecarlo');
  const settings = (count: number): MonteCarloSettings => ({
    draws: paths,
    points: Math.max(1, Math.min(fanPoints, count)),
    drawdownFracs,
    ruinGrowth,
  });
  if (shuffleTrades) {
    const tradeReturns = tradeReturnsOf(result);
    return tradeShuffle({ ...settings(tradeReturns.length), tradeReturns }, rng);
  }
  const returns = returnsOf(result);
  const meanBlockBars = block === 'auto' ? 'automatic' : block;
  return stationaryBootstrap({ ...settings(returns.length), returns, bars: returns.length, meanBlockBars }, rng);
}
