/**
 * Reads `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable` properties. What changes how data behaves and is not
 * emulated is refused by name; what only changes cost, backup or naming is accepted.
 */
import { type AwsError, type DeclaredResource, notEmulated } from '../service.ts';
import { invalidParameter } from './errors.ts';
import type { KeyType } from './items/ordering.ts';
import {
  type IndexDefinition,
  indexKeyNames,
  type KeyAttribute,
  type KeySchema,
  type StreamViewType,
  type TableDefinition,
} from './table-definition.ts';

export const TABLE_TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'] as const;

/** @throws AwsError NotEmulated naming the property. */
export function tableDefinitionOf(resource: DeclaredResource, region: string): TableDefinition {
  const { properties, type } = resource;
  const global = type === 'AWS::DynamoDB::GlobalTable';
  refuseUnknown(properties, global ? GLOBAL_TABLE_PROPERTIES : TABLE_PROPERTIES, type);
  const replica = global ? replicaOf(properties, region) : undefined;
  const tableName = textOr(properties.TableName, `${resource.stack}-${resource.logicalId}`);
  if (!/^[a-zA-Z0-9_.-]{3,255}$/.test(tableName)) throw invalidParameter(`"${tableName}" is no table name`);
  const types = attributeTypes(properties.AttributeDefinitions);
  const keys = keySchemaOf(properties.KeySchema, types, tableName);
  return {
    tableName,
    ...keys,
    indexes: [
      ...list(properties.GlobalSecondaryIndexes).map((index) => indexOf(index, 'global', types, keys)),
      ...list(properties.LocalSecondaryIndexes).map((index) => indexOf(index, 'local', types, keys)),
    ],
    timeToLiveAttribute: timeToLiveOf(properties.TimeToLiveSpecification),
    streamViewType: streamViewOf(properties.StreamSpecification),
    kmsKeyArn: kmsKeyOf(properties.SSESpecification, (replica ?? properties).SSESpecification),
  };
}

type Properties = Readonly<Record<string, unknown>>;

const DATA_PROPERTIES = [
  'TableName',
  'KeySchema',
  'AttributeDefinitions',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'TimeToLiveSpecification',
  'StreamSpecification',
  'SSESpecification',
];

const TABLE_PROPERTIES: ReadonlySet<string> = new Set([
  ...DATA_PROPERTIES,
  'BillingMode',
  'ProvisionedThroughput',
  'OnDemandThroughput',
  'WarmThroughput',
  'Tags',
  'PointInTimeRecoverySpecification',
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  'TableClass',
]);

const GLOBAL_TABLE_PROPERTIES: ReadonlySet<string> = new Set([
  ...DATA_PROPERTIES,
  'BillingMode',
  'WriteProvisionedThroughputSettings',
  'WriteOnDemandThroughputSettings',
  'WarmThroughput',
  'Replicas',
]);

const REPLICA_PROPERTIES: ReadonlySet<string> = new Set([
  'Region',
  'SSESpecification',
  'PointInTimeRecoverySpecification',
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  'TableClass',
  'Tags',
  'GlobalSecondaryIndexes',
  'ReadProvisionedThroughputSettings',
  'ReadOnDemandThroughputSettings',
]);

const INDEX_PROPERTIES: ReadonlySet<string> = new Set([
  'IndexName',
  'KeySchema',
  'Projection',
  'ProvisionedThroughput',
  'OnDemandThroughput',
  'WarmThroughput',
  'ContributorInsightsSpecification',
  'WriteProvisionedThroughputSettings',
  'WriteOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
  'ReadOnDemandThroughputSettings',
]);

const VIEW_TYPES: readonly StreamViewType[] = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'];

function refuseUnknown(properties: Properties, known: ReadonlySet<string>, where: string): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value !== undefined && !known.has(name)) throw refused(`property ${name} of ${where}`);
  }
}

const refused = (what: string): AwsError => notEmulated('DynamoDB', what);

