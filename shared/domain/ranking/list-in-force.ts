/**
 * Whether a list may open positions in a cycle: of the same session and the same data set, made at or before the cycle's instant and not longer
 * ago than the policy allows. Anything else lets nothing in: the list says what may be opened, so without one nothing may.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochMs } from '../../kernel/units.ts';

export interface ListStanding {
  readonly listId: string;
  /** YYYY-MM-DD. */
  readonly session: string;
  readonly datasetId: string;
  readonly rankedAt: EpochMs;
}

export type ListUnfit = 'list-of-another-session' | 'list-of-another-data-set' | 'list-from-the-future' | 'list-too-old';

export interface CycleStanding {
  readonly session: string;
  readonly datasetId: string;
  readonly scheduledAt: EpochMs;
  readonly ageMinutesMax: number;
}

const MS_PER_MINUTE = 60_000;

/** Undefined when the list stands. An instant that is no number is too old. */
export function unfitList(list: ListStanding, cycle: CycleStanding): Refusal<ListUnfit> | undefined {
  const ageMs = cycle.scheduledAt - list.rankedAt;
  const details = { listId: list.listId, session: list.session, datasetId: list.datasetId, ageMinutes: Math.round(ageMs / MS_PER_MINUTE) };
  if (list.session !== cycle.session) return refuse('list-of-another-session', details);
  if (list.datasetId !== cycle.datasetId) return refuse('list-of-another-data-set', details);
  if (ageMs < 0) return refuse('list-from-the-future', details);
  return ageMs <= cycle.ageMinutesMax * MS_PER_MINUTE ? undefined : refuse('list-too-old', details);
}
