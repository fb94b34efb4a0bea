/** What a search hands to the lifecycle: the figures of its candidate in training and on the hold-out, with the trials of the whole family. */
import { contentHash } from '../../../kernel/canonical-json.ts';
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { BacktestEvidence, TrackEvidence } from '../promotion-gates.ts';
import type { CountedTrials } from '../validation/deflated-sharpe.ts';
import type { JudgedRange, SearchVerdict } from './judge-search.ts';

/**
 * `trials`: from the ledger, where others have searched the same data before; at least those of the verdict. The evidence's id is a hash of all
 * that is in it. Refused where the search has no candidate, or its returns have no Sharpe ratio.
 */
export function evidenceOf(
  { candidate, training, holdOut, trials: own }: SearchVerdict,
  barsPerYear: number,
  trials: CountedTrials = own,
): BacktestEvidence | Refusal<'no-candidate' | 'no-sharpe' | 'trials-missing'> {
  if (candidate === null || training === null || holdOut === null) return refuse('no-candidate');
  if (trials.trials < own.trials) return refuse('trials-missing', { counted: trials.trials, evaluated: own.trials });
  const [trainingTrack, holdOutTrack] = [trackOf(training), trackOf(holdOut)];
  if (trainingTrack === null || holdOutTrack === null) return refuse('no-sharpe', { genome: candidate.id });
  const evidence = { barsPerYear, training: trainingTrack, holdOut: holdOutTrack, trials };
  return { ...evidence, evidenceId: contentHash({ genome: candidate.genome, ...evidence }) };
}

function trackOf({ sharpe, evaluation: { maxDrawdownFrac, trades, winFrac } }: JudgedRange): TrackEvidence | null {
  return sharpe.kind === 'refused' ? null : { sharpe, maxDrawdownFrac, trades, winFrac };
}
