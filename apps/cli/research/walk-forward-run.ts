/**
 * Walk forward: in each window the parameters with the highest Sharpe ratio in training, then those parameters on the bars that follow. What the tests
 * earned, one after another, is what choosing like that would have earned; no bar of it was seen by the choice that traded it.
 *
 * Every window's account starts flat with the money that the one before left, and what is open at its end is marked at the close, not sold. Indicators
 * may read the bars before a window, as they could have then. Source: R. Pardo (1992), "Design, Testing and Optimization of Trading Systems".
 */
import { backtest } from '../../../shared/domain/research/engine/backtest.ts';
import { combinationsIn, combinationsOf, type Grid, parametersAt } from '../../../shared/domain/research/fast/grid.ts';
import { sweepSignals, whyNotFast } from '../../../shared/domain/research/fast/sweep-signals.ts';
import { type BacktestResult, returnsOf } from '../../../shared/domain/research/result.ts';
import type { Parameters } from '../../../shared/domain/research/strategy.ts';
import { addSharpe, noSharpe, type SharpeMoments } from '../../../shared/domain/research/trials.ts';
import { sharpeOf } from '../../../shared/domain/research/validation/sharpe.ts';
import type { WalkForwardSplit } from '../../../shared/domain/research/validation/walk-forward-splits.ts';
import type { Progress } from './progress-bar.ts';
import type { Question, Range } from './question.ts';
import { orBadInput } from './refusals.ts';
import { runQuestion } from './run-question.ts';
import type { Window } from './stitch.ts';

export interface Fold {
  readonly training: Range;
  readonly test: Range;
  /** The choice; null where no combination has a Sharpe ratio in training, and the money lay idle. */
  readonly parameters: Parameters | null;
  readonly trainingSharpePerBar: number | null;
  /** Null where the choice did nothing in the test. */
  readonly testSharpePerBar: number | null;
  readonly testReturnFrac: number;
}

export interface WalkForward {
  readonly folds: readonly Fold[];
  /** Of each fold what its test was. */
  readonly windows: readonly Window[];
  /** Of all tests, one after another. */
  readonly returns: Float64Array;
  readonly finalEquityUsd: number;
  readonly orders: number;
  /** Fits in training, every one of them a trial. */
  readonly trials: number;
  readonly sharpe: SharpeMoments;
}

export async function walkForward(
  question: Question,
  grid: Grid,
  splits: readonly WalkForwardSplit[],
  progress: Progress,
): Promise<WalkForward> {
  const folds: Fold[] = [];
  const windows: Window[] = [];
  const returns: Float64Array[] = [];
  let [cashUsd, orders, trials, sharpe] = [question.rules.cashUsd, 0, 0, noSharpe];
  for (const split of splits) {
    const [training, test] = [rangeOf(question, split.trainFrom, split.trainTo), rangeOf(question, split.testFrom, split.testTo)];
    const fitted = fitOn(question, grid, training);
    trials += fitted.sharpes.length;
    sharpe = fitted.sharpes.reduce(addSharpe, sharpe);
    const result =
      fitted.best === null
        ? null
        : runQuestion({ ...question, parameters: fitted.best, range: test, rules: { ...question.rules, cashUsd } });
    const own = result === null ? new Float64Array(test.toMoment - test.fromMoment + 1) : returnsOf(result);
    returns.push(own);
    windows.push({ test, openingUsd: cashUsd, result });
    folds.push(foldOf({ training, test, ...fitted, own }, result, cashUsd));
    cashUsd = result?.equity.equityUsd.at(-1) ?? cashUsd;
    orders += result?.orders.filled ?? 0;
    progress.update(folds.length);
    await new Promise(setImmediate);
  }
  return { folds, windows, returns: joined(returns), finalEquityUsd: cashUsd, orders, trials, sharpe };
}

/** Moments of the panel, both included, of a half-open window of the question's own range. */
const rangeOf = ({ range }: Question, from: number, to: number): Range => ({
  fromMoment: range.fromMoment + from,
  toMoment: range.fromMoment + to - 1,
});

interface Fitted {
  readonly best: Parameters | null;
  readonly bestSharpe: number;
  readonly sharpes: Float64Array;
}

/** The first of equally good ones. One symbol goes the vectorised way where it can; many are one account, as in a backtest. */
function fitOn({ panel, strategy, rules, membership, rebalance }: Question, grid: Grid, range: Range): Fitted {
  const isFast = panel.series.length === 1 && whyNotFast({ panel, strategy, rules }) === null;
  if (isFast) {
    const swept = orBadInput(sweepSignals({ panel, strategy, grid, rules, ...range }));
    return bestOf(swept.sharpePerBar, (index) => parametersAt(swept.combinations, index));
  }
  const combinations = orBadInput(combinationsOf(strategy, grid, { first: 0, count: combinationsIn(grid) }));
  const sharpes = Float64Array.from(combinations.number, (_, index) => {
    const parameters = parametersAt(combinations, index);
    const result = orBadInput(
      backtest({ panel, strategy, parameters, rules, membership, ...(rebalance === undefined ? {} : { rebalance }), ...range }),
    );
    return sharpeOrNaN(returnsOf(result));
  });
  return bestOf(sharpes, (index) => parametersAt(combinations, index));
}

function bestOf(sharpes: Float64Array, parametersOf: (index: number) => Parameters): Fitted {
  let best = -1;
  for (const [index, sharpe] of sharpes.entries()) if (Number.isFinite(sharpe) && (best === -1 || sharpe > sharpes[best]!)) best = index;
  return { best: best === -1 ? null : parametersOf(best), bestSharpe: best === -1 ? Number.NaN : sharpes[best]!, sharpes };
}

function foldOf(
  { training, test, best, bestSharpe, own }: Pick<Fold, 'training' | 'test'> & Fitted & { readonly own: Float64Array },
  result: BacktestResult | null,
  openingUsd: number,
): Fold {
  const testSharpe = sharpeOrNaN(own);
  return {
    ...{ training, test, parameters: best },
    trainingSharpePerBar: Number.isFinite(bestSharpe) ? bestSharpe : null,
    testSharpePerBar: Number.isFinite(testSharpe) ? testSharpe : null,
    testReturnFrac: result === null ? 0 : result.equity.equityUsd.at(-1)! / openingUsd - 1,
  };
}

function sharpeOrNaN(returns: Float64Array): number {
  const sharpe = sharpeOf(returns);
  return sharpe.kind === 'refused' ? Number.NaN : sharpe.perBar;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
