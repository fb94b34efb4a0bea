/**
 * The four ways to write, each checked as far as it can be without the item: what a single call and an action of a
 * transaction have in common.
 */
import { notEmulated } from '../../service.ts';
import { invalid, invalidParameter } from '../errors.ts';
import { Bindings, type ExpressionParameter } from '../expressions/bindings.ts';
import { checkCondition, pathsOf } from '../expressions/condition-check.ts';
import { holds } from '../expressions/evaluate.ts';
import type { Condition, Path, UpdateClause } from '../expressions/syntax.ts';
import { applyUpdate, checkUpdate } from '../expressions/update.ts';
import { type Attributes, attributeOf, readAttributes, typeOf } from '../items/attribute-value.ts';
import { MAXIMUM_ITEM_BYTES, sizeOfAttributes, sizeOfValue } from '../items/measure.ts';
import { type Key, keyOfItem, readKey } from '../keys.ts';
import { choice, type Request, refuseLegacy, requiredMap } from '../request.ts';
import type { Row, Table, Write } from '../table.ts';
import { keyAttributesOf, type TableDefinition } from '../table-definition.ts';

export interface PreparedWrite {
  readonly table: Table;
  readonly key: Key;
  /** Whether a failed condition shows the item it met. */
  readonly showsItem: boolean;
  /** Paths an update touches. */
  readonly paths: readonly Path[];
  meets(existing: Row | undefined): boolean;
  /** The change to the item as it is; `undefined` changes nothing. @throws ValidationException */
  change(existing: Row | undefined): Write | undefined;
}

export function preparePut(table: Table, request: Request): PreparedWrite {
  const prepared = prepare(table, request, ['ConditionExpression']);
  prepared.bindings.finish();
  const attributes = readAttributes(requiredMap(request.Item, 'item'));
  const sizeBytes = sizeOfAttributes(attributes);
  if (sizeBytes > MAXIMUM_ITEM_BYTES) throw invalid('Item size has exceeded the maximum allowed size');
  const key = keyOfItem(table.definition, attributes);
  return { ...prepared.common, key, paths: [], change: () => ({ kind: 'put', key, attributes, sizeBytes }) };
}

export function prepareDelete(table: Table, request: Request): PreparedWrite {
  const prepared = prepare(table, request, ['ConditionExpression']);
  prepared.bindings.finish();
  const { key } = readKey(table.definition, requiredMap(request.Key, 'key'));
  return { ...prepared.common, key, paths: [], change: (existing) => existing && { kind: 'delete', key, expired: false } };
}

export function prepareCheck(table: Table, request: Request): PreparedWrite {
  if (request.ConditionExpression === undefined) throw invalid('The expression can not be empty;');
  return { ...prepareDelete(table, request), change: () => undefined };
}

export function prepareUpdate(table: Table, request: Request): PreparedWrite {
  const { common, bindings } = prepare(table, request, ['UpdateExpression', 'ConditionExpression']);
  const clauses = bindings.update(request);
  bindings.finish();
  const { key, attributes: keyAttributes } = readKey(table.definition, requiredMap(request.Key, 'key'));
  if (clauses) {
    checkUpdate(clauses, bindings);
    refuseKeyUpdates(table.definition, clauses, bindings);
  }
  const paths = clauses?.map((clause) => bindings.pathOf(clause.path)) ?? [];
  const change = (existing: Row | undefined): Write => {
    const before = existing?.attributes ?? keyAttributes;
    const attributes = clauses ? applyUpdate(clauses, before, bindings) : before;
    refuseIndexKeys(table.definition, attributes);
    const sizeBytes = sizeAfter(existing, attributes, paths);
    if (sizeBytes > MAXIMUM_ITEM_BYTES) throw invalid('Item size to update has exceeded the maximum allowed size');
    return { kind: 'put', key, attributes, sizeBytes };
  };
  return { ...common, key, paths, change };
}

/** Paths into a key attribute: keys are scalars. @throws ValidationException */
export function refuseNestedKeyPaths(definition: TableDefinition, paths: readonly Path[]): void {
  for (const path of paths) {
    if (path.length === 1) continue;
    for (const key of keyAttributesOf(definition)) if (path[0] === key.name) throw nestedKey('Key', key.name);
    for (const index of definition.indexes) {
      for (const key of keyAttributesOf(index)) if (path[0] === key.name) throw nestedKey('IndexKey', key.name);
    }
  }
}

