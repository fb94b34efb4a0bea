/**
 * What the risk engine remembers between cycles: breakers, recovery ramp, persistence counter, highest equity. One item,
 * written once per cycle: a second delivery of the same cycle reads back the state it already moved to.
 */
import { RiskMemory } from '../contracts/risk.ts';
import { InvariantViolation } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import type { CycleId } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Table } from './table.ts';

const memoryKey = { pk: 'fund', sk: 'risk-memory' } as const;

export interface RiskMemoryVersion {
  readonly memory: RiskMemory | undefined;
  /** The cycle that wrote it; `undefined` before the first. */
  readonly writtenBy: CycleId | undefined;
  readonly version: number;
}

export class RiskStateStore {
  readonly #table: Table;

  constructor(riskTable: Table) {
    this.#table = riskTable;
  }

  /** @throws InvariantViolation for a memory that is there but makes no sense: limits must not be forgotten. */
  async read(): Promise<RiskMemoryVersion> {
    const item = await this.#table.get(memoryKey);
    if (!item) return { memory: undefined, writtenBy: undefined, version: 0 };
    const parsed = RiskMemory.safeParse(tryParseJson(String(item.memory)));
    if (!parsed.success) throw new InvariantViolation('the risk memory is well formed', { issues: parsed.error.issues.slice(0, 3) });
    return { memory: parsed.data, writtenBy: item.writtenBy as CycleId, version: Number(item.version) };
  }

  /** False when another cycle wrote in between. */
  async write(memory: RiskMemory, cycleId: CycleId, before: RiskMemoryVersion): Promise<boolean> {
    const item = { ...memoryKey, memory: JSON.stringify(memory), writtenBy: cycleId, version: before.version + 1 };
    try {
      if (before.version === 0) await this.#table.put(item, 'attribute_not_exists(pk)');
      else await this.#table.put(item, 'version = :before', { ':before': before.version });
      return true;
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }
}
