/**
 * Which orders of a cycle's plan go out as they are, and which become parents that a machine works through the session. An order that is to be
 * worked and cannot be (no window is left) goes nowhere: sent whole, it would be what the policy wants to avoid.
 */
import { planParent } from '../domain/execution/algos/plan-parent.ts';
import type { AlgoRules } from '../domain/policy/algo-rules.ts';
import type { Clock } from '../kernel/clock.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { EpochMs } from '../kernel/units.ts';
import type { OrderIntent } from '../stores/ledger/index.ts';
import type { ParentIntent, ParentStore } from '../stores/ledger/parents.ts';
import type { StateMachine } from '../stores/state-machine.ts';

export interface ParentsQuestion {
  readonly rules: AlgoRules;
  /** With the plan's leg of each. */
  readonly orders: ReadonlyArray<{ readonly intent: OrderIntent; readonly leg: number; readonly averageDailyVolume: number | null }>;
  readonly wholeSharesOnly: boolean;
  readonly now: EpochMs;
  /** Of the cycle: whatever ends its right to trade ends the parent's. */
  readonly controlEpoch: number;
  readonly leaseToken: number;
}

export interface ParentsPlan {
  readonly direct: readonly OrderIntent[];
  readonly parents: readonly ParentIntent[];
  readonly refused: ReadonlyArray<{ readonly intent: OrderIntent; readonly reason: string }>;
}

export function planParents({ rules, orders, wholeSharesOnly, now, controlEpoch, leaseToken }: ParentsQuestion): ParentsPlan {
  const plan = { direct: [] as OrderIntent[], parents: [] as ParentIntent[], refused: [] as ParentsPlan['refused'][number][] };
  for (const { intent, leg, averageDailyVolume } of orders) {
    const schedule = planParent({ quantity: intent.quantity, averageDailyVolume, wholeSharesOnly, now }, rules);
    if (schedule === null) plan.direct.push(intent);
    else if (isRefusal(schedule)) plan.refused.push({ intent, reason: schedule.reason });
    else if (!('slices' in schedule) || schedule.slices.length === 0) plan.refused.push({ intent, reason: 'no-room-in-volume' });
    else {
      const { cycleId, orderId, strategy, broker, symbol, side, quantity, reducing, decisionPriceUsd, arrivalPriceUsd } = intent;
      plan.parents.push({
        ...{ cycleId, orderId, strategy, broker, symbol, side, quantity, reducing, decisionPriceUsd, leg, controlEpoch, leaseToken },
        ...{ kind: schedule.kind, arrivalPriceUsd: arrivalPriceUsd ?? null },
        slices: schedule.slices.map(({ startsAt, endsAt, cumulativeQuantity }) => ({ startsAt, endsAt, cumulativeQuantity })),
      });
    }
  }
  return plan;
}

/** One execution for a parent, by its id; one that an earlier delivery began goes on. */
export async function beginWork(
  parent: ParentIntent,
  { parents, machine, clock }: { readonly parents: ParentStore; readonly machine: StateMachine; readonly clock: Clock },
): Promise<void> {
  await parents.open(parent, clock.now());
  const startsAt = new Date(parent.slices[0]!.startsAt).toISOString();
  await machine.start(parent.orderId, { cycleId: parent.cycleId, parentId: parent.orderId, startsAt });
}
