/** Whether an item meets a condition. A comparison with something missing, or of another type, does not hold; `<>` then does. */
import { type Attributes, type AttributeValue, attributeOf, base64Of, membersOf, memberText, typeOf } from '../items/attribute-value.ts';
import { sameValue } from '../items/measure.ts';
import { compareNumbers } from '../items/numbers.ts';
import { sortText } from '../items/ordering.ts';
import type { Bindings } from './bindings.ts';
import type { Comparator, Condition, Operand, Path } from './syntax.ts';

/** `attributes` of an item that does not exist are empty. */
export function holds(condition: Condition, attributes: Attributes, bindings: Bindings): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, attributes, bindings) && holds(condition.right, attributes, bindings);
    case 'or':
      return holds(condition.left, attributes, bindings) || holds(condition.right, attributes, bindings);
    case 'not':
      return !holds(condition.condition, attributes, bindings);
    case 'compare':
      return compares(condition.comparator, resolve(condition.left, attributes, bindings), resolve(condition.right, attributes, bindings));
    case 'between': {
      const value = resolve(condition.operand, attributes, bindings);
      return (
        compares('>=', value, resolve(condition.low, attributes, bindings)) &&
        compares('<=', value, resolve(condition.high, attributes, bindings))
      );
    }
    case 'in': {
      const value = resolve(condition.operand, attributes, bindings);
      return condition.candidates.some((candidate) => compares('=', value, resolve(candidate, attributes, bindings)));
    }
    case 'function':
      return calls(condition.name, condition.operands, attributes, bindings);
  }
}

/** The value a path leads to, if it leads anywhere. */
export function valueAt(attributes: Attributes, path: Path, bindings: Bindings): AttributeValue | undefined {
  let value = attributeOf(attributes, bindings.nameOf(path[0] as string));
  for (let i = 1; i < path.length && value !== undefined; i++) {
    const step = path[i]!;
    if (typeof step === 'number') value = value.L?.[step];
    else value = value.M && attributeOf(value.M, bindings.nameOf(step));
  }
  return value;
}

/** Negative, zero or positive for two texts, numbers or binaries; `undefined` for what has no order among each other. */
export function compareScalars(left: AttributeValue, right: AttributeValue): number | undefined {
  if (left.N !== undefined) return right.N === undefined ? undefined : compareNumbers(left.N, right.N);
  if (left.S === undefined && left.B === undefined) return undefined;
  if ((left.S === undefined) !== (right.S === undefined) || (left.B === undefined) !== (right.B === undefined)) return undefined;
  const [first, second] = [sortText(left), sortText(right)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function resolve(operand: Operand, attributes: Attributes, bindings: Bindings): AttributeValue | undefined {
  if (operand.kind === 'path') return valueAt(attributes, operand.path, bindings);
  if (operand.kind === 'value') return bindings.value(operand.placeholder);
  const measured = resolve(operand.operands[0]!, attributes, bindings);
  const size = measured && countOf(measured);
  return size === undefined ? undefined : { N: String(size) };
}

/** What `size()` gives: characters, bytes or members. */
function countOf(value: AttributeValue): number | undefined {
  if (value.S !== undefined) return value.S.length;
  if (value.B) return value.B.byteLength;
  if (value.M) return Object.keys(value.M).length;
  return (value.L ?? membersOf(value))?.length;
}

function compares(comparator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) return comparator === '<>' && left !== right;
  if (comparator === '=') return sameValue(left, right);
  if (comparator === '<>') return !sameValue(left, right);
  const order = compareScalars(left, right);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function calls(name: string, operands: readonly Operand[], attributes: Attributes, bindings: Bindings): boolean {
  const first = resolve(operands[0]!, attributes, bindings);
  if (name === 'attribute_exists') return first !== undefined;
  if (name === 'attribute_not_exists') return first === undefined;
  const second = resolve(operands[1]!, attributes, bindings);
  if (first === undefined || second === undefined) return false;
  if (name === 'attribute_type') return typeOf(first) === second.S;
  return name === 'begins_with' ? beginsWith(first, second) : contains(first, second);
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined) return prefix.S !== undefined && value.S.startsWith(prefix.S);
  return value.B !== undefined && prefix.B !== undefined && sortText(value).startsWith(sortText(prefix));
}

function contains(value: AttributeValue, part: AttributeValue): boolean {
  if (value.L) return value.L.some((member) => sameValue(member, part));
  if (value.SS) return part.S !== undefined && value.SS.includes(part.S);
  if (value.NS) return part.N !== undefined && value.NS.includes(part.N);
  if (value.BS) return part.B !== undefined && value.BS.map(memberText).includes(base64Of(part.B));
  if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
  return value.B !== undefined && part.B !== undefined && sortText(value).includes(sortText(part));
}
