/** Key-condition expressions: the partition key equals a value, and at most one range over the sort key. */
import { invalid, invalidParameter } from '../errors.ts';
import { type AttributeValue, typeOf } from '../items/attribute-value.ts';
import { sortText } from '../items/ordering.ts';
import type { KeySchema } from '../table-definition.ts';
import type { Bindings } from './bindings.ts';
import { operandsOf } from './condition-check.ts';
import { compareScalars } from './evaluate.ts';
import type { Condition } from './syntax.ts';

/** Which sort keys a query wants, as ordered texts. */
interface SortRange {
  readonly low?: { readonly text: string; readonly inclusive: boolean };
  readonly high?: { readonly text: string; readonly inclusive: boolean };
  readonly prefix?: string;
}

export interface KeyRange {
  readonly partition: AttributeValue;
  readonly range: SortRange;
}

/** @throws ValidationException for anything that is no range of this key. */
export function keyRangeOf(condition: Condition, bindings: Bindings, keys: KeySchema): KeyRange {
  const parts = new Map<string, Part>();
  collect(condition, bindings, parts);
  const { partitionKey, sortKey } = keys;
  const partition = parts.get(partitionKey.name);
  if (parts.size > 2) throw invalid('Conditions can be of length 1 or 2 only');
  if (partition === undefined) throw invalid(`Query condition missed key schema element: ${partitionKey.name}`);
  if (partition.operator !== '=') throw invalid('Query key condition not supported');
  refuseOtherType(partition, partitionKey.type);
  if (parts.size === 1) return { partition: partition.values[0]!, range: {} };
  const sort = sortKey && parts.get(sortKey.name);
  if (sortKey === undefined) throw invalid('Query key condition not supported');
  if (sort === undefined) throw invalid(`Query condition missed key schema element: ${sortKey.name}`);
  refuseOtherType(sort, sortKey.type);
  return { partition: partition.values[0]!, range: rangeOf(sort) };
}

/** Where this sort key lies: before the range, in it, or behind it. */
export function placeInRange(range: SortRange, sort: string): 'before' | 'inside' | 'behind' {
  const { low, high, prefix } = range;
  if (low && (low.inclusive ? sort < low.text : sort <= low.text)) return 'before';
  if (high && (high.inclusive ? sort > high.text : sort >= high.text)) return 'behind';
  if (prefix === undefined || sort.startsWith(prefix)) return 'inside';
  return sort < prefix ? 'before' : 'behind';
}

interface Part {
  readonly operator: string;
  readonly values: readonly AttributeValue[];
}

const MIRRORED: Readonly<Record<string, string>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function collect(condition: Condition, bindings: Bindings, parts: Map<string, Part>): void {
  if (condition.kind === 'and') {
    collect(condition.left, bindings, parts);
    collect(condition.right, bindings, parts);
    return;
  }
  if (condition.kind === 'or' || condition.kind === 'not') throw unsupported(condition.kind.toUpperCase());
  const operator =
    condition.kind === 'compare' ? condition.comparator : condition.kind === 'function' ? condition.name : condition.kind.toUpperCase();
  if (operator === 'IN' || operator === '<>' || (condition.kind === 'function' && operator !== 'begins_with')) throw unsupported(operator);
  const operands = operandsOf(condition);
  if (operands.some((operand) => operand.kind === 'function')) throw invalid('KeyConditionExpressions cannot contain nested operations');
  const at = operands.findIndex((operand) => operand.kind === 'path');
  if (at === -1) throw invalid('Invalid condition in KeyConditionExpression: No key attribute specified');
  const values = operands.filter((operand) => operand.kind === 'value').map((operand) => bindings.value(operand.placeholder));
  if (values.length < operands.length - 1) {
    throw invalid('Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition');
  }
  if (at > 0 && condition.kind !== 'compare') {
    throw invalid(`Invalid condition in KeyConditionExpression: ${operator} operator must have the key attribute as its first operand`);
  }
  const operand = operands[at]!;
  const path = operand.kind === 'path' ? bindings.pathOf(operand.path) : [];
  if (path.length > 1) throw invalid('KeyConditionExpressions cannot have conditions on nested attributes');
  const name = path[0] as string;
  if (parts.has(name)) throw invalid('KeyConditionExpressions must only contain one condition per key');
  parts.set(name, { operator: at > 0 ? MIRRORED[operator]! : operator, values });
}

function rangeOf({ operator, values }: Part): SortRange {
  const [first, second] = values;
  const text = sortText(first!);
  switch (operator) {
    case '=':
      return { low: { text, inclusive: true }, high: { text, inclusive: true } };
    case '<':
    case '<=':
      return { high: { text, inclusive: operator === '<=' } };
    case '>':
    case '>=':
      return { low: { text, inclusive: operator === '>=' } };
    case 'BETWEEN':
      if (compareScalars(first!, second!)! > 0) {
        throw invalid('The BETWEEN condition was provided a range where the lower bound is greater than the upper bound');
      }
      return { low: { text, inclusive: true }, high: { text: sortText(second!), inclusive: true } };
    default:
      if (first!.N !== undefined) throw invalidParameter('ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type');
      return { prefix: text };
  }
}

function refuseOtherType(part: Part, type: string): void {
  if (part.values.some((value) => typeOf(value) !== type)) throw invalidParameter('Condition parameter type does not match schema type');
}

const unsupported = (operator: string): Error => invalid(`Invalid operator used in KeyConditionExpression: ${operator}`);
