/**
 * The health of each part: one item in the operations table, `health | <part>`. Who checks a part reads it, judges, and writes it back on
 * the condition that nobody wrote in between. With a change of status the item holds the event that tells of it, until that is published:
 * a writer that dies in between leaves it to the next one.
 *
 * `health | cycle-endings` lists how the latest cycles ended: what it holds depends on what was heard, not on when or in which order.
 *
 * For the console the item shows status, reasons and times as attributes of their own; `document` is what is read back.
 */
import * as z from 'zod';
import { HealthPart, HealthStatus } from '../contracts/health.ts';
import { type CycleEnding, withEnding } from '../domain/steering/findings.ts';
import { InvariantViolation, TransientFailure } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import type { EpochMs } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Item, Table } from './table.ts';

const partition = 'health';
const endingsKey = { pk: partition, sk: 'cycle-endings' } as const;
const attemptsMax = 5;

const Instant = z.number().transform((value) => value as EpochMs);
const counts = z.object({ down: z.int(), degraded: z.int(), healthy: z.int() });
const State = z.object({
  part: HealthPart,
  status: HealthStatus,
  reasons: z.array(z.string()).readonly(),
  since: Instant,
  checkedAt: Instant,
  checkId: z.string(),
  agreement: z.object({ asStrictAs: counts, asLooseAs: counts }),
});

/** What a part's next check needs of the last, and what others read of it. */
const Memory = z.object({
  /** broker: of the account at the last answer. */
  equityUsd: z.number().optional(),
  /** audit: sequence of the newest checkpoint that was seen, since when records are ahead of it, and what was found wrong after which checkpoint. */
  checkpoint: z.int().optional(),
  aheadSince: Instant.optional(),
  broken: z.object({ checkpoint: z.int().nullable(), finding: z.string() }).optional(),
});
export type HealthMemory = z.infer<typeof Memory>;

const Endings = z.array(z.object({ cycleId: z.string(), ending: z.enum(['completed', 'failed', 'died', 'missed']) })).readonly();

const Announcement = z.object({
  eventId: z.string(),
  at: z.string(),
  summary: z.string(),
  part: HealthPart,
  status: HealthStatus,
  was: HealthStatus.nullable(),
  reasons: z.array(z.string()),
});
export type HealthAnnouncement = z.infer<typeof Announcement>;

const Document = z.object({ state: State, memory: Memory, unannounced: Announcement.nullable() });
export type HealthDocument = z.infer<typeof Document>;

export interface HealthRecord {
  /** Null before the first check. */
  readonly document: HealthDocument | null;
  readonly version: number;
}

const noRecord: HealthRecord = { document: null, version: 0 };

export class HealthStore {
  readonly #table: Table;

  constructor(operationsTable: Table) {
    this.#table = operationsTable;
  }

  async read(part: HealthPart): Promise<HealthRecord> {
    const item = await this.#table.get({ pk: partition, sk: part });
    return item === undefined ? noRecord : recordOf(item);
  }

  async all(): Promise<Readonly<Record<HealthPart, HealthRecord>>> {
    const items = new Map(
      (await this.#table.query(partition)).filter(({ sk }) => sk !== endingsKey.sk).map((item) => [String(item.sk), recordOf(item)]),
    );
    const of = (part: HealthPart): HealthRecord => items.get(part) ?? noRecord;
    return { data: of('data'), broker: of('broker'), audit: of('audit'), cycle: of('cycle') };
  }

  /** Oldest first. */
  async endings(): Promise<readonly CycleEnding[]> {
    return endingsOf(await this.#table.get(endingsKey));
  }

  /** The list with this one in it. @throws TransientFailure when others wrote it at every attempt. */
  async addEnding(heard: CycleEnding): Promise<readonly CycleEnding[]> {
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const item = await this.#table.get(endingsKey);
      const next = withEnding(endingsOf(item), heard);
      const endings = JSON.stringify(next);
      if (endings === item?.endings) return next;
      const taken =
        item === undefined
          ? await this.#take({ ...endingsKey, endings }, 'attribute_not_exists(pk)')
          : await this.#take({ ...endingsKey, endings }, 'endings = :before', { ':before': item.endings });
      if (taken) return next;
    }
    throw new TransientFailure('The endings of cycles were being written by others at every attempt', { cycleId: heard.cycleId });
  }

  /** Whether it was taken; false when another wrote since `before` was read. */
  async write(document: HealthDocument, before: HealthRecord): Promise<boolean> {
    const { part, status, reasons, since, checkedAt } = document.state;
    const item = {
      ...{ pk: partition, sk: part, status, reasons, version: before.version + 1, document: JSON.stringify(document) },
      ...{ since: new Date(since).toISOString(), checkedAt: new Date(checkedAt).toISOString() },
    };
    return before.version === 0
      ? this.#take(item, 'attribute_not_exists(pk)')
      : this.#take(item, 'version = :before', { ':before': before.version });
  }

  async #take(...[item, condition, values]: Parameters<Table['put']>): Promise<boolean> {
    try {
      await this.#table.put(item, condition, values);
      return true;
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }
}

/** An item that makes no sense reads as one that was never written, and is written over: health unknown is what it then says. */
function recordOf(item: Item): HealthRecord {
  const parsed = Document.safeParse(tryParseJson(String(item.document)));
  const version = Number(item.version);
  if (!Number.isInteger(version)) throw new InvariantViolation('the item of a part of health has a version', { part: item.sk });
  return { document: parsed.success ? parsed.data : null, version };
}

/** A list that makes no sense is begun anew: the cycles that it told of are told of elsewhere. */
function endingsOf(item: Item | undefined): readonly CycleEnding[] {
  return Endings.safeParse(tryParseJson(String(item?.endings))).data ?? [];
}
