/**
 * Called by EventBridge Scheduler at 16:30 New York, after the cycle and the reconciliation: writes the day's report under `reports/` in the
 * lake and publishes ReportPublished.
 * Refuses a day without a session, a day on which no cycle came to decide, and a cycle that decided and was not measured: that one is an alarm.
 * Idempotent: the same metrics make the same report, written once; other metrics make the next revision.
 */
import * as z from 'zod';
import { InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import { isSession, newYorkDay } from '../../shared/domain/market/calendar.ts';
import { formatDay } from '../../shared/kernel/days.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { publishReport as publish } from '../../shared/runtime/daily-report/publish.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { analytics, documents, events } from '../../shared/runtime/needs.ts';

const publishReport = defineHandler({
  name: 'analytics/publish-report',
  needs: { analytics, documents, events },
  input: z.object({ scheduledAt: InstantText }),
  output: z.object({ kind: z.literal('published'), day: z.string(), revision: z.number().int(), key: z.string(), summary: z.string() }),

  async run({ scheduledAt }, needs) {
    const at = instantOf(scheduledAt);
    if (!isSession(newYorkDay(at))) return refuse('market-closed', { scheduledAt, why: 'no-session' });
    const day = formatDay(newYorkDay(at));
    const published = await publish(day, at, needs);
    if (!isRefusal(published)) {
      needs.log.info('report-published', { day, revision: published.revision, key: published.key });
      return published;
    }
    const decided = (await needs.documents.keysUnder(`cycles/cycle-${day}T`)).some((key) => key.endsWith('/signals.json'));
    return decided ? refuse('cycle-not-measured', { day }) : refuse('no-cycle-today', { day });
  },
});

export const handler = onAws(publishReport);
