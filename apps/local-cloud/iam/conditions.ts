/**
 * The condition block of a policy statement. Every condition must hold; one condition holds when any of its values
 * matches (for negated operators: when none does). `…IfExists` holds for an absent key; `ForAllValues:` and
 * `ForAnyValue:` compare sets. An operator that is not done here is refused when the document is read.
 */
import { notEmulated } from '../service.ts';
import { type ContextKeys, pattern } from './pattern.ts';

export type Condition = (context: ContextKeys) => boolean;

type Matches = (actual: string, expected: string, context: ContextKeys) => boolean;
type Quantifier = 'ForAllValues' | 'ForAnyValue' | undefined;

interface Operator {
  readonly matches: Matches;
  /** `StringNotEquals` and its like hold when no expected value matches. */
  readonly negated?: boolean;
}

const equal: Matches = (actual, expected, context) => literal(expected, context) === actual;
const equalIgnoringCase: Matches = (actual, expected, context) => literal(expected, context)?.toLowerCase() === actual.toLowerCase();
const like: Matches = (actual, expected, context) => pattern(expected, 'exact-case').matches(actual, context);
/** Each of the six colon-separated parts of an ARN is matched by itself: `*` does not reach over a colon. */
const arnLike: Matches = (actual, expected, context) => {
  const actualParts = arnParts(actual);
  const expectedParts = arnParts(expected);
  return (
    actualParts.length === expectedParts.length &&
    actualParts.every((part, index) => pattern(expectedParts[index]!, 'exact-case').matches(part, context))
  );
};

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { matches: equal },
  StringNotEquals: { matches: equal, negated: true },
  StringEqualsIgnoreCase: { matches: equalIgnoringCase },
  StringNotEqualsIgnoreCase: { matches: equalIgnoringCase, negated: true },
  StringLike: { matches: like },
  StringNotLike: { matches: like, negated: true },
  ArnEquals: { matches: arnLike },
  ArnNotEquals: { matches: arnLike, negated: true },
  ArnLike: { matches: arnLike },
  ArnNotLike: { matches: arnLike, negated: true },
  Bool: { matches: equalIgnoringCase },
  NumericEquals: { matches: comparing(Number, (a, b) => a === b) },
  NumericNotEquals: { matches: comparing(Number, (a, b) => a === b), negated: true },
  NumericLessThan: { matches: comparing(Number, (a, b) => a < b) },
  NumericLessThanEquals: { matches: comparing(Number, (a, b) => a <= b) },
  NumericGreaterThan: { matches: comparing(Number, (a, b) => a > b) },
  NumericGreaterThanEquals: { matches: comparing(Number, (a, b) => a >= b) },
  DateEquals: { matches: comparing(epochMsOf, (a, b) => a === b) },
  DateNotEquals: { matches: comparing(epochMsOf, (a, b) => a === b), negated: true },
  DateLessThan: { matches: comparing(epochMsOf, (a, b) => a < b) },
  DateLessThanEquals: { matches: comparing(epochMsOf, (a, b) => a <= b) },
  DateGreaterThan: { matches: comparing(epochMsOf, (a, b) => a > b) },
  DateGreaterThanEquals: { matches: comparing(epochMsOf, (a, b) => a >= b) },
};

export function readConditions(block: unknown, statementId: string): Condition[] {
  const conditions: Condition[] = [];
  for (const [name, keys] of Object.entries((block ?? {}) as Record<string, Record<string, unknown>>)) {
    for (const [key, value] of Object.entries(keys)) {
      const expected = (Array.isArray(value) ? value : [value]).map(String);
      conditions.push(conditionOf(name, key, expected, statementId));
    }
  }
  return conditions;
}

function conditionOf(name: string, key: string, expected: readonly string[], statementId: string): Condition {
  if (name === 'Null') return (context) => expected.includes(String(context(key) === undefined));
  const [, quantifier, base, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(name)!;
  const operator = operators[base!];
  if (!operator) throw notEmulated('IAM', `condition operator "${name}" (statement ${statementId})`);
  return (context) => {
    const actual = context(key);
    if (actual === undefined && ifExists) return true;
    return compare(actual, expected, operator, quantifier as Quantifier, context);
  };
}

function compare(
  actual: readonly string[] | undefined,
  expected: readonly string[],
  operator: Operator,
  quantifier: Quantifier,
  context: ContextKeys,
): boolean {
  const holdsFor = (value: string): boolean =>
    expected.some((candidate) => operator.matches(value, candidate, context)) !== (operator.negated ?? false);
  if (quantifier === 'ForAllValues') return (actual ?? []).every(holdsFor);
  if (quantifier === 'ForAnyValue') return (actual ?? []).some(holdsFor);
  if (actual === undefined) return operator.negated ?? false;
  return operator.negated ? actual.every(holdsFor) : actual.some(holdsFor);
}

function comparing(read: (text: string) => number, holds: (actual: number, expected: number) => boolean): Matches {
  return (actual, expected) => holds(read(actual), read(expected));
}

/** Dates are written as ISO 8601 or as epoch seconds. */
function epochMsOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** The expected value with its policy variables put in; `undefined` when one has no value. */
function literal(expected: string, context: ContextKeys): string | undefined {
  let complete = true;
  const text = expected.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
    const value = /^[*?$]$/.test(name) ? name : context(name)?.[0];
    complete &&= value !== undefined;
    return value ?? '';
  });
  return complete ? text : undefined;
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
