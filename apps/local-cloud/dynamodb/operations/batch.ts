/** BatchGetItem and BatchWriteItem: many single-item operations in one call, each on its own; all are checked before the first is done. */
import type { CallContext } from '../../service.ts';
import { addUsage, consumedCapacity, readUnits, readUsage, reportWanted, type Usage, writeUsage } from '../capacity.ts';
import { constraintFailed, invalid } from '../errors.ts';
import { project } from '../expressions/projection.ts';
import { type Attributes, copyAttributes } from '../items/attribute-value.ts';
import { readKey } from '../keys.ts';
import { flag, type Request, refuseLegacy, requiredList, requiredMap } from '../request.ts';
import type { Table, Write } from '../table.ts';
import type { Tables } from '../tables.ts';
import { prepareDelete, preparePut } from './prepare-write.ts';
import { projectionOf } from './single-item.ts';

const READS_MAXIMUM = 100;
const WRITES_MAXIMUM = 25;
const RESPONSE_BYTES_MAXIMUM = 16 * 1024 * 1024;
const DUPLICATES = 'Provided list of item keys contains duplicates';

export function batchGetItem(tables: Tables, request: Request, context: CallContext): object {
  const report = reportWanted(request);
  const requests = tableRequests(request).map(([tableName, given]) => {
    const keysAndAttributes = requiredMap(given, 'keysAndAttributes');
    const keys = requiredList(keysAndAttributes.Keys, 'keys');
    refuseLegacy(keysAndAttributes);
    return { tableName, keys, keysAndAttributes };
  });
  refuseCount(
    requests.reduce((count, { keys }) => count + keys.length, 0),
    READS_MAXIMUM,
    'BatchGetItem',
  );
  const reads = requests.map(({ tableName, keys, keysAndAttributes }) => {
    const table = tables.open(context, { action: 'BatchGetItem', tableName, keys });
    const wanted = keys.map((key) => readKey(table.definition, requiredMap(key, 'key')).key);
    if (new Set(wanted.map((key) => key.id)).size < wanted.length) throw invalid(DUPLICATES);
    return { tableName, table, given: keys, keysAndAttributes, wanted, tree: projectionOf(table, keysAndAttributes) };
  });
  const Responses: Record<string, object[]> = {};
  const UnprocessedKeys: Record<string, object> = {};
  const usages: Usage[] = [];
  let bytes = 0;
  for (const { tableName, table, given, keysAndAttributes, wanted, tree } of reads) {
    const consistent = flag(keysAndAttributes, 'ConsistentRead');
    const items: object[] = [];
    const unprocessed: unknown[] = [];
    let units = 0;
    wanted.forEach((key, at) => {
      const row = table.find(key);
      if (row && bytes + row.sizeBytes > RESPONSE_BYTES_MAXIMUM) {
        unprocessed.push(given[at]);
        return;
      }
      bytes += row?.sizeBytes ?? 0;
      units += readUnits(row?.sizeBytes ?? 0, consistent);
      if (row) items.push(copyAttributes(tree ? project(row.attributes, tree) : row.attributes));
    });
    Responses[tableName] = items;
    if (unprocessed.length > 0) UnprocessedKeys[tableName] = { ...keysAndAttributes, Keys: unprocessed };
    usages.push(readUsage(table, units));
  }
  return {
    Responses,
    UnprocessedKeys,
    ...(report !== 'NONE' && { ConsumedCapacity: usages.map((usage) => consumedCapacity(report, usage)) }),
  };
}

export function batchWriteItem(tables: Tables, request: Request, context: CallContext): object {
  const report = reportWanted(request);
  const requests = tableRequests(request).map(([tableName, given]) => ({
    tableName,
    writes: requiredList(given, 'writeRequests').map((write) => writeRequestOf(requiredMap(write, 'writeRequest'))),
  }));
  refuseCount(
    requests.reduce((count, { writes }) => count + writes.length, 0),
    WRITES_MAXIMUM,
    'BatchWriteItem',
  );
  const prepared = requests.map(({ tableName, writes }) => {
    const keys = writes.map(({ put, given }) => (put ? given.Item : given.Key));
    const table = tables.open(context, { action: 'BatchWriteItem', tableName, keys });
    const actions = writes.map(({ put, given }) => (put ? preparePut(table, given) : prepareDelete(table, given)));
    if (new Set(actions.map(({ key }) => key.id)).size < actions.length) throw invalid(DUPLICATES);
    return { table, actions };
  });
  const usages = prepared.map(({ table, actions }) => {
    const changes = actions.map((action) => ({
      change: action.change(table.find(action.key)),
      before: table.find(action.key)?.attributes,
    }));
    const writes = changes.map(({ change }) => change).filter((change) => change !== undefined);
    if (writes.length > 0) table.commit(writes);
    return report === 'NONE' ? undefined : usageOf(table, changes);
  });
  return {
    UnprocessedItems: {},
    ...(report !== 'NONE' && {
      ConsumedCapacity: usages.filter((usage) => usage !== undefined).map((usage) => consumedCapacity(report, usage)),
    }),
  };
}

interface Done {
  readonly change: Write | undefined;
  readonly before: Attributes | undefined;
}

function usageOf(table: Table, changes: readonly Done[]): Usage {
  return changes
    .map(({ change, before }) => writeUsage(table, before, change?.kind === 'put' ? change.attributes : undefined))
    .reduce(addUsage);
}

function tableRequests(request: Request): [string, unknown][] {
  const entries = Object.entries(requiredMap(request.RequestItems, 'requestItems'));
  if (entries.length === 0) {
    throw constraintFailed(request.RequestItems, 'requestItems', 'Member must have length greater than or equal to 1');
  }
  return entries;
}

function writeRequestOf(given: Request): { readonly put: boolean; readonly given: Request } {
  const present = Object.keys(given).filter((member) => given[member] !== undefined);
  if (present.length !== 1) {
    throw invalid('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes');
  }
  if (present[0] === 'PutRequest') return { put: true, given: { Item: requiredMap(given.PutRequest, 'putRequest').Item } };
  return { put: false, given: { Key: requiredMap(given.DeleteRequest, 'deleteRequest').Key } };
}

function refuseCount(count: number, maximum: number, operation: string): void {
  if (count === 0) throw constraintFailed(undefined, 'requestItems', 'Member must have length greater than or equal to 1');
  if (count > maximum) throw invalid(`Too many items requested for the ${operation} call`);
}
