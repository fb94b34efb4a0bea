/** Rules for single fields of a definition: which are known, which must be numbers, and what an expression may use. */
import jsonata from 'jsonata';
import { isObject } from '../asl.ts';
import { expressionOf, forEachString, isExpression, isTornExpression } from '../expressions.ts';

/** Collects problems. `outerVariables` are those that enclosing scopes assign. */
export interface Check {
  say(where: string, problem: string): void;
  readonly outerVariables: ReadonlySet<string>;
  checkBlock(block: Readonly<Record<string, unknown>>, where: string, check: Check): void;
}

type Members = Readonly<Record<string, unknown>>;

const JSONPATH_FIELDS = /^(InputPath|OutputPath|ResultPath|Parameters|ResultSelector|Result|ItemsPath|Variable|\w+Path)$/;

export function checkFields(members: Members, known: readonly string[], where: string, check: Check): void {
  for (const field of Object.keys(members)) {
    if (known.includes(field)) continue;
    check.say(
      where,
      JSONPATH_FIELDS.test(field) ? `field ${field} belongs to JSONPath; only JSONata is emulated` : `field ${field} is unknown here`,
    );
  }
}

export const isCount = (value: unknown, atLeast: number): boolean => Number.isInteger(value) && (value as number) >= atLeast;

/** A number of at least that, or an expression that will give one. */
export function checkNumber(members: Members, field: string, atLeast: number, where: string, check: Check): void {
  const value = members[field];
  if (value === undefined || isCount(value, atLeast) || (typeof value === 'string' && isExpression(value))) return;
  check.say(where, `field ${field} must be a whole number of at least ${atLeast} or a JSONata expression`);
}

/** Names a state assigns, in its own Assign and in those of its rules and catchers. */
export function assignedNames(state: unknown): string[] {
  if (!isObject(state)) return [];
  const parts: unknown[] = [state];
  for (const field of ['Catch', 'Choices']) if (Array.isArray(state[field])) parts.push(...(state[field] as unknown[]));
  return parts.flatMap((part) => (isObject(part) && isObject(part.Assign) ? Object.keys(part.Assign) : []));
}

export function checkAssign(assign: unknown, where: string, check: Check): void {
  if (assign === undefined) return;
  if (!isObject(assign)) {
    check.say(where, 'field Assign must be a JSON object of variables');
    return;
  }
  for (const name of Object.keys(assign)) {
    if (name === 'states') check.say(where, 'field Assign cannot set the reserved variable "states"');
    else if (!/^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u.test(name))
      check.say(where, `field Assign names a variable "${name}" that is no identifier of at most 80 characters`);
  }
}

/** Fields whose strings belong to states further in, and are checked there. */
const NESTED_BLOCKS = new Set(['ItemProcessor', 'Branches']);

export function checkExpressions(state: Members, where: string, check: Check): void {
  for (const [field, value] of Object.entries(state)) {
    if (NESTED_BLOCKS.has(field) || field === 'Comment') continue;
    forEachString(value, field, (text, at) => {
      if (at.endsWith('/Comment')) return;
      if (isTornExpression(text)) check.say(where, `field ${at} opens or closes an expression without doing both`);
      else if (isExpression(text)) checkExpression(expressionOf(text), at, String(state.Type), where, check);
    });
  }
}

const HAS_RESULT = new Set(['Task', 'Map', 'Parallel']);

function checkExpression(text: string, field: string, type: string, where: string, check: Check): void {
  try {
    jsonata(text);
  } catch (error) {
    check.say(where, `field ${field} holds an expression that JSONata cannot read: ${(error as { message?: string }).message}`);
    return;
  }
  if (/\$eval\s*\(/.test(text)) check.say(where, `field ${field} uses $eval, which Step Functions does not have; use $parse`);
  const inCatch = field.startsWith('Catch[');
  const mayUseResult = HAS_RESULT.has(type) && /^(Assign|Output)(\/|\[|$)/.test(field);
  if (/\$states\.result\b/.test(text) && !mayUseResult)
    check.say(where, `field ${field} uses $states.result, which is not available there`);
  if (/\$states\.errorOutput\b/.test(text) && !inCatch) check.say(where, `field ${field} uses $states.errorOutput, which only Catch has`);
}
