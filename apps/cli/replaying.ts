/** Cycles of a store decided again: all of them, one after the other, or one under another policy. */
import type { Difference, ReplayComparison } from '../../shared/domain/audit/replay.ts';
import type { CycleDecision } from '../../shared/domain/cycle/decide-cycle.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { CycleId } from '../../shared/kernel/units.ts';
import { type RecordedCycle, replayCycle } from '../../shared/runtime/replay-cycle.ts';
import type { Lake } from '../../shared/stores/lake/index.ts';
import type { OperatorStores } from './operator-stores.ts';

/** The stable document of `ballast replay --all --json`. */
export interface ReplayReport {
  /** Cycles that decided. */
  readonly cycles: number;
  readonly identical: number;
  readonly differing: ReadonlyArray<{ readonly cycleId: CycleId; readonly differences: readonly Difference[] }>;
  /** Cycles that decided but whose inputs are gone or are not the recorded ones: nobody knows, so they are not identical. */
  readonly unknown: ReadonlyArray<{ readonly cycleId: CycleId; readonly reason: string; readonly details: unknown }>;
  /** Cycles that ended before they decided, e.g. refused ones: there is nothing to decide again. */
  readonly undecided: number;
}

export const recordedCycle = async ({ audit }: Pick<OperatorStores, 'audit'>, cycleId: CycleId): Promise<RecordedCycle> => ({
  cycleId,
  entries: (await audit.recordsOf(cycleId)).map(({ record }) => record),
});

export async function replayAll(
  stores: Pick<OperatorStores, 'audit'>,
  lake: Lake,
  onCycle: (done: number, of: number, cycleId: CycleId) => void = () => {},
): Promise<ReplayReport> {
  const cycles = await stores.audit.cycles();
  const compared: ReplayComparison[] = [];
  const unknown: Array<ReplayReport['unknown'][number]> = [];
  let undecided = 0;
  for (const [i, cycleId] of cycles.entries()) {
    onCycle(i + 1, cycles.length, cycleId);
    const result = await replayCycle(lake, await recordedCycle(stores, cycleId));
    if (!isRefusal(result)) compared.push(result);
    else if (result.reason === 'decided-nothing') undecided++;
    else unknown.push({ cycleId, reason: result.reason, details: result.details });
  }
  const differing = compared.filter(({ identical }) => !identical).map(({ cycleId, differences }) => ({ cycleId, differences }));
  return { cycles: compared.length + unknown.length, identical: compared.length - differing.length, differing, unknown, undecided };
}

/** What one symbol's decision was, and what it would have been. */
export interface ChangedDecision {
  readonly symbol: string;
  readonly was: { readonly decision: string; readonly positionFrac: number; readonly reasons: readonly string[] };
  readonly wouldBe: { readonly decision: string; readonly positionFrac: number; readonly reasons: readonly string[] };
}

export interface WhatIf {
  readonly riskWas: string;
  readonly riskWouldBe: string;
  readonly ordersWere: number;
  readonly ordersWouldBe: number;
  readonly decisions: number;
  readonly changed: readonly ChangedDecision[];
}

export function whatChanges({ was, wouldBe }: { readonly was: CycleDecision; readonly wouldBe: CycleDecision }): WhatIf {
  const after = new Map(wouldBe.decisions.map((decision) => [decision.symbol, decision]));
  const short = ({ final_decision, position_size, reason_codes }: CycleDecision['decisions'][number]) => ({
    decision: final_decision,
    positionFrac: position_size,
    reasons: reason_codes,
  });
  const changed = was.decisions.flatMap((decision): ChangedDecision[] => {
    const other = after.get(decision.symbol)!;
    const isSame = decision.final_decision === other.final_decision && decision.position_size === other.position_size;
    return isSame ? [] : [{ symbol: decision.symbol, was: short(decision), wouldBe: short(other) }];
  });
  return {
    riskWas: riskText(was.risk),
    riskWouldBe: riskText(wouldBe.risk),
    ordersWere: was.plan?.orders.length ?? 0,
    ordersWouldBe: wouldBe.plan?.orders.length ?? 0,
    decisions: was.decisions.length,
    changed,
  };
}

function riskText(risk: CycleDecision['risk']): string {
  if (risk === null) return 'not asked';
  return isRefusal(risk) ? risk.reason : risk.assessment.decision;
}
