/** Update expressions: SET, REMOVE, ADD and DELETE sections, each at most once, in any order. */
import { Cursor, ExpressionError } from './lexer.ts';
import type { Computed, Operand, Parsed, UpdateClause } from './syntax.ts';

/** @throws ExpressionError */
export function parseUpdate(text: string): Parsed<readonly UpdateClause[]> {
  const cursor = new Cursor(text);
  const clauses: UpdateClause[] = [];
  const sections = new Set<string>();
  do {
    const section = Object.keys(SECTIONS).find((name) => cursor.takesKeyword(name));
    if (section === undefined) return cursor.fail();
    if (sections.has(section)) throw new ExpressionError(`The "${section}" section can only be used once in an update expression;`);
    sections.add(section);
    const clause = SECTIONS[section as keyof typeof SECTIONS];
    do clauses.push(clause(cursor));
    while (cursor.takes(','));
  } while (cursor.peek().kind !== 'end');
  return cursor.finish(clauses);
}

const SECTIONS = {
  SET: (cursor: Cursor): UpdateClause => {
    const path = cursor.takePath();
    cursor.expects('=');
    return { kind: 'set', path, value: computed(cursor) };
  },
  REMOVE: (cursor: Cursor): UpdateClause => ({ kind: 'remove', path: cursor.takePath() }),
  ADD: (cursor: Cursor): UpdateClause => ({ kind: 'add', path: cursor.takePath(), placeholder: cursor.takeValue() }),
  DELETE: (cursor: Cursor): UpdateClause => ({ kind: 'delete', path: cursor.takePath(), placeholder: cursor.takeValue() }),
} as const;

function computed(cursor: Cursor): Computed {
  const left = term(cursor);
  if (cursor.takes('+')) return { kind: 'sum', left, right: term(cursor) };
  if (cursor.takes('-')) return { kind: 'difference', left, right: term(cursor) };
  return left;
}

function term(cursor: Cursor): Computed {
  if (!cursor.takes('(')) return operand(cursor);
  const inner = computed(cursor);
  cursor.expects(')');
  return inner;
}

function operand(cursor: Cursor): Operand {
  if (cursor.nextIsValue()) return { kind: 'value', placeholder: cursor.takeValue() };
  if (!cursor.nextIsFunction()) return { kind: 'path', path: cursor.takePath() };
  const name = cursor.takeWord();
  const operands = cursor.takeOperands(() => operand(cursor));
  if (name !== 'if_not_exists' && name !== 'list_append') throw new ExpressionError(`Invalid function name; function: ${name}`);
  if (operands.length !== 2) {
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  if (name === 'if_not_exists' && operands[0]!.kind !== 'path') {
    throw new ExpressionError(`Operator or function requires a document path; operator or function: ${name}`);
  }
  return { kind: 'function', name, operands };
}
