/** What DynamoDB refuses in a condition before it looks at any item: operands that can never fit their operator. */

import { type AttributeValue, typeOf } from '../items/attribute-value.ts';
import type { KeyType } from '../items/ordering.ts';
import { type Bindings, type ExpressionParameter, invalidExpression } from './bindings.ts';
import { compareScalars } from './evaluate.ts';
import type { Condition, Operand, Path } from './syntax.ts';

/** Walks the condition with its values bound. @throws ValidationException */
export function checkCondition(condition: Condition, bindings: Bindings, parameter: ExpressionParameter): void {
  const problem = problemOf(condition, bindings);
  if (problem !== undefined) throw invalidExpression(parameter, problem);
}

/** Every path of the condition, placeholders replaced. */
export function pathsOf(condition: Condition, bindings: Bindings): Path[] {
  const paths: Path[] = [];
  const visit = (operand: Operand): void => {
    if (operand.kind === 'path') paths.push(bindings.pathOf(operand.path));
    else if (operand.kind === 'function') operand.operands.forEach(visit);
  };
  const walk = (node: Condition): void => {
    if (node.kind === 'and' || node.kind === 'or') [node.left, node.right].forEach(walk);
    else if (node.kind === 'not') walk(node.condition);
    else operandsOf(node).forEach(visit);
  };
  walk(condition);
  return paths;
}

export function operandsOf(condition: Exclude<Condition, { kind: 'and' | 'or' | 'not' }>): readonly Operand[] {
  switch (condition.kind) {
    case 'compare':
      return [condition.left, condition.right];
    case 'between':
      return [condition.operand, condition.low, condition.high];
    case 'in':
      return [condition.operand, ...condition.candidates];
    default:
      return condition.operands;
  }
}

const ORDERED: ReadonlySet<string> = new Set<KeyType>(['S', 'N', 'B']);
const TYPES: ReadonlySet<string> = new Set(['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M']);

function problemOf(condition: Condition, bindings: Bindings): string | undefined {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return problemOf(condition.left, bindings) ?? problemOf(condition.right, bindings);
    case 'not':
      return problemOf(condition.condition, bindings);
    case 'compare':
      return (
        sizeProblem([condition.left, condition.right], bindings) ??
        sameOperands(condition.comparator, [condition.left, condition.right], bindings) ??
        (condition.comparator === '=' || condition.comparator === '<>'
          ? undefined
          : unordered(condition.comparator, [condition.left, condition.right], bindings))
      );
    case 'between':
      return (
        sizeProblem(operandsOf(condition), bindings) ??
        unordered('BETWEEN', operandsOf(condition), bindings) ??
        boundsProblem(condition.low, condition.high, bindings)
      );
    case 'in':
      return sizeProblem(operandsOf(condition), bindings);
    case 'function':
      return functionProblem(condition.name, condition.operands, bindings);
  }
}

function functionProblem(name: string, operands: readonly Operand[], bindings: Bindings): string | undefined {
  const sized = sizeProblem(operands, bindings);
  if (sized !== undefined) return sized;
  const [first, second] = operands;
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      return first!.kind === 'path' ? undefined : `Operator or function requires a document path; operator or function: ${name}`;
    case 'begins_with': {
      const types = operands.map((operand) => literalType(operand, bindings));
      const wrong = types.find((type) => type !== undefined && type !== 'S' && type !== 'B');
      return wrong === undefined ? sameOperands(name, operands, bindings) : incorrectType(name, wrong);
    }
    case 'attribute_type': {
      const wanted = second!.kind === 'value' ? bindings.value(second!.placeholder) : undefined;
      if (wanted?.S === undefined) return incorrectType(name, wanted ? typeOf(wanted) : '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}');
      return TYPES.has(wanted.S)
        ? undefined
        : `Invalid attribute type name found; type: ${wanted.S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`;
    }
    default:
      return sameOperands(name, operands, bindings);
  }
}

function sizeProblem(operands: readonly Operand[], bindings: Bindings): string | undefined {
  for (const operand of operands) {
    if (operand.kind !== 'function') continue;
    const type = literalType(operand.operands[0]!, bindings);
    if (type === 'N' || type === 'BOOL' || type === 'NULL') return incorrectType('size', type);
  }
  return undefined;
}

function unordered(operator: string, operands: readonly Operand[], bindings: Bindings): string | undefined {
  for (const operand of operands) {
    const type = literalType(operand, bindings);
    if (type !== undefined && !ORDERED.has(type)) {
      return `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`;
    }
  }
  return undefined;
}

function boundsProblem(low: Operand, high: Operand, bindings: Bindings): string | undefined {
  if (low.kind !== 'value' || high.kind !== 'value') return undefined;
  const [lower, upper] = [bindings.value(low.placeholder), bindings.value(high.placeholder)];
  const bounds = `lower bound operand: AttributeValue: ${shown(lower)}, upper bound operand: AttributeValue: ${shown(upper)}`;
  if (typeOf(lower) !== typeOf(upper)) return `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`;
  return compareScalars(lower, upper)! > 0
    ? `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`
    : undefined;
}

function sameOperands(operator: string, operands: readonly Operand[], bindings: Bindings): string | undefined {
  const [left, right] = operands;
  if (left?.kind !== 'path' || right?.kind !== 'path') return undefined;
  const [first, second] = [bindings.pathOf(left.path), bindings.pathOf(right.path)];
  if (first.length !== second.length || first.some((step, index) => step !== second[index])) return undefined;
  return `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${shownPath(first)}`;
}

/** `[a, b, [0]]`, as DynamoDB shows a path. */
export const shownPath = (path: Path): string => `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;

const shown = (value: AttributeValue): string => {
  const type = typeOf(value);
  return `{${type}:${String(value[type])}}`;
};

const incorrectType = (name: string, type: string): string =>
  `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`;

const literalType = (operand: Operand, bindings: Bindings): string | undefined =>
  operand.kind === 'value' ? typeOf(bindings.value(operand.placeholder)) : undefined;
