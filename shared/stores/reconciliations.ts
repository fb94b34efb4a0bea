/**
 * What reconciliations leave behind in the ledger's table: how far the broker's activities have been looked through, and a report of
 * each. And what only they ask of the ledger's own items. Few items, each read by its key:
 *
 *   reconciliation | cursor         up to when
 *   reconciliation | latest         the last report
 *   reconciliation | report#<id>    every report
 */
import * as z from 'zod';
import { ReconciliationReport } from '../contracts/reconciliation.ts';
import { ContractViolation } from '../kernel/errors.ts';
import { type Refusal, refuse } from '../kernel/refusal.ts';
import type { CycleId, EpochMs } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import { accountKey, adjustmentsPartition, fillsPartition } from './ledger/items.ts';
import type { Table } from './table.ts';

const partition = 'reconciliation';
const cursorKey = { pk: partition, sk: 'cursor' } as const;
const latestKey = { pk: partition, sk: 'latest' } as const;
const reportKey = (id: string) => ({ pk: partition, sk: `report#${id}` });

const CursorItem = z.object({
  through: z.number().int().nonnegative(),
  seen: z.array(z.string()),
});

export interface ReconciliationCursor {
  readonly through: EpochMs;
  /** Activities that are never booked and were told of: the opening cash had them in it already, or nobody here understands them. */
  readonly seen: readonly string[];
}

export class ReconciliationStore {
  readonly #ledger: Table;

  constructor(ledgerTable: Table) {
    this.#ledger = ledgerTable;
  }

  /** Null before the first reconciliation. @throws ContractViolation for an item that somebody wrote by hand and not well. */
  async cursor(): Promise<ReconciliationCursor | null> {
    const item = await this.#ledger.get(cursorKey);
    if (!item) return null;
    const parsed = CursorItem.safeParse(item);
    if (!parsed.success) throw new ContractViolation('the cursor of the reconciliation is well formed', { issues: parsed.error.message });
    return { through: parsed.data.through as EpochMs, seen: parsed.data.seen };
  }

  /** Never goes back: of two that run at once, the later instant stays. */
  async advance({ through, seen }: ReconciliationCursor): Promise<void> {
    try {
      await this.#ledger.put({ ...cursorKey, through, seen: [...seen] }, 'attribute_not_exists(pk) OR through < :through', {
        ':through': through,
      });
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
    }
  }

  /** When the fund's cash account was opened; null before. */
  async openedAt(): Promise<EpochMs | null> {
    const item = await this.#ledger.get(accountKey);
    return item ? (Number(item.openedAt) as EpochMs) : null;
  }

  /** Ids of the activities that have been booked. */
  async booked(): Promise<ReadonlySet<string>> {
    return new Set((await this.#ledger.query(adjustmentsPartition)).map(({ sk }) => String(sk)));
  }

  /** Every cycle of which an execution was booked since then. */
  async cyclesTradedSince(since: EpochMs): Promise<readonly CycleId[]> {
    const fills = (await this.#ledger.query(fillsPartition)).filter(({ at }) => !(Number(at) < since));
    return [...new Set(fills.map(({ cycleId }) => cycleId as CycleId))];
  }

  async report(id: string): Promise<ReconciliationReport | Refusal<'not-found'>> {
    return this.#read(reportKey(id));
  }

  async latest(): Promise<ReconciliationReport | Refusal<'not-found'>> {
    return this.#read(latestKey);
  }

  async write(report: ReconciliationReport): Promise<void> {
    await this.#ledger.put({ ...reportKey(report.reconciliationId), ...report });
    await this.#ledger.put({ ...latestKey, ...report });
  }

  async #read(key: { readonly pk: string; readonly sk: string }): Promise<ReconciliationReport | Refusal<'not-found'>> {
    const item = await this.#ledger.get(key);
    if (!item) return refuse('not-found', { ...key });
    const parsed = ReconciliationReport.safeParse(item);
    if (!parsed.success)
      throw new ContractViolation('a report of a reconciliation is well formed', { ...key, issues: parsed.error.message });
    return parsed.data;
  }
}
