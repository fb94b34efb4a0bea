/** The governance state of every symbol, and when and why it last changed. */
import { SymbolRecord } from '../contracts/symbols.ts';
import { ContractViolation } from '../kernel/errors.ts';
import type { Table } from './table.ts';

const partition = 'governance';
const writesPerTransaction = 100;

export class SymbolStore {
  readonly #table: Table;

  constructor(symbolTable: Table) {
    this.#table = symbolTable;
  }

  /** By symbol. */
  async all(): Promise<Map<string, SymbolRecord>> {
    const records = new Map<string, SymbolRecord>();
    for (const { pk: _pk, sk, ...item } of await this.#table.query(partition, 'symbol#')) {
      const parsed = SymbolRecord.safeParse(item);
      if (!parsed.success)
        throw new ContractViolation(`The governance record ${String(sk)} is malformed`, { issues: parsed.error.issues.slice(0, 3) });
      records.set(parsed.data.symbol, parsed.data);
    }
    return records;
  }

  /** Writes the records that changed; each also leaves its transition behind, by date. */
  async recordTransitions(changed: readonly SymbolRecord[]): Promise<void> {
    const puts = changed.flatMap((record) => [
      this.#table.putting({ pk: partition, sk: `symbol#${record.symbol}`, ...record }),
      this.#table.putting({ pk: `history#${record.symbol}`, sk: record.since, ...record }),
    ]);
    for (let first = 0; first < puts.length; first += writesPerTransaction)
      await this.#table.transact(puts.slice(first, first + writesPerTransaction));
  }
}
