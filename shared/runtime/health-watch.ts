/**
 * One check of one part: what was found becomes the part's health, and a change of status becomes one HealthStatusChanged.
 *
 * 1. What an earlier check changed and could not tell is told first.
 * 2. The finding goes through the debounce (domain/steering/health.ts) and is stored with the event it calls for, in one write.
 * 3. The event is published, and then taken off the item. Cut off in between it is published again, under the same id.
 */
import type { HealthPart } from '../contracts/health.ts';
import type { Finding } from '../domain/steering/findings.ts';
import { applyCheck, type DebounceRules, type HealthState } from '../domain/steering/health.ts';
import { TransientFailure } from '../kernel/errors.ts';
import type { EpochMs } from '../kernel/units.ts';
import type { EventPublisher } from '../stores/events.ts';
import type { HealthAnnouncement, HealthDocument, HealthMemory, HealthRecord, HealthStore } from '../stores/health.ts';

const attemptsMax = 5;

export interface Observation extends Finding {
  /** Replaces what the part remembered. */
  readonly memory: HealthMemory;
}

export interface CheckRequest {
  readonly part: HealthPart;
  /** Of the schedule or the event that caused it; the same one again changes nothing. */
  readonly id: string;
  readonly at: EpochMs;
  readonly debounce: DebounceRules;
  /** Leaves no trace of a check that changes no status: for checks that events cause, so that their number and order leave none either. */
  readonly changesOnly?: boolean;
  /** May run again, on a newer memory, when another check was faster. */
  readonly observe: (memory: HealthMemory) => Promise<Observation> | Observation;
}

export class HealthWatch {
  readonly #store: Pick<HealthStore, 'read' | 'write'>;
  readonly #events: Pick<EventPublisher, 'publish'>;

  constructor(store: Pick<HealthStore, 'read' | 'write'>, events: Pick<EventPublisher, 'publish'>) {
    this.#store = store;
    this.#events = events;
  }

  /** @throws TransientFailure when others wrote the same part at every attempt. */
  async check({ part, id, at, debounce, changesOnly = false, observe }: CheckRequest): Promise<HealthState> {
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const before = await this.#announced(await this.#store.read(part));
      const known = before.document;
      if (known?.state.checkId === id) return known.state;
      const { memory, ...finding } = await observe(known?.memory ?? {});
      const { state, changed } = applyCheck(part, known?.state ?? null, { id, at, ...finding }, debounce);
      if (changesOnly && changed === undefined) return known?.state ?? state;
      const unannounced = changed === undefined ? null : announcementOf(state, changed.was);
      const document: HealthDocument = { state, memory, unannounced };
      if (!(await this.#store.write(document, before))) continue;
      await this.#announced({ document, version: before.version + 1 });
      return state;
    }
    throw new TransientFailure('The health of a part was being written by others at every attempt', { part });
  }

  /** The record once nothing of it is left to tell. */
  async #announced(record: HealthRecord): Promise<HealthRecord> {
    const { document } = record;
    if (!document?.unannounced) return record;
    await this.#events.publish([{ type: 'HealthStatusChanged', detail: document.unannounced }]);
    const told = { ...document, unannounced: null };
    // Another that told it too, or checked since, has the newer item; what it holds is read at the next check.
    const isOurs = await this.#store.write(told, record);
    return isOurs ? { document: told, version: record.version + 1 } : this.#store.read(document.state.part);
  }
}

function announcementOf({ part, status, reasons, since }: HealthState, was: HealthAnnouncement['was']): HealthAnnouncement {
  const at = new Date(since).toISOString();
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  const summary = `${part} is ${status}, was ${was ?? 'not checked yet'}${why}.`;
  return { eventId: `health/${part}/${at}/${status}`, at, summary, part, status, was, reasons: [...reasons] };
}
