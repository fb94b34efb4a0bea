/**
 * Called by EventBridge Scheduler twenty minutes after each time at which a cycle is scheduled: looks, from outside of the cycle, whether
 * it ran to an end that it spoke of. If not, people are told at once; the alarm "cycle missing" would say so in the night.
 * Refuses a day without trading, and the watch of the half-day schedule on a full day.
 * Idempotent: the event carries the id of the cycle.
 */
import * as z from 'zod';
import { cycleIdAt, InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { cycleWatch } from '../../shared/contracts/names/index.ts';
import { sessionState } from '../../shared/domain/market/calendar.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import { watchedCycle } from '../../shared/runtime/alerts/watched-cycle.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { audit, cycleExecutions, events } from '../../shared/runtime/needs.ts';

const watchCycle = defineHandler({
  name: 'alerts/watch-cycle',
  needs: { audit, cycleExecutions, events },
  input: z.object({ scheduledAt: InstantText, onlyOn: z.literal('short-session').optional() }),
  output: z.object({ cycleId: z.string(), found: z.string() }),

  async run({ scheduledAt, onlyOn }, needs) {
    const cycleAt = (instantOf(scheduledAt) - cycleWatch.afterMinutes * 60_000) as EpochMs;
    const market = sessionState(cycleAt);
    if (market.kind === 'closed') return refuse('market-closed', { scheduledAt, why: market.why });
    if (onlyOn === 'short-session' && !market.shortSession) return refuse('not-a-short-session', { scheduledAt });

    const cycleId = cycleIdAt(cycleAt);
    const watched = await watchedCycle(cycleId, needs);
    if (watched.kind === 'accounted') return { cycleId, found: watched.how };
    needs.log.error('cycle-missed', { cycleId, why: watched.why });
    const summary = `The scheduled cycle ${cycleId} is missing: ${watched.why}.`;
    const detail = { eventId: `${cycleId}/missed`, at: scheduledAt, summary, cycleId, scheduledAt: new Date(cycleAt).toISOString() };
    await needs.events.publish([{ type: 'CycleMissed', detail }]);
    return { cycleId, found: watched.why };
  },
});

export const handler = onAws(watchCycle);
