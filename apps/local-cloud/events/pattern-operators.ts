/**
 * The tests a pattern's leaf may hold: exact values and the comparison operators of the EventBridge user guide
 * ("Comparison operators for use in event patterns"). Each compiles to a function of one event value.
 * `anything-but` is the plain negation of its operand, so it passes for values of any other type too, as in AWS.
 */
import { BlockList, isIP } from 'node:net';

export type EventLeaf = string | number | boolean | null;
export type ValueTest = (value: EventLeaf) => boolean;
type Refuse = (reason: string) => Error;

export interface CompiledTests {
  readonly tests: readonly ValueTest[];
  /** One of the alternatives is `exists: false`. */
  readonly mayBeAbsent: boolean;
}

/** Numbers outside this range are no operands, and no event value beyond it compares. */
const NUMERIC_MAX = 5e9;

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function compileValueTests(values: readonly unknown[], refuse: Refuse): CompiledTests {
  if (values.length === 0) throw refuse('Empty arrays are not allowed');
  const exact = new Set<EventLeaf>();
  const tests: ValueTest[] = [];
  let mayBeAbsent = false;
  for (const value of values) {
    if (Array.isArray(value)) throw refuse('Match value must be String, number, true, false, or null');
    if (!isPlainObject(value)) {
      exact.add(value as EventLeaf);
      continue;
    }
    const [name, operand] = onlyEntry(value, refuse);
    if (name === 'exists' && operand === false) mayBeAbsent = true;
    else tests.push(compileOperator(name, operand, refuse));
  }
  if (exact.size > 0) tests.unshift((value) => exact.has(value));
  return { tests, mayBeAbsent };
}

const operators: Readonly<Record<string, (operand: unknown, refuse: Refuse) => ValueTest>> = {
  prefix: affixTest('prefix', (text, affix) => text.startsWith(affix)),
  suffix: affixTest('suffix', (text, affix) => text.endsWith(affix)),
  'equals-ignore-case': (operand, refuse) => {
    const wanted = textOperand('equals-ignore-case', operand, refuse).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
  },
  wildcard: (operand, refuse) => wildcardTest(textOperand('wildcard', operand, refuse), refuse),
  numeric: (operand, refuse) => numericTest(operand, refuse),
  cidr: (operand, refuse) => cidrTest(textOperand('cidr', operand, refuse), refuse),
  exists: (operand, refuse) => {
    if (operand !== true) throw refuse('exists match pattern must be either true or false.');
    return () => true;
  },
  'anything-but': (operand, refuse) => {
    const matchesOperand = anythingButOperand(operand, refuse);
    return (value) => !matchesOperand(value);
  },
};

/** Names that cannot be fields directly below `$or`. */
export const reservedOperators: ReadonlySet<string> = new Set([...Object.keys(operators), 'exactly']);

function compileOperator(name: string, operand: unknown, refuse: Refuse): ValueTest {
  const compile = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!compile) throw refuse(`Unrecognized match type ${name}`);
  return compile(operand, refuse);
}

function onlyEntry(expression: Record<string, unknown>, refuse: Refuse): [string, unknown] {
  const entries = Object.entries(expression);
  if (entries.length === 0) throw refuse('Match expression name not found');
  if (entries.length > 1) throw refuse('Only one key allowed in match expression');
  return entries[0]!;
}

function textOperand(name: string, operand: unknown, refuse: Refuse): string {
  if (typeof operand !== 'string') throw refuse(`${name} match pattern must be a string`);
  return operand;
}

function affixTest(name: string, holds: (text: string, affix: string) => boolean) {
  return (operand: unknown, refuse: Refuse): ValueTest => {
    if (isPlainObject(operand)) {
      const [inner, innerOperand] = onlyEntry(operand, refuse);
      if (inner !== 'equals-ignore-case') throw refuse(`Unsupported ${name} pattern: ${inner}`);
      const wanted = textOperand(inner, innerOperand, refuse).toLowerCase();
      return (value) => typeof value === 'string' && holds(value.toLowerCase(), wanted);
    }
    const affix = textOperand(name, operand, refuse);
    return (value) => typeof value === 'string' && holds(value, affix);
  };
}

