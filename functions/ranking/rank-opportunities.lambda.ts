/**
 * Called by EventBridge Scheduler at half past each hour of a session: ranks the universe and publishes the list that cycles may open from.
 * Refuses an instant that is not now, one outside the session, a missing policy or data set, and an entry of that hour that makes no sense.
 * Idempotent: the first list of an hour stands; another delivery finds it and publishes it again under the same event id.
 */
import * as z from 'zod';
import { InstantText, instantOf } from '../../shared/contracts/cycle.ts';
import type { OpportunityEntry } from '../../shared/contracts/opportunities.ts';
import { sessionState } from '../../shared/domain/market/calendar.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { events, lake, opportunities, policies } from '../../shared/runtime/needs.ts';
import { rankAt } from '../../shared/runtime/rank-opportunities.ts';

/** A list is stamped with the instant it was asked for, so that instant has to be this one. */
const distanceMsMax = 5 * 60_000;
const namedInSummary = 5;

const rank = defineHandler({
  name: 'ranking/rank-opportunities',
  needs: { lake, policies, opportunities, events },
  input: z.object({
    scheduledAt: InstantText,
    /** The data set to rank on; the published one when left out. */
    dataset: z.string().min(1).optional(),
  }),
  output: z.object({ kind: z.literal('ranked'), listId: z.string(), considered: z.number().int(), listed: z.number().int() }),

  async run({ scheduledAt, dataset }, needs) {
    const at = instantOf(scheduledAt);
    const lateMs = needs.clock.now() - at;
    if (Math.abs(lateMs) > distanceMsMax) return refuse('start-is-late', { scheduledAt, lateMs });
    const market = sessionState(at);
    if (market.kind === 'closed') return refuse('market-closed', { scheduledAt, why: market.why });

    const entry = await rankAt({ at, session: market.session, dataset }, needs);
    if (isRefusal(entry)) return entry;
    await needs.events.publish([{ type: 'OpportunitiesUpdated', detail: detailOf(entry) }]);
    return { kind: 'ranked' as const, listId: entry.listId, considered: entry.considered, listed: entry.symbols.length };
  },
});

export const handler = onAws(rank);

/** The same at every delivery. */
const detailOf = ({ listId, session, rankedAt, datasetId, considered, symbols }: OpportunityEntry) => ({
  eventId: `opportunities/${listId}`,
  at: rankedAt,
  summary: `${symbols.length} of ${considered} symbols may be opened on ${session}${firstNames(symbols)}.`,
  listId,
  session,
  datasetId,
  considered,
  symbols,
});

const firstNames = (symbols: readonly string[]): string =>
  symbols.length === 0
    ? ''
    : `, best first: ${symbols.slice(0, namedInSummary).join(', ')}${symbols.length > namedInSummary ? ' and others' : ''}`;
