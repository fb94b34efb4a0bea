/** What Query and Scan share: which list is walked, which part of an item is seen, how a page ends, and how the next one starts. */
import { consumedCapacity, type IndexCapacity, readUnits, reportWanted } from '../capacity.ts';
import { invalid, invalidParameter } from '../errors.ts';
import type { Bindings } from '../expressions/bindings.ts';
import { checkCondition, pathsOf } from '../expressions/condition-check.ts';
import { holds } from '../expressions/evaluate.ts';
import { type PathTree, project, treeOf } from '../expressions/projection.ts';
import type { Condition, Path } from '../expressions/syntax.ts';
import { refuseOverlaps } from '../expressions/update.ts';
import { type Attributes, attributeOf, copyAttributes, type MutableAttributes, setAttribute } from '../items/attribute-value.ts';
import { sizeOfAttributes } from '../items/measure.ts';
import { readKey } from '../keys.ts';
import { choice, flag, optionalText, type Request, requiredMap, wholeNumber } from '../request.ts';
import type { SortedList } from '../sorted-list.ts';
import type { FilledPlace, Place, SecondaryIndex, Table } from '../table.ts';
import { type IndexDefinition, indexKeyNames, type KeySchema, projectedBy } from '../table-definition.ts';
import { refuseNestedKeyPaths } from './prepare-write.ts';

/** A page ends with the item that reaches 1 MB. */
const PAGE_BYTES_MAXIMUM = 1024 * 1024;

/** The list a request walks: the table's own, or an index's. */
export interface Source {
  readonly table: Table;
  readonly keys: KeySchema;
  readonly index: IndexDefinition | undefined;
  readonly places: SortedList<FilledPlace>;
}

export interface PagePlan {
  readonly source: Source;
  readonly filter: Condition | undefined;
  readonly bindings: Bindings;
  readonly tree: PathTree | undefined;
  readonly countsOnly: boolean;
  /** Reads whole items through a local index. */
  readonly fetches: boolean;
  readonly limit: number | undefined;
}

export const findIndex = (table: Table, name: string): SecondaryIndex | undefined =>
  table.indexes.find(({ definition }) => definition.name === name);

/** @throws ValidationException for an unknown index, or a consistent read of a global one. */
export function sourceOf(table: Table, request: Request): Source {
  const indexName = optionalText(request, 'IndexName');
  const consistent = flag(request, 'ConsistentRead');
  if (indexName === undefined) return { table, keys: table.definition, index: undefined, places: table.rows };
  const index = findIndex(table, indexName);
  if (index === undefined) throw invalid(`The table does not have the specified index: ${indexName}`);
  if (consistent && index.definition.scope === 'global') throw invalid('Consistent reads are not supported on global secondary indexes');
  return { table, keys: index.definition, index: index.definition, places: index.places };
}

/** Everything about a page but its range. `bindings` still await their `finish`. @throws ValidationException */
export function planPage(source: Source, request: Request, bindings: Bindings): PagePlan {
  const filter = bindings.condition(request, 'FilterExpression');
  const paths = bindings.projection(request)?.map((path) => bindings.pathOf(path));
  bindings.finish();
  if (filter) {
    checkCondition(filter, bindings, 'FilterExpression');
    refuseNestedKeyPaths(source.table.definition, pathsOf(filter, bindings));
  }
  if (paths) {
    refuseOverlaps(paths, 'ProjectionExpression');
    refuseNestedKeyPaths(source.table.definition, paths);
  }
  const select = selectOf(request, source.index, paths);
  return {
    source,
    filter,
    bindings,
    tree: paths && treeOf(paths),
    countsOnly: select === 'COUNT',
    fetches: fetchesWholeItems(source.index, select, paths),
    limit: wholeNumber(request, 'Limit', 1),
  };
}