function anythingButOperand(operand: unknown, refuse: Refuse): ValueTest {
  if (isPlainObject(operand)) {
    const [name, inner] = onlyEntry(operand, refuse);
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name)) throw refuse(`Unsupported anything-but pattern: ${name}`);
    const operands = Array.isArray(inner) ? inner : [inner];
    if (operands.length === 0) throw refuse('Empty arrays are not allowed');
    if (operands.some((each) => typeof each !== 'string')) throw refuse(`${name} match pattern must be a string`);
    if (name !== 'equals-ignore-case' && operands.includes('')) throw refuse('Null prefix/suffix not allowed');
    const tests = operands.map((each) => compileOperator(name, each, refuse));
    return (value) => tests.some((test) => test(value));
  }
  const values = Array.isArray(operand) ? operand : [operand];
  const allText = values.every((value) => typeof value === 'string');
  const allNumbers = values.every((value) => typeof value === 'number');
  if (values.length === 0 || !(allText || allNumbers)) {
    throw refuse('Inside anything but list, either all values are number or string, mixed type is not supported');
  }
  const excluded = new Set<EventLeaf>(values as EventLeaf[]);
  return (value) => excluded.has(value);
}

/** Literal pieces between asterisks are looked for left to right, which never backtracks. */
function wildcardTest(pattern: string, refuse: Refuse): ValueTest {
  const pieces = wildcardPieces(pattern, refuse);
  const first = pieces[0]!;
  if (pieces.length === 1) return (value) => value === first;
  const last = pieces[pieces.length - 1]!;
  const middle = pieces.slice(1, -1);
  return (value) => {
    if (typeof value !== 'string' || value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last))
      return false;
    let position = first.length;
    const end = value.length - last.length;
    for (const piece of middle) {
      const found = value.indexOf(piece, position);
      if (found === -1 || found + piece.length > end) return false;
      position = found + piece.length;
    }
    return position <= end;
  };
}

function wildcardPieces(pattern: string, refuse: Refuse): string[] {
  const pieces = [''];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '*') {
      if (pattern[i + 1] === '*') throw refuse(`Consecutive wildcard characters at pos ${i}`);
      pieces.push('');
    } else if (char === '\\') {
      const escaped = pattern[++i];
      if (escaped !== '*' && escaped !== '\\') throw refuse(`Invalid escape character at pos ${i - 1}`);
      pieces[pieces.length - 1] += escaped;
    } else {
      pieces[pieces.length - 1] += char;
    }
  }
  return pieces;
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numericTest(operand: unknown, refuse: Refuse): ValueTest {
  if (!Array.isArray(operand)) throw refuse('Value of numeric must be an array.');
  if (operand.length === 0) throw refuse('Invalid member in numeric match: ]');
  const terms: ((value: number) => boolean)[] = [];
  const names: string[] = [];
  for (let i = 0; i < operand.length; i += 2) {
    const [name, bound] = [operand[i] as unknown, operand[i + 1] as unknown];
    const compare = typeof name === 'string' && Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
    if (!compare) throw refuse(`Unrecognized numeric range operator: ${String(name)}`);
    if (typeof bound !== 'number') throw refuse(`Value of ${String(name)} must be numeric`);
    if (Math.abs(bound) > NUMERIC_MAX) throw refuse('Value must be between -5.0E9 and 5.0E9, inclusive');
    terms.push((value) => compare(value, bound));
    names.push(name as string);
  }
  if (names.length > 2) throw refuse('Too many terms in numeric range expression');
  if (names.length === 2) {
    if (!names[0]!.startsWith('>')) throw refuse('Too many elements in numeric expression');
    if (!names[1]!.startsWith('<')) throw refuse(`Bad numeric range operator: ${names[1]}`);
    if ((operand[1] as number) >= (operand[3] as number)) throw refuse('Bottom must be less than top');
  }
  return (value) => typeof value === 'number' && Math.abs(value) <= NUMERIC_MAX && terms.every((term) => term(value));
}

function cidrTest(block: string, refuse: Refuse): ValueTest {
  const [address = '', bits = '', ...rest] = block.split('/');
  const version = isIP(address);
  const width = version === 4 ? 32 : 128;
  if (rest.length > 0 || bits === '') throw refuse("Malformed CIDR, one '/' required");
  if (version === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > width) throw refuse(`Malformed CIDR, invalid address or mask: ${block}`);
  const blocks = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  blocks.addSubnet(address, Number(bits), family);
  return (value) => typeof value === 'string' && isIP(value) === version && blocks.check(value, family);
}
