/**
 * Whether a scheduled cycle ran to an end that it spoke of, looked at from outside of it: by the name that its start must have given to an
 * execution, and by the record that its end must have left.
 *
 * An execution that succeeded has decided or refused, and has said so. One that failed says so by its own Catch, which leaves a record; one
 * that failed without a record, ran out of time, was aborted, still runs after its deadline, or was never started, has said nothing.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import type { CycleId } from '../../kernel/units.ts';
import type { AuditStore } from '../../stores/audit.ts';
import type { StateMachine } from '../../stores/state-machine.ts';

export type WatchedCycle = { readonly kind: 'accounted'; readonly how: string } | { readonly kind: 'missed'; readonly why: string };

export interface WatchParts {
  readonly cycleExecutions: Pick<StateMachine, 'statusOf'>;
  readonly audit: Pick<AuditStore, 'recordsOf'>;
}

export async function watchedCycle(cycleId: CycleId, { cycleExecutions, audit }: WatchParts): Promise<WatchedCycle> {
  const status = await cycleExecutions.statusOf(cycleId);
  if (isRefusal(status)) return { kind: 'missed', why: 'it was never started' };
  if (status === 'SUCCEEDED') return { kind: 'accounted', how: 'it ran to its end' };
  if (status === 'RUNNING') return { kind: 'missed', why: 'it still runs after its deadline' };
  if (status !== 'FAILED') return { kind: 'missed', why: `its execution ended ${status}` };
  const ends = (await audit.recordsOf(cycleId)).filter(({ record }) => record.type === 'cycle');
  return ends.length > 0
    ? { kind: 'accounted', how: 'it failed and said so' }
    : { kind: 'missed', why: 'it failed and left no record of that' };
}