interface Prepared {
  readonly bindings: Bindings;
  readonly common: Pick<PreparedWrite, 'table' | 'showsItem' | 'meets'>;
}

function prepare(table: Table, request: Request, parameters: readonly ExpressionParameter[]): Prepared {
  refuseLegacy(request);
  refuseMetrics(table, request);
  const bindings = Bindings.of(request, parameters);
  const condition = bindings.condition(request, 'ConditionExpression');
  if (condition) {
    checkCondition(condition, bindings, 'ConditionExpression');
    refuseNestedKeyPaths(table.definition, pathsOf(condition, bindings));
  }
  const showsItem = choice(request, 'ReturnValuesOnConditionCheckFailure', ['ALL_OLD', 'NONE'], 'NONE') === 'ALL_OLD';
  return { bindings, common: { table, showsItem, meets: meeting(condition, bindings) } };
}

const NO_ATTRIBUTES: Attributes = {};

const meeting =
  (condition: Condition | undefined, bindings: Bindings) =>
  (existing: Row | undefined): boolean =>
    condition === undefined || holds(condition, existing?.attributes ?? NO_ATTRIBUTES, bindings);

/** Only local indexes have item collections to measure. */
function refuseMetrics(table: Table, request: Request): void {
  const wanted = choice(request, 'ReturnItemCollectionMetrics', ['SIZE', 'NONE'], 'NONE') === 'SIZE';
  if (wanted && table.definition.indexes.some((index) => index.scope === 'local')) {
    throw notEmulated('DynamoDB', 'ReturnItemCollectionMetrics on a table with local secondary indexes');
  }
}

function refuseKeyUpdates(definition: TableDefinition, clauses: readonly UpdateClause[], bindings: Bindings): void {
  const paths = clauses.map((clause) => bindings.pathOf(clause.path));
  for (const key of keyAttributesOf(definition)) {
    if (paths.some((path) => path[0] === key.name)) {
      throw invalidParameter(`Cannot update attribute ${key.name}. This attribute is part of the key`);
    }
  }
  for (const index of definition.indexes) {
    for (const key of keyAttributesOf(index)) {
      const clause = clauses.find((_, at) => paths[at]!.length === 1 && paths[at]![0] === key.name);
      const literal = clause?.kind === 'set' && clause.value.kind === 'value' ? bindings.value(clause.value.placeholder) : undefined;
      if (literal && literal[key.type] === undefined) {
        throw invalidParameter(
          `Type mismatch for Index Key ${key.name} Expected: ${key.type} Actual: ${typeOf(literal)} IndexName: ${index.name}`,
        );
      }
    }
  }
  refuseNestedKeyPaths(definition, paths);
}

function refuseIndexKeys(definition: TableDefinition, attributes: Attributes): void {
  for (const index of definition.indexes) {
    for (const key of keyAttributesOf(index)) {
      const value = attributeOf(attributes, key.name);
      if (value === undefined) continue;
      if (value[key.type] === undefined)
        throw invalid('The update expression attempted to update the secondary index key to unsupported type');
      if (value.S !== '' && value.B?.byteLength !== 0) continue;
      throw invalid(
        `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty ${key.type === 'S' ? 'string' : 'binary'} value.`,
      );
    }
  }
}

/** Only what the update touches is measured again. */
function sizeAfter(existing: Row | undefined, attributes: Attributes, paths: readonly Path[]): number {
  if (existing === undefined) return sizeOfAttributes(attributes);
  let bytes = existing.sizeBytes;
  for (const name of new Set(paths.map((path) => path[0] as string))) {
    const [before, after] = [attributeOf(existing.attributes, name), attributeOf(attributes, name)];
    if (before) bytes -= Buffer.byteLength(name) + sizeOfValue(before);
    if (after) bytes += Buffer.byteLength(name) + sizeOfValue(after);
  }
  return bytes;
}

const nestedKey = (kind: 'Key' | 'IndexKey', name: string): Error =>
  invalid(`Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${name}`);
