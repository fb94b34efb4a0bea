/** DescribeTable, ListTables and DescribeTimeToLive: what is declared, as the API shows it. */
import type { CallContext } from '../../service.ts';
import { sizeOfAttributes } from '../items/measure.ts';
import { optionalText, type Request, wholeNumber } from '../request.ts';
import type { SecondaryIndex, Table } from '../table.ts';
import { type KeySchema, keyAttributesOf, projectedBy } from '../table-definition.ts';
import type { Tables } from '../tables.ts';

export function describeTable(tables: Tables, request: Request, context: CallContext): object {
  return { Table: tableDescription(tables.describe(context, 'DescribeTable', request.TableName)) };
}

export function listTables(tables: Tables, request: Request, context: CallContext): object {
  context.authorize({ action: 'dynamodb:ListTables', resource: '*' });
  const limit = wholeNumber(request, 'Limit', 1) ?? LISTED_MAXIMUM;
  const after = optionalText(request, 'ExclusiveStartTableName') ?? '';
  const names = [...tables]
    .map((table) => table.definition.tableName)
    .filter((name) => name > after)
    .sort();
  const TableNames = names.slice(0, limit);
  return { TableNames, ...(names.length > limit && { LastEvaluatedTableName: TableNames.at(-1) }) };
}

export function describeTimeToLive(tables: Tables, request: Request, context: CallContext): object {
  const { timeToLiveAttribute } = tables.describe(context, 'DescribeTimeToLive', request.TableName).definition;
  return {
    TimeToLiveDescription:
      timeToLiveAttribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLiveAttribute },
  };
}

const LISTED_MAXIMUM = 100;

function tableDescription(table: Table): object {
  const { definition, stream } = table;
  const attributes = new Map([definition, ...definition.indexes].flatMap(keyAttributesOf).map((key) => [key.name, key.type]));
  const indexes = (scope: 'global' | 'local'): object[] =>
    table.indexes.filter((index) => index.definition.scope === scope).map((index) => indexDescription(table, index));
  const [global, local] = [indexes('global'), indexes('local')];
  return {
    TableName: definition.tableName,
    TableArn: table.arn,
    TableStatus: 'ACTIVE',
    CreationDateTime: new Date(table.createdAt),
    KeySchema: keySchema(definition),
    AttributeDefinitions: [...attributes].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    ItemCount: table.rows.size,
    TableSizeBytes: table.sizeBytes,
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(stream && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: definition.streamViewType },
      LatestStreamArn: stream.arn,
      LatestStreamLabel: stream.arn.slice(stream.arn.lastIndexOf('/') + 1),
    }),
    ...(definition.kmsKeyArn !== undefined && {
      SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: definition.kmsKeyArn },
    }),
  };
}

function indexDescription(table: Table, { definition, places }: SecondaryIndex): object {
  let bytes = 0;
  for (const place of places) bytes += sizeOfAttributes(projectedBy(definition, place.row.attributes));
  return {
    IndexName: definition.name,
    IndexArn: `${table.arn}/index/${definition.name}`,
    ...(definition.scope === 'global' && { IndexStatus: 'ACTIVE' }),
    KeySchema: keySchema(definition),
    Projection: definition.projection,
    ItemCount: places.size,
    IndexSizeBytes: bytes,
  };
}

const keySchema = ({ partitionKey, sortKey }: KeySchema): object[] => [
  { AttributeName: partitionKey.name, KeyType: 'HASH' },
  ...(sortKey ? [{ AttributeName: sortKey.name, KeyType: 'RANGE' }] : []),
];