/** Walks until the page is full; `wants` says when the range ends or an item is passed over. */
export function readPage(
  plan: PagePlan,
  places: Iterable<FilledPlace>,
  wants: (place: FilledPlace) => 'take' | 'skip' | 'stop',
  request: Request,
): object {
  const { source, filter, bindings } = plan;
  const items: Attributes[] = [];
  let [scanned, count, bytes, fetchedUnits] = [0, 0, 0, 0];
  let last: FilledPlace | undefined;
  const consistent = flag(request, 'ConsistentRead');
  for (const place of places) {
    const verdict = wants(place);
    if (verdict === 'stop') break;
    if (verdict === 'skip') continue;
    const seen = source.index ? projectedBy(source.index, place.row.attributes) : place.row.attributes;
    const view = plan.fetches ? place.row.attributes : seen;
    scanned++;
    bytes += seen === place.row.attributes ? place.row.sizeBytes : sizeOfAttributes(seen);
    if (plan.fetches) fetchedUnits += readUnits(place.row.sizeBytes, consistent);
    if (filter === undefined || holds(filter, view, bindings)) {
      count++;
      if (!plan.countsOnly) items.push(copyAttributes(plan.tree ? project(view, plan.tree) : view));
    }
    if (scanned === plan.limit || bytes >= PAGE_BYTES_MAXIMUM) {
      last = place;
      break;
    }
  }
  return {
    ...(!plan.countsOnly && { Items: items }),
    Count: count,
    ScannedCount: scanned,
    ...(last && { LastEvaluatedKey: lastKey(source, last.row.attributes) }),
    ...capacityOf(source, request, readUnits(bytes, consistent), fetchedUnits),
  };
}

/** The place a page starts behind. @throws ValidationException */
export function startPlace(source: Source, request: Request): Place | undefined {
  if (request.ExclusiveStartKey === undefined || request.ExclusiveStartKey === null) return undefined;
  const given = requiredMap(request.ExclusiveStartKey, 'exclusiveStartKey');
  const names = indexKeyNames(source.keys, source.table.definition);
  if (Object.keys(given).length !== names.length || names.some((name) => given[name] === undefined)) {
    throw invalid(`The provided starting key is invalid${source.index ? '' : ': The provided key element does not match the schema'}`);
  }
  const row = partOfStart(source.table.definition, given);
  const { partition, sort } = source.index ? partOfStart(source.keys, given) : row;
  return { partition, sort, row };
}

function partOfStart(keys: KeySchema, given: Request): { readonly partition: string; readonly sort: string } {
  const part = Object.fromEntries([keys.partitionKey, keys.sortKey].flatMap((key) => (key ? [[key.name, given[key.name]]] : [])));
  try {
    return readKey(keys, part).key;
  } catch (error) {
    throw error instanceof Error ? invalid(`The provided starting key is invalid: ${error.message}`) : error;
  }
}

function lastKey({ keys, table }: Source, attributes: Attributes): Attributes {
  const key: MutableAttributes = {};
  for (const name of indexKeyNames(keys, table.definition)) setAttribute(key, name, attributeOf(attributes, name)!);
  return copyAttributes(key);
}

type Select = 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES' | 'SPECIFIC_ATTRIBUTES' | 'COUNT';

function selectOf(request: Request, index: IndexDefinition | undefined, paths: readonly Path[] | undefined): Select {
  const usual = paths ? 'SPECIFIC_ATTRIBUTES' : index ? 'ALL_PROJECTED_ATTRIBUTES' : 'ALL_ATTRIBUTES';
  const select = choice<Select>(request, 'Select', ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'], usual);
  if (paths && select !== 'SPECIFIC_ATTRIBUTES') {
    throw invalid(`Cannot specify the ProjectionExpression when choosing to get ${select === 'COUNT' ? 'only the Count' : select}`);
  }
  if (!paths && select === 'SPECIFIC_ATTRIBUTES') {
    throw invalid('Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && index === undefined) {
    throw invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  return select;
}

/** A local index reaches its table for what it does not hold; a global one cannot. @throws ValidationException */
function fetchesWholeItems(index: IndexDefinition | undefined, select: Select, paths: readonly Path[] | undefined): boolean {
  if (index?.projected === undefined) return false;
  const missing = paths?.filter((path) => !index.projected!.has(path[0] as string)).map((path) => path[0]) ?? [];
  if (select !== 'ALL_ATTRIBUTES' && missing.length === 0) return false;
  if (index.scope === 'local') return true;
  throw invalidParameter(
    select === 'ALL_ATTRIBUTES'
      ? `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`
      : `Global secondary index ${index.name} does not project [${missing.join(', ')}]`,
  );
}

function capacityOf({ table, index }: Source, request: Request, units: number, fetchedUnits: number): object {
  const report = reportWanted(request);
  if (report === 'NONE') return {};
  const indexes: IndexCapacity[] = index ? [{ name: index.name, scope: index.scope, units }] : [];
  const usage = { tableName: table.definition.tableName, units: index ? fetchedUnits : units, indexes };
  return { ConsumedCapacity: consumedCapacity(report, usage) };
}
