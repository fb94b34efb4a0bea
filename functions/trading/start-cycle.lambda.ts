/**
 * Called by EventBridge Scheduler: turns the scheduled time into the cycle id and starts the machine under that name.
 * Refuses a start that comes late, a day without trading, and the half-day schedule on a full day.
 * Idempotent: AWS refuses a second execution of the same name, so a schedule delivered twice starts one cycle.
 */
import * as z from 'zod';
import { cycleIdAt, InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { sessionState } from '../../shared/domain/market/calendar.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { machine } from '../../shared/runtime/needs.ts';

/** Prices move: a decision that starts later than this is not the one that was scheduled. */
const lateMsMax = 5 * 60_000;

const startCycle = defineHandler({
  name: 'trading/start-cycle',
  needs: { machine },
  input: z.object({
    scheduledAt: InstantText,
    onlyOn: z.literal('short-session').optional(),
    /** The data set to decide on; the published one when left out. */
    dataset: z.string().min(1).optional(),
  }),
  output: z.object({ kind: z.literal('started'), cycleId: z.string(), executionArn: z.string() }),

  async run({ scheduledAt, onlyOn, dataset }, needs) {
    const at = instantOf(scheduledAt);
    const lateMs = needs.clock.now() - at;
    if (Math.abs(lateMs) > lateMsMax) return refuse('start-is-late', { scheduledAt, lateMs });
    const market = sessionState(at);
    if (market.kind === 'closed') return refuse('market-closed', { scheduledAt, why: market.why });
    if (onlyOn === 'short-session' && !market.shortSession) return refuse('not-a-short-session', { scheduledAt });

    const cycleId = cycleIdAt(at);
    const started = await needs.machine.start(cycleId, { scheduledAt, ...(dataset ? { dataset } : {}) });
    return isRefusal(started) ? started : { kind: 'started' as const, cycleId, ...started };
  },
});

export const handler = onAws(startCycle);
