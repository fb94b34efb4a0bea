/**
 * Called by the bus for what says how a cycle ended, and for AuditBroken: one failed cycle degrades the fund, two in a row mean that it does
 * not decide any more; a broken audit trail is down until another
 * checkpoint is signed.
 * Refuses nothing; a fund without a policy in force has no tolerances to judge by, and the event waits for one (TransientFailure).
 * Idempotent: endings are kept by cycle and in the order of their schedule times, whatever the order in which they are heard.
 */
import { type CycleEnding, cycleFinding } from '../../shared/domain/steering/findings.ts';
import { noDebounce } from '../../shared/domain/steering/health.ts';
import { TransientFailure } from '../../shared/kernel/errors.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { defineConsumer } from '../../shared/runtime/event-consumer.ts';
import { onAws } from '../../shared/runtime/handler.ts';
import { observeBreak } from '../../shared/runtime/health-checks.ts';
import { HealthWatch } from '../../shared/runtime/health-watch.ts';
import { checkpointKeys, events, health, policies } from '../../shared/runtime/needs.ts';

const endings = {
  CycleCompleted: 'completed',
  CycleFailed: 'failed',
  CycleDied: 'died',
  CycleMissed: 'missed',
} as const satisfies Record<string, CycleEnding['ending']>;

const watchCycles = defineConsumer({
  name: 'steering/watch-cycles',
  needs: { checkpointKeys, events, health, policies },
  hears: ['CycleCompleted', 'CycleFailed', 'CycleDied', 'CycleMissed', 'AuditBroken'],

  async run(event, needs) {
    const inForce = await needs.policies.inForce();
    if (isRefusal(inForce)) throw new TransientFailure('Health is judged under a policy, and none is in force', { reason: inForce.reason });
    const rules = inForce.policy.steering.health;
    const watch = new HealthWatch(needs.health, needs.events);
    const check = { id: event.detail.eventId, at: needs.clock.now(), debounce: noDebounce };
    if (event.type === 'AuditBroken') {
      const { finding } = event.detail;
      await watch.check({ ...check, part: 'audit', observe: (memory) => observeBreak(needs.checkpointKeys, memory, finding) });
      return;
    }
    const found = await needs.health.addEnding({ cycleId: event.detail.cycleId, ending: endings[event.type] });
    await watch.check({ ...check, part: 'cycle', changesOnly: true, observe: (memory) => ({ ...cycleFinding(found, rules), memory }) });
  },
});

export const handler = onAws(watchCycles);
