/**
 * What a genome would have earned over a range of moments, all symbols in one pass.
 *
 *  1. Its rules become marks on rows.                                                                    rule-signals.ts
 *  2. Along each symbol they become positions: flat until the entry holds at a close, in until an exit does.  decide-positions.ts
 *  3. What was decided at a close is filled at the open of the symbol's next row, with costs on the notional. account-sleeves.ts
 *  4. Every symbol has an equal sleeve of the capital that compounds on its own; equity is their sum.
 *
 * Nothing can look ahead: a decision at row t reads columns at t and t − 1, and its fill is at row t + 1.
 * The range is honest at both ends: it begins flat (indicators are warm from before, which is past), and what is open at its end is marked at the
 * last close. So no trade of one range reaches into another.
 *
 * Costs are one figure per side: commission, half the spread and slippage. Idle cash earns nothing. Not covered: impact, whole shares, margin calls;
 * the event engine does those, and agrees with this pass where neither does (test).
 */
import { invariant } from '../../../kernel/errors.ts';
import { accountSleeves, type Book } from './account-sleeves.ts';
import { packBehaviour, sampleCells } from './behaviour.ts';
import { boundsOf, deciderOf } from './decide-positions.ts';
import type { Evaluation, EvaluationRules, Evaluator, MomentRange } from './evaluation.ts';
import type { Genome } from './genome.ts';
import type { Ground } from './ground.ts';

/** @throws InvariantViolation unless the range holds at least two moments of the ground. */
export function evaluatorOf(ground: Ground, range: MomentRange, rules: EvaluationRules): Evaluator {
  const { fromMoment, untilMoment } = range;
  const moments = untilMoment - fromMoment;
  invariant(fromMoment >= 0 && untilMoment <= ground.moments && moments >= 2, 'a range holds at least two moments of its ground', {
    ...range,
  });
  const bounds = boundsOf(ground, range);
  const decide = deciderOf(ground, bounds, rules.depthMax);
  const equity = new Float64Array(moments);
  const returns = new Float64Array(moments);
  const cells = sampleCells(bounds);
  const evaluate = (genome: Genome): Evaluation => {
    const { held, weights } = decide(genome, rules.momentsPerYear);
    const book = accountSleeves({ ground, range, bounds, held, weights, rules }, equity);
    return { ...figuresOf(equity, returns, book, rules.momentsPerYear), behaviour: packBehaviour(held, cells) };
  };
  return Object.assign(evaluate, { returns });
}

/** Fills `returns` from `equity`, which starts from one per symbol. */
function figuresOf(equity: Float64Array, returns: Float64Array, book: Book, momentsPerYear: number): Omit<Evaluation, 'behaviour'> {
  const moments = equity.length;
  const years = moments / momentsPerYear;
  let [before, peak, drawdown, sum, sumEquity] = [book.capital, book.capital, 0, 0, 0];
  for (let t = 0; t < moments; t++) {
    const now = equity[t]!;
    returns[t] = before > 0 ? now / before - 1 : 0;
    sum += returns[t]!;
    sumEquity += now;
    if (now > peak) peak = now;
    drawdown = Math.max(drawdown, 1 - now / peak);
    before = now;
  }
  return {
    annualReturnFrac: (before / book.capital) ** (1 / years) - 1,
    maxDrawdownFrac: drawdown,
    annualTurnover: sumEquity > 0 ? (book.tradedNotional * moments) / sumEquity / years : 0,
    sharpe: sharpeFrom(returns, sum / moments),
    trades: book.trades,
    winFrac: book.trades === 0 ? null : book.wins / book.trades,
    timeInMarketFrac: book.rows === 0 ? 0 : book.rowsHeld / book.rows,
  };
}

function sharpeFrom(returns: Float64Array, mean: number): number | null {
  let squares = 0;
  for (let t = 0; t < returns.length; t++) squares += (returns[t]! - mean) ** 2;
  return squares > 0 ? mean / Math.sqrt(squares / (returns.length - 1)) : null;
}
