/**
 * Called by EventBridge Scheduler every five minutes from half an hour before the open to the close: does the broker answer for the account
 * and the time, may the account trade, how far is its clock from ours? It runs in the order role, which alone may read the broker's keys;
 * it sends nothing. Of the answer it keeps the equity, from which the controller tells the drawdown; no text of the broker's is kept or logged.
 * Refuses a day without a session, the time after the close, and a fund without a policy in force.
 * Idempotent: a check is named by its schedule time and taken once. A broker that does not answer is a finding, no failure.
 */
import * as z from 'zod';
import { InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { HealthStatus } from '../../shared/contracts/health.ts';
import { sessionState } from '../../shared/domain/market/calendar.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { observeBroker } from '../../shared/runtime/health-checks.ts';
import { HealthWatch } from '../../shared/runtime/health-watch.ts';
import { broker, events, health, policies } from '../../shared/runtime/needs.ts';

const checkBroker = defineHandler({
  name: 'orders/check-broker',
  needs: { broker, events, health, policies },
  input: z.object({ scheduledAt: InstantText }),
  output: z.object({ status: HealthStatus, reasons: z.array(z.string()) }),

  async run({ scheduledAt }, needs) {
    const market = sessionState(instantOf(scheduledAt));
    if (market.kind === 'closed' && market.why !== 'before-open') return refuse('market-closed', { scheduledAt, why: market.why });
    const inForce = await needs.policies.inForce();
    if (isRefusal(inForce)) return inForce;
    const rules = inForce.policy.steering.health;
    const { status, reasons } = await new HealthWatch(needs.health, needs.events).check({
      ...{ part: 'broker' as const, id: `check/${scheduledAt}`, at: needs.clock.now(), debounce: rules },
      observe: () => observeBroker(needs.broker, needs.clock, rules),
    });
    return { status, reasons: [...reasons] };
  },
});

export const handler = onAws(checkBroker);
