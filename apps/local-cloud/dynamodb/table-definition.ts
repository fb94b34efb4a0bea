/** What a table is, apart from its items: keys, indexes, and the options that change how data behaves. */
import type { Attributes } from './items/attribute-value.ts';
import type { KeyType } from './items/ordering.ts';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

export interface KeySchema {
  readonly partitionKey: KeyAttribute;
  readonly sortKey: KeyAttribute | undefined;
}

export interface IndexDefinition extends KeySchema {
  readonly name: string;
  readonly scope: 'global' | 'local';
  /** Names of the attributes an index entry holds; `undefined` is all. */
  readonly projected: ReadonlySet<string> | undefined;
  readonly projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

export interface TableDefinition extends KeySchema {
  readonly tableName: string;
  readonly indexes: readonly IndexDefinition[];
  readonly timeToLiveAttribute: string | undefined;
  readonly streamViewType: StreamViewType | undefined;
  /** ARN of a customer managed key; calls then also need `kms:Decrypt` on it. */
  readonly kmsKeyArn: string | undefined;
}

export const keyAttributesOf = ({ partitionKey, sortKey }: KeySchema): readonly KeyAttribute[] =>
  sortKey ? [partitionKey, sortKey] : [partitionKey];

/** Names of the attributes that place an item in its index: those of the index, then those of the table. */
export const indexKeyNames = (index: KeySchema, table: KeySchema): readonly string[] => [
  ...new Set([...keyAttributesOf(index), ...keyAttributesOf(table)].map((key) => key.name)),
];

/** What the index holds of an item. Shares values with it. */
export function projectedBy(index: IndexDefinition, attributes: Attributes): Attributes {
  const { projected } = index;
  if (projected === undefined) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => projected.has(name)));
}
