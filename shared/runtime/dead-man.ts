/**
 * Looks, from outside the cycle, for cycles that died and left orders working. A cycle that ends as it should settles its own; this is for
 * one whose machine was aborted, ran out of time or failed half way.
 *
 * 1. Suspects: whoever holds a lease that was not let go, and every cycle with open orders that nobody else looks after.  suspects
 * 2. What its execution says: running or succeeded is no death; failed, timed out, aborted is one. Where AWS knows no such
 *    execution, the cycle is dead once the lease is not held by it.                                                      endOf
 *
 * Not looked after here: GTC orders and slices of a parent order, which outlive their cycle by intent, and DAY orders of a cycle that
 * completed, which the close of the session ends.
 */
import type { Clock } from '../kernel/clock.ts';
import { isRefusal, type Refusal } from '../kernel/refusal.ts';
import type { CycleId } from '../kernel/units.ts';
import type { LeaseStanding, LeaseStore } from '../stores/leases.ts';
import type { Ledger } from '../stores/ledger/index.ts';
import { isInScope } from './halt-sweep.ts';

/** What became of the execution of that name. */
export interface CycleExecutions {
  statusOf(name: string): Promise<string | Refusal<'not-found'>>;
}

export interface DeadCycle {
  readonly cycleId: CycleId;
  /** How its execution ended, or `unknown`. */
  readonly ended: string;
  readonly openOrders: number;
  /** The lease, where this cycle was the last to hold it: to be revoked before anything is cancelled. */
  readonly lease: LeaseStanding | null;
}

export interface DeadManOptions {
  readonly ledger: Pick<Ledger, 'openOrders'>;
  readonly leases: Pick<LeaseStore, 'standing'>;
  readonly executions: CycleExecutions;
  readonly clock: Clock;
}

/** Every cycle that died and left something behind. */
export async function deadCycles({ ledger, leases, executions, clock }: DeadManOptions): Promise<readonly DeadCycle[]> {
  const [open, lease] = await Promise.all([ledger.openOrders(), leases.standing(clock.now())]);
  const left = new Map<CycleId, number>();
  if (lease !== null && lease.state !== 'released') left.set(lease.holder, 0);
  for (const order of open) {
    const { cycleId } = order;
    if (isCycle(cycleId) && isInScope(order, { kind: 'cycle', cycleId })) left.set(cycleId, (left.get(cycleId) ?? 0) + 1);
  }
  const dead: DeadCycle[] = [];
  for (const [cycleId, openOrders] of left) {
    const ownLease = lease?.holder === cycleId ? lease : null;
    const ended = endOf(await executions.statusOf(cycleId), ownLease);
    if (ended !== null) dead.push({ cycleId, ended, openOrders, lease: ownLease });
  }
  return dead;
}

const badEnds = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

/** Null for a cycle that lives, or ended as it should. */
function endOf(status: string | Refusal, ownLease: LeaseStanding | null): string | null {
  if (isRefusal(status)) return ownLease?.state === 'held' ? null : 'unknown';
  return badEnds.has(status) ? status : null;
}

/** Liquidations keep their orders in the ledger under ids of their own, and their own machine looks after them. */
const isCycle = (cycleId: string): boolean => cycleId.startsWith('cycle-');
