/**
 * What two runs of one strategy hand to the lifecycle: its figures where it was made and where it was held out, with the trials of its family.
 *
 *   training, hold-out   the same parameters and rules over two ranges; what lies before a range is warm-up, each begins with the opening cash
 *   trades, won          of the round trips that closed within the range; one that earned nothing is neither won nor lost
 *   deepest drawdown     of equity after each bar, from the opening cash
 *
 * Whether nobody looked at the hold-out before cannot be read off a run: the trial ledger counts every look, and the deflated Sharpe ratio
 * takes that count in both ranges. Refused where returns have no Sharpe ratio (too few bars, nothing varies), and for two different strategies.
 */
import { canonicalJson, contentHash } from '../../kernel/canonical-json.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { BacktestEvidence, TrackEvidence } from './promotion-gates.ts';
import { type BacktestResult, returnsOf } from './result.ts';
import type { CountedTrials } from './validation/deflated-sharpe.ts';
import { drawdownsOf } from './validation/drawdowns.ts';
import type { FigureGap } from './validation/figure.ts';
import { sharpeOf } from './validation/sharpe.ts';
import { barsPerYearOf } from './validation/statistics.ts';
import { tradeStatisticsOf } from './validation/trade-statistics.ts';

/** `trials`: of the family, by the ledger, this strategy included. The evidence's id is a hash of all that is in it. */
export function backtestEvidenceOf(
  { training, holdOut }: { readonly training: BacktestResult; readonly holdOut: BacktestResult },
  { trials, sharpe: { count, squares } }: CountedTrials,
): BacktestEvidence | FigureGap | Refusal<'runs-differ'> {
  if (whatRan(training) !== whatRan(holdOut)) return refuse('runs-differ', { training: training.strategy, holdOut: holdOut.strategy });
  const [trainingTrack, holdOutTrack] = [trackOf(training), trackOf(holdOut)];
  if ('kind' in trainingTrack) return trainingTrack;
  if ('kind' in holdOutTrack) return holdOutTrack;
  const evidence = {
    barsPerYear: barsPerYearOf(holdOut),
    ...{ training: trainingTrack, holdOut: holdOutTrack, trials: { trials, sharpe: { count, squares } } },
  };
  const { strategy, parameters, rules, source } = training;
  return { ...evidence, evidenceId: contentHash({ strategy, parameters, rules, source: source.sha256, ...evidence }) };
}

function trackOf(result: BacktestResult): TrackEvidence | FigureGap {
  const sharpe = sharpeOf(returnsOf(result));
  if (sharpe.kind === 'refused') return sharpe;
  const { closed, hitRateFrac } = tradeStatisticsOf(result);
  const deepest = drawdownsOf(result.equity.equityUsd, result.day, result.rules.cashUsd).episodes[0];
  return {
    sharpe,
    maxDrawdownFrac: deepest?.depthFrac ?? 0,
    trades: closed,
    winFrac: typeof hitRateFrac === 'number' ? hitRateFrac : null,
  };
}

const whatRan = ({ strategy, parameters, rules, source }: BacktestResult): string =>
  canonicalJson({ strategy, parameters, rules, source: source.sha256 });
