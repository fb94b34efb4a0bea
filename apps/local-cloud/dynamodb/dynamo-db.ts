/**
 * The local cloud's DynamoDB: item operations, queries, transactions, streams and Time to Live over tables that the
 * templates declare. It answers within the call, one call after the other, so every read is consistent.
 */
import { AwsError, type AwsService, type CallContext, type CloudHost, notEmulated } from '../service.ts';
import { jsonProtocol } from '../wire/json.ts';
import { TABLE_TYPES, tableDefinitionOf } from './declaration.ts';
import { batchGetItem, batchWriteItem } from './operations/batch.ts';
import { describeTable, describeTimeToLive, listTables } from './operations/describe.ts';
import { query, scan } from './operations/query.ts';
import { deleteItem, getItem, putItem, updateItem } from './operations/single-item.ts';
import { transactGetItems, transactWriteItems } from './operations/transactions.ts';
import type { Request } from './request.ts';
import type { DynamoStreams } from './streams.ts';
import { Tables } from './tables.ts';

/** Bytes in values may be given as `Uint8Array` or as base64 text, so the plain JSON protocol carries them. */
export function createDynamoDb(host: CloudHost): AwsService & DynamoStreams {
  const tables = new Tables(host);
  const streamOf = (streamArn: string) => {
    const found = tables.withStream(streamArn);
    if (found === undefined)
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${streamArn} not found`);
    return found;
  };
  return {
    name: 'dynamodb',
    wire: jsonProtocol({ version: '1.0', targetPrefix: 'DynamoDB_20120810' }),
    resourceTypes: TABLE_TYPES,

    declare(resource) {
      const table = tables.declare(tableDefinitionOf(resource, host.region));
      const attributes: Record<string, string> = { Arn: table.arn };
      if (table.stream) attributes.StreamArn = table.stream.arn;
      return { ref: table.definition.tableName, attributes };
    },

    execute(operation: string, input: never, context: CallContext): unknown {
      const run = OPERATIONS.get(operation);
      if (run === undefined) throw notEmulated('DynamoDB', operation);
      return run(tables, input, context);
    },

    close: () => tables.close(),

    readStream(streamArn, afterSequenceNumber, limit) {
      const { table, stream } = streamOf(streamArn);
      table.expire();
      stream.trim(host.clock.now());
      return stream.read(afterSequenceNumber, limit);
    },

    latestSequenceNumber: (streamArn) => streamOf(streamArn).stream.latestSequenceNumber(),

    onStreamRecords: (streamArn, listener) => streamOf(streamArn).stream.listen(listener),
  };
}

const OPERATIONS: ReadonlyMap<string, (tables: Tables, request: Request, context: CallContext) => object> = new Map([
  ['GetItem', getItem],
  ['PutItem', putItem],
  ['UpdateItem', updateItem],
  ['DeleteItem', deleteItem],
  ['BatchGetItem', batchGetItem],
  ['BatchWriteItem', batchWriteItem],
  ['Query', query],
  ['Scan', scan],
  ['TransactWriteItems', transactWriteItems],
  ['TransactGetItems', transactGetItems],
  ['DescribeTable', describeTable],
  ['ListTables', listTables],
  ['DescribeTimeToLive', describeTimeToLive],
]);
