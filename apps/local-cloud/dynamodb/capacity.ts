/**
 * Consumed capacity: a read unit is 4 KB (half of one when eventually consistent), a write unit 1 KB of the larger of
 * the old and new item, and an index that changes costs its own writes. Transactions cost double.
 */
import { type Attributes, attributeOf } from './items/attribute-value.ts';
import { sameAttributes, sizeOfAttributes } from './items/measure.ts';
import { keyFrom } from './keys.ts';
import { choice, type Request } from './request.ts';
import type { Table } from './table.ts';
import { type IndexDefinition, keyAttributesOf, projectedBy } from './table-definition.ts';

export interface IndexCapacity {
  readonly name: string;
  readonly scope: 'global' | 'local';
  readonly units: number;
}

export interface Usage {
  readonly tableName: string;
  readonly units: number;
  readonly indexes: readonly IndexCapacity[];
}

export type CapacityReport = 'NONE' | 'TOTAL' | 'INDEXES';

/** What the request wants to be told. */
export const reportWanted = (request: Request): CapacityReport =>
  choice(request, 'ReturnConsumedCapacity', ['INDEXES', 'TOTAL', 'NONE'], 'NONE');

export const readUnits = (bytes: number, consistent: boolean): number => Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);

export const readUsage = (table: Table, units: number): Usage => ({ tableName: table.definition.tableName, units, indexes: [] });

/** What replacing `before` by `after` costs; either may be missing. */
export function writeUsage(table: Table, before: Attributes | undefined, after: Attributes | undefined): Usage {
  const { tableName, indexes } = table.definition;
  const changed = indexes.map((index) => ({ name: index.name, scope: index.scope, units: indexUnits(index, before, after) }));
  return { tableName, units: writeUnits(before, after), indexes: changed.filter(({ units }) => units > 0) };
}

/** One table's usages together. */
export function addUsage(left: Usage, right: Usage): Usage {
  const indexes = new Map(left.indexes.map((index) => [index.name, index]));
  for (const index of right.indexes) indexes.set(index.name, { ...index, units: index.units + (indexes.get(index.name)?.units ?? 0) });
  return { tableName: left.tableName, units: left.units + right.units, indexes: [...indexes.values()] };
}

export const scaleUsage = ({ tableName, units, indexes }: Usage, factor: number): Usage => ({
  tableName,
  units: units * factor,
  indexes: indexes.map((index) => ({ ...index, units: index.units * factor })),
});

/** As the response shows it. */
export function consumedCapacity(report: CapacityReport, { tableName, units, indexes }: Usage): object {
  const total = { TableName: tableName, CapacityUnits: indexes.reduce((sum, index) => sum + index.units, units) };
  if (report === 'TOTAL') return total;
  const of = (scope: 'global' | 'local'): object => ({
    ...Object.fromEntries(indexes.filter((index) => index.scope === scope).map((index) => [index.name, { CapacityUnits: index.units }])),
  });
  const has = (scope: 'global' | 'local'): boolean => indexes.some((index) => index.scope === scope);
  return {
    ...total,
    Table: { CapacityUnits: units },
    ...(has('global') && { GlobalSecondaryIndexes: of('global') }),
    ...(has('local') && { LocalSecondaryIndexes: of('local') }),
  };
}

function writeUnits(before: Attributes | undefined, after: Attributes | undefined): number {
  const bytes = Math.max(before ? sizeOfAttributes(before) : 0, after ? sizeOfAttributes(after) : 0);
  return Math.max(1, Math.ceil(bytes / 1024));
}

/** A changed index key costs a deletion and an insertion; an unchanged entry costs nothing. */
function indexUnits(index: IndexDefinition, before: Attributes | undefined, after: Attributes | undefined): number {
  const [old, fresh] = [entryOf(index, before), entryOf(index, after)];
  if (old === undefined && fresh === undefined) return 0;
  if (old === undefined || fresh === undefined) return writeUnits(old, fresh);
  if (keyFrom(index, old).id !== keyFrom(index, fresh).id) return writeUnits(old, undefined) + writeUnits(undefined, fresh);
  return sameAttributes(old, fresh) ? 0 : writeUnits(old, fresh);
}

function entryOf(index: IndexDefinition, attributes: Attributes | undefined): Attributes | undefined {
  if (attributes === undefined || keyAttributesOf(index).some((key) => attributeOf(attributes, key.name) === undefined)) return undefined;
  return projectedBy(index, attributes);
}
