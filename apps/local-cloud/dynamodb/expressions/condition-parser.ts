/**
 * Condition, filter and key-condition expressions. Binding from loose to tight: OR, AND, NOT, then comparisons,
 * BETWEEN, IN and functions; parentheses group, but doubled ones are refused, as DynamoDB refuses them.
 */
import { Cursor, ExpressionError } from './lexer.ts';
import type { Comparator, Condition, Operand, Parsed } from './syntax.ts';

/** How many operands each function takes. */
const CONDITION_FUNCTIONS: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};

/** @throws ExpressionError */
export function parseCondition(text: string): Parsed<Condition> {
  const cursor = new Cursor(text);
  return cursor.finish(either(cursor));
}

const COMPARATORS: readonly Comparator[] = ['=', '<>', '<=', '>=', '<', '>'];
const MAXIMUM_CANDIDATES = 100;

function either(cursor: Cursor): Condition {
  let left = both(cursor);
  while (cursor.takesKeyword('OR')) left = { kind: 'or', left, right: both(cursor) };
  return left;
}

function both(cursor: Cursor): Condition {
  let left = negated(cursor);
  while (cursor.takesKeyword('AND')) left = { kind: 'and', left, right: negated(cursor) };
  return left;
}

function negated(cursor: Cursor): Condition {
  if (cursor.takesKeyword('NOT')) return { kind: 'not', condition: negated(cursor) };
  if (cursor.peek().text === '(' && cursor.peek().kind === 'symbol') return grouped(cursor);
  return single(cursor);
}

function grouped(cursor: Cursor): Condition {
  cursor.expects('(');
  const condition = either(cursor);
  if (inParentheses.has(condition)) throw new ExpressionError('The expression has redundant parentheses;');
  cursor.expects(')');
  inParentheses.add(condition);
  return condition;
}

/** Conditions that stand in parentheses of their own already. */
const inParentheses = new WeakSet<Condition>();

function single(cursor: Cursor): Condition {
  const left = operand(cursor);
  for (const comparator of COMPARATORS) {
    if (cursor.takes(comparator)) return { kind: 'compare', comparator, left: plain(left), right: plain(operand(cursor)) };
  }
  if (cursor.takesKeyword('BETWEEN')) {
    const low = plain(operand(cursor));
    if (!cursor.takesKeyword('AND')) cursor.fail();
    return { kind: 'between', operand: plain(left), low, high: plain(operand(cursor)) };
  }
  if (cursor.takesKeyword('IN')) {
    const candidates = cursor.takeOperands(() => plain(operand(cursor)));
    if (candidates.length > MAXIMUM_CANDIDATES) {
      throw new ExpressionError(`The IN operator is provided with too many operands; number of operands: ${candidates.length}`);
    }
    return { kind: 'in', operand: plain(left), candidates };
  }
  if (left.kind !== 'function') return cursor.fail();
  if (left.name === 'size') throw misused('size');
  return left;
}

function operand(cursor: Cursor): Operand {
  if (cursor.nextIsValue()) return { kind: 'value', placeholder: cursor.takeValue() };
  if (!cursor.nextIsFunction()) return { kind: 'path', path: cursor.takePath() };
  const name = cursor.takeWord();
  const operands = cursor.takeOperands(() => plain(operand(cursor)));
  const expected = Object.hasOwn(CONDITION_FUNCTIONS, name) ? CONDITION_FUNCTIONS[name] : undefined;
  if (expected === undefined) throw new ExpressionError(`Invalid function name; function: ${name}`);
  if (operands.length !== expected) {
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  return { kind: 'function', name, operands };
}

/** Only `size` gives something to compare; the other functions are conditions. */
function plain(candidate: Operand): Operand {
  if (candidate.kind === 'function' && candidate.name !== 'size') throw misused(candidate.name);
  return candidate;
}

const misused = (name: string): ExpressionError =>
  new ExpressionError(`The function is not allowed to be used this way in an expression; function: ${name}`);
