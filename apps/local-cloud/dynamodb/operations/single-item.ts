/** GetItem, PutItem, UpdateItem and DeleteItem. */
import type { CallContext } from '../../service.ts';
import { consumedCapacity, readUnits, readUsage, reportWanted, writeUsage } from '../capacity.ts';
import { conditionFailed, invalid } from '../errors.ts';
import { Bindings } from '../expressions/bindings.ts';
import { type PathTree, project, treeOf } from '../expressions/projection.ts';
import { refuseOverlaps } from '../expressions/update.ts';
import { type Attributes, copyAttributes } from '../items/attribute-value.ts';
import { readKey } from '../keys.ts';
import { choice, flag, type Request, refuseLegacy, requiredMap } from '../request.ts';
import type { Table } from '../table.ts';
import type { Tables } from '../tables.ts';
import { type PreparedWrite, prepareDelete, preparePut, prepareUpdate, refuseNestedKeyPaths } from './prepare-write.ts';

export function getItem(tables: Tables, request: Request, context: CallContext): object {
  const table = tables.open(context, { action: 'GetItem', tableName: request.TableName, keys: [request.Key] });
  const report = reportWanted(request);
  const found = readItem(table, request);
  const item = found.item && { Item: found.item };
  if (report === 'NONE') return { ...item };
  const units = readUnits(found.sizeBytes, flag(request, 'ConsistentRead'));
  return { ...item, ConsumedCapacity: consumedCapacity(report, readUsage(table, units)) };
}

/** What one key finds; the caller may keep and change it. Shared by GetItem and TransactGetItems. */
export function readItem(table: Table, request: Request): { readonly item: Attributes | undefined; readonly sizeBytes: number } {
  refuseLegacy(request);
  const tree = projectionOf(table, request);
  const { key } = readKey(table.definition, requiredMap(request.Key, 'key'));
  const row = table.find(key);
  return { item: row && copyAttributes(tree ? project(row.attributes, tree) : row.attributes), sizeBytes: row?.sizeBytes ?? 0 };
}

/** The parts a projection asks for, when it is the request's only expression. @throws ValidationException */
export function projectionOf(table: Table, request: Request): PathTree | undefined {
  const bindings = Bindings.of(request, ['ProjectionExpression']);
  const paths = bindings.projection(request)?.map((path) => bindings.pathOf(path));
  bindings.finish();
  if (paths === undefined) return undefined;
  refuseOverlaps(paths, 'ProjectionExpression');
  refuseNestedKeyPaths(table.definition, paths);
  return treeOf(paths);
}

export function putItem(tables: Tables, request: Request, context: CallContext): object {
  const table = tables.open(context, { action: 'PutItem', tableName: request.TableName, keys: [request.Item] });
  return write(preparePut(table, request), request);
}

export function deleteItem(tables: Tables, request: Request, context: CallContext): object {
  const table = tables.open(context, { action: 'DeleteItem', tableName: request.TableName, keys: [request.Key] });
  return write(prepareDelete(table, request), request);
}

export function updateItem(tables: Tables, request: Request, context: CallContext): object {
  const table = tables.open(context, { action: 'UpdateItem', tableName: request.TableName, keys: [request.Key] });
  const returned = returnValuesOf(request);
  const prepared = prepareUpdate(table, request);
  const { before, after } = carryOut(prepared);
  const image = returned.endsWith('OLD') ? before : returned.endsWith('NEW') ? after : undefined;
  const shown = image && (returned.startsWith('UPDATED') ? project(image, treeOf(prepared.paths)) : image);
  return response(request, prepared, before, after, shown && Object.keys(shown).length > 0 ? shown : undefined);
}

function write(prepared: PreparedWrite, request: Request): object {
  const returned = returnValuesOf(request);
  if (returned !== 'NONE' && returned !== 'ALL_OLD') throw invalid('ReturnValues can only be ALL_OLD or NONE');
  const { before, after } = carryOut(prepared);
  return response(request, prepared, before, after, returned === 'ALL_OLD' ? before : undefined);
}

const returnValuesOf = (request: Request): (typeof RETURN_VALUES)[number] => choice(request, 'ReturnValues', RETURN_VALUES, 'NONE');

const RETURN_VALUES = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'] as const;

interface Images {
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
}

function carryOut(prepared: PreparedWrite): Images {
  const { table, key } = prepared;
  const row = table.find(key);
  const before = row?.attributes;
  if (!prepared.meets(row)) throw conditionFailed(prepared.showsItem && before ? copyAttributes(before) : undefined);
  const change = prepared.change(row);
  if (change) table.commit([change]);
  return { before, after: change?.kind === 'put' ? change.attributes : undefined };
}

function response(
  request: Request,
  { table }: PreparedWrite,
  before: Attributes | undefined,
  after: Attributes | undefined,
  shown: Attributes | undefined,
): object {
  const report = reportWanted(request);
  return {
    ...(shown && { Attributes: copyAttributes(shown) }),
    ...(report !== 'NONE' && { ConsumedCapacity: consumedCapacity(report, writeUsage(table, before, after)) }),
  };
}
