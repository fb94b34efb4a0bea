/**
 * Called by EventBridge Scheduler every five minutes from half an hour before the open to the close: is the data fit to decide on, is the
 * audit trail signed, did the latest cycles end as they should? (The broker is asked by orders/check-broker, which may.)
 * Refuses a day without a session, the time after the close, and a fund without a policy in force.
 * Idempotent: a check is named by its schedule time, and each part takes it once. A part whose check fails keeps the others from nothing.
 */
import * as z from 'zod';
import { InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { HealthStatus } from '../../shared/contracts/health.ts';
import { newYorkDay, sessionState } from '../../shared/domain/market/calendar.ts';
import { cycleFinding } from '../../shared/domain/steering/findings.ts';
import { noDebounce } from '../../shared/domain/steering/health.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { observeAudit, observeData } from '../../shared/runtime/health-checks.ts';
import { HealthWatch } from '../../shared/runtime/health-watch.ts';
import { audit, checkpointKeys, events, health, lake, policies } from '../../shared/runtime/needs.ts';

const watchHealth = defineHandler({
  name: 'steering/watch-health',
  needs: { audit, checkpointKeys, events, health, lake, policies },
  input: z.object({ scheduledAt: InstantText }),
  output: z.object({ data: HealthStatus, audit: HealthStatus, cycle: HealthStatus }),

  async run({ scheduledAt }, needs) {
    const market = sessionState(instantOf(scheduledAt));
    if (market.kind === 'closed' && market.why !== 'before-open') return refuse('market-closed', { scheduledAt, why: market.why });
    const inForce = await needs.policies.inForce();
    if (isRefusal(inForce)) return inForce;
    const { clock, audit: trail, checkpointKeys: checkpoints } = needs;
    const rules = inForce.policy.steering.health;
    const watch = new HealthWatch(needs.health, needs.events);
    const check = { id: `check/${scheduledAt}`, at: clock.now(), debounce: rules };
    const checked = await Promise.allSettled([
      watch.check({ ...check, part: 'data', observe: () => observeData(needs.lake, inForce.policy, newYorkDay(instantOf(scheduledAt))) }),
      watch.check({ ...check, part: 'audit', observe: (memory) => observeAudit({ audit: trail, checkpoints, clock }, memory, rules) }),
      watch.check({
        ...check,
        part: 'cycle',
        debounce: noDebounce,
        observe: async (memory) => ({ ...cycleFinding(await needs.health.endings(), rules), memory }),
      }),
    ]);
    const failed = checked.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const [data, auditTrail, cycle] = checked.map((one) => (one as PromiseFulfilledResult<{ status: HealthStatus }>).value.status);
    return { data: data!, audit: auditTrail!, cycle: cycle! };
  },
});

export const handler = onAws(watchHealth);
