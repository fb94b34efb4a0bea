/**
 * May this symbol trade? ACTIVE may; DEGRADED (history of 1,000 to 1,259 rows, or a score below the gate) and
 * QUARANTINED (fewer rows, or any veto) may not. A change of state is recorded with its reasons.
 */
import type { EpochMs, Ticker } from '../../kernel/units.ts';
import type { GovernanceRules } from '../policy/policy.ts';
import type { QualityJudgement, VetoReason } from './judge.ts';

export type GovernanceState = 'ACTIVE' | 'DEGRADED' | 'QUARANTINED';
export type GovernanceReason = VetoReason | 'history-too-short' | 'no-history' | 'quality-below-gate';

export interface GovernanceResult {
  readonly state: GovernanceState;
  /** Kebab-case, worst first; empty when ACTIVE. */
  readonly reasons: readonly GovernanceReason[];
}

/** One state per judgement; a score that is not a number counts as below the gate. */
export function governSymbol(quality: QualityJudgement, rules: GovernanceRules): GovernanceResult {
  const vetoes = quality.vetoes.map(({ reason }) => reason);
  const reasons: GovernanceReason[] = [...vetoes];
  if (quality.rows === 0) reasons.push('no-history');
  else if (quality.rows < rules.activeRowsMin) reasons.push('history-too-short');
  const belowGate = !(quality.score >= rules.qualityScoreMin);
  if (belowGate) reasons.push('quality-below-gate');

  if (vetoes.length > 0 || quality.rows < rules.degradedRowsMin) return { state: 'QUARANTINED', reasons };
  if (quality.rows < rules.activeRowsMin || belowGate) return { state: 'DEGRADED', reasons };
  return { state: 'ACTIVE', reasons };
}

export interface GovernanceTransition {
  readonly symbol: Ticker;
  /** Null when the symbol is new. */
  readonly from: GovernanceState | null;
  readonly to: GovernanceState;
  readonly reasons: readonly GovernanceReason[];
  readonly at: EpochMs;
}

/** What to record when the state changed; undefined when it did not. */
export function transition(
  symbol: Ticker,
  previous: Pick<GovernanceResult, 'state'> | null,
  next: GovernanceResult,
  at: EpochMs,
): GovernanceTransition | undefined {
  if (previous?.state === next.state) return undefined;
  return { symbol, from: previous?.state ?? null, to: next.state, reasons: next.reasons, at };
}

/** The reason as a sentence for people. */
export const explainReason = (reason: GovernanceReason): string => sentences[reason];

const sentences: Readonly<Record<GovernanceReason, string>> = {
  'zero-or-negative-price': 'A price is zero, negative or no number.',
  'inconsistent-bar': 'A bar contradicts itself: its high is below its low, or its close lies outside them.',
  'duplicate-date': 'A date occurs more than once.',
  'last-bar-stale': 'The last bar is older than the exchange calendar allows.',
  'unexplained-split-like-move': 'The price moved in one day as if it had split, and no split is on file.',
  'history-too-short': 'The history has fewer rows than trading needs.',
  'no-history': 'There is no history before this date.',
  'quality-below-gate': 'The data-quality score is below the gate.',
};
