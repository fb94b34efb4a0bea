/**
 * The decision record: what was decided about one symbol in one cycle, and everything it rests on, in fifteen fields.
 * The field names are a contract with the auditor's SQL, hence the underscores.
 */
import type { CycleId, Ticker } from '../../kernel/units.ts';
import type { Opinion } from '../agents/agent.ts';

export type FinalDecision = 'EXECUTE_BUY' | 'EXECUTE_SELL' | 'HOLD' | 'REJECT';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface DecisionRecord {
  readonly cycle_id: CycleId;
  readonly symbol: Ticker;
  /** ISO 8601 in UTC: the instant the cycle was scheduled for. */
  readonly timestamp: string;
  readonly final_decision: FinalDecision;
  /** Weight of equity aimed at; negative is short. What is held, when nothing is traded. */
  readonly position_size: number;
  /** USD; null without a position to protect. */
  readonly stop_loss: number | null;
  /** Kebab-case; the deciding one first. */
  readonly reason_codes: readonly string[];
  readonly mu_hat: number | null;
  readonly sigma_hat: number | null;
  readonly conviction: number | null;
  readonly data_quality_score: number;
  readonly provider_confidence: number;
  readonly agent_results: readonly Opinion[];
  readonly risk_checks: Json;
  readonly metadata: Json;
}

export const decisionFields = [
  'cycle_id',
  'symbol',
  'timestamp',
  'final_decision',
  'position_size',
  'stop_loss',
  'reason_codes',
  'mu_hat',
  'sigma_hat',
  'conviction',
  'data_quality_score',
  'provider_confidence',
  'agent_results',
  'risk_checks',
  'metadata',
] as const satisfies ReadonlyArray<keyof DecisionRecord>;

/** Distance-of-volatility stop: `multiple` average true ranges from the last close, against the position; null without one. */
export function stopLossUsd(weight: number, closeUsd: number, averageTrueRangeUsd: number, multiple: number): number | null {
  if (weight === 0 || !Number.isFinite(closeUsd) || !Number.isFinite(averageTrueRangeUsd)) return null;
  return Math.max(0, closeUsd - Math.sign(weight) * multiple * averageTrueRangeUsd);
}
