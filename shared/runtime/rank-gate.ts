/**
 * What a cycle may open positions in, by its policy: anything (null), the list in force, or nothing, where the policy wants a list and none is
 * there that fits this cycle. The last is told in the log, which an alarm reads: a fund that opens nothing looks like one that found nothing.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import { instantOf } from '../contracts/cycle.ts';
import type { RankingRules } from '../domain/policy/ranking-rules.ts';
import { type CycleStanding, unfitList } from '../domain/ranking/list-in-force.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { Ticker } from '../kernel/units.ts';
import type { OpportunityStore } from '../stores/opportunities.ts';
import type { Opportunities } from './cycle-documents.ts';

export interface GateNeeds {
  readonly opportunities: OpportunityStore;
  readonly log: Pick<Logger, 'warn'>;
}

export async function letIn(
  { gate, ageMinutesMax }: Pick<RankingRules, 'gate' | 'ageMinutesMax'>,
  cycle: Omit<CycleStanding, 'ageMinutesMax'>,
  { opportunities, log }: GateNeeds,
): Promise<Opportunities | null> {
  if (gate === 'off') return null;
  const entry = await opportunities.current();
  const unfit = isRefusal(entry) ? entry : unfitList({ ...entry, rankedAt: instantOf(entry.rankedAt) }, { ...cycle, ageMinutesMax });
  if (unfit === undefined && !isRefusal(entry)) return { listId: entry.listId, symbols: entry.symbols as Ticker[] };
  const refusal = unfit?.reason ?? 'list-malformed';
  log.warn('no-opportunity-list', { reason: refusal, details: unfit?.details ?? {} });
  return { listId: null, symbols: [], refusal };
}
