/**
 * What a table's journal holds: one entry per write. Writes of transactions lie in the service's transaction log,
 * since they must reach several tables at once; sequence numbers say how the two interleave.
 *
 * A compacted journal is: the schema, the sequence number up to which it holds everything, the stream records still
 * kept, the items.
 */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import type { Attributes } from './items/attribute-value.ts';
import type { Change, TableStream } from './streams.ts';
import { keyAttributesOf, type TableDefinition } from './table-definition.ts';

export type TableEntry =
  | { readonly keys: string; readonly streams: boolean; readonly createdAt: EpochMs }
  | { readonly upTo: number }
  | { readonly item: Attributes }
  | { readonly record: Change }
  | { readonly sequence: number; readonly at: EpochMs; readonly put: Attributes }
  | { readonly sequence: number; readonly at: EpochMs; readonly delete: Attributes; readonly expired?: true };

/** A write found in the transaction log, still as on disk. */
export interface LoggedWrite {
  readonly sequence: number;
  readonly at: EpochMs;
  readonly put?: Attributes;
  readonly delete?: Attributes;
}

export interface SnapshotSource {
  readonly definition: TableDefinition;
  readonly createdAt: EpochMs;
  readonly stream: TableStream | undefined;
  readonly rows: Iterable<{ readonly row: { readonly attributes: Attributes } }>;
}

/** What a compacted journal holds. */
export function* snapshotEntries(table: SnapshotSource, upTo: number): Generator<TableEntry, void, undefined> {
  yield schemaOf(table);
  yield { upTo };
  for (const record of table.stream?.changes ?? []) yield { record };
  for (const { row } of table.rows) yield { item: row.attributes };
}

export const schemaOf = (table: SnapshotSource): TableEntry => ({
  keys: keysText(table.definition),
  streams: table.stream !== undefined,
  createdAt: table.createdAt,
});

/** E.g. `pk:S,sk:N`. */
export const keysText = (definition: TableDefinition): string =>
  keyAttributesOf(definition)
    .map((key) => `${key.name}:${key.type}`)
    .join(',');