function replicaOf(properties: Properties, region: string): Properties {
  const replicas = list(properties.Replicas);
  const [replica] = replicas;
  if (replicas.length !== 1 || replica === undefined) throw refused(`a global table with ${replicas.length} replicas`);
  if (replica.Region !== region) throw refused(`a replica in ${String(replica.Region)}, away from ${region}`);
  refuseUnknown(replica, REPLICA_PROPERTIES, 'AWS::DynamoDB::GlobalTable Replicas');
  return replica;
}

function attributeTypes(definitions: unknown): ReadonlyMap<string, KeyType> {
  const types = new Map<string, KeyType>();
  for (const { AttributeName, AttributeType } of list(definitions)) {
    if (AttributeType !== 'S' && AttributeType !== 'N' && AttributeType !== 'B')
      throw invalidParameter(`AttributeType ${String(AttributeType)}`);
    types.set(String(AttributeName), AttributeType);
  }
  return types;
}

function keySchemaOf(schema: unknown, types: ReadonlyMap<string, KeyType>, where: string): KeySchema {
  const keys = list(schema);
  const hashes = keys.filter((key) => key.KeyType === 'HASH');
  const ranges = keys.filter((key) => key.KeyType === 'RANGE');
  if (hashes.length > 1 || ranges.length > 1) throw refused(`multi-attribute keys (${where})`);
  const [hash] = hashes;
  const [range] = ranges;
  if (hash === undefined) throw invalidParameter(`${where} has no HASH key`);
  const attribute = (key: Properties): KeyAttribute => {
    const name = String(key.AttributeName);
    const type = types.get(name);
    if (type === undefined) throw invalidParameter(`Some index key attributes are not defined in AttributeDefinitions. Keys: [${name}]`);
    return { name, type };
  };
  return { partitionKey: attribute(hash), sortKey: range && attribute(range) };
}

function indexOf(index: Properties, scope: 'global' | 'local', types: ReadonlyMap<string, KeyType>, table: KeySchema): IndexDefinition {
  refuseUnknown(index, INDEX_PROPERTIES, 'an index');
  const name = String(index.IndexName);
  const keys = keySchemaOf(index.KeySchema, types, name);
  if (scope === 'local' && keys.partitionKey.name !== table.partitionKey.name) {
    throw invalidParameter(`Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}`);
  }
  const given = record(index.Projection);
  const projectionType = textOr(given.ProjectionType, 'ALL');
  const included = projectionType === 'INCLUDE' ? (given.NonKeyAttributes as readonly string[]) : [];
  return {
    name,
    scope,
    ...keys,
    projected: projectionType === 'ALL' ? undefined : new Set([...indexKeyNames(keys, table), ...included]),
    projection:
      projectionType === 'INCLUDE' ? { ProjectionType: projectionType, NonKeyAttributes: included } : { ProjectionType: projectionType },
  };
}

function timeToLiveOf(specification: unknown): string | undefined {
  const { Enabled, AttributeName } = record(specification);
  return Enabled === true || Enabled === 'true' ? String(AttributeName) : undefined;
}

function streamViewOf(specification: unknown): StreamViewType | undefined {
  if (specification === undefined) return undefined;
  refuseUnknown(record(specification), new Set(['StreamViewType']), 'StreamSpecification');
  const viewType = VIEW_TYPES.find((candidate) => candidate === record(specification).StreamViewType);
  if (viewType === undefined) throw invalidParameter('StreamViewType must be one of KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES');
  return viewType;
}

/** The AWS managed key is open to every caller of the table, so only a customer's key matters here. */
function kmsKeyOf(table: unknown, where: unknown): string | undefined {
  const { SSEEnabled } = record(table);
  const { KMSMasterKeyId } = record(where);
  if (SSEEnabled === false || SSEEnabled === 'false' || KMSMasterKeyId === undefined) return undefined;
  const key = String(KMSMasterKeyId);
  return key.endsWith('alias/aws/dynamodb') ? undefined : key;
}

function list(value: unknown): readonly Properties[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalidParameter('a list was expected');
  return value as readonly Properties[];
}

const record = (value: unknown): Properties => (typeof value === 'object' && value !== null ? (value as Properties) : {});

const textOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);
