/**
 * Applies an update expression to an item. Every right-hand side is read from the item as it was, list elements keep
 * their old indexes until the end, and the old item stays as it is: a top-level attribute that is changed inside is copied first.
 */
import { invalid } from '../errors.ts';
import {
  type Attributes,
  type AttributeValue,
  attributeOf,
  type MutableAttributes,
  membersOf,
  memberText,
  setAttribute,
  typeOf,
} from '../items/attribute-value.ts';
import { addNumbers, subtractNumbers } from '../items/numbers.ts';
import { type Bindings, invalidExpression } from './bindings.ts';
import { shownPath } from './condition-check.ts';
import { valueAt } from './evaluate.ts';
import type { Computed, Path, UpdateClause } from './syntax.ts';

/** Checks what needs no item: overlapping paths, operands that can never fit. @throws ValidationException */
export function checkUpdate(clauses: readonly UpdateClause[], bindings: Bindings): void {
  refuseOverlaps(
    clauses.map((clause) => bindings.pathOf(clause.path)),
    'UpdateExpression',
  );
  for (const clause of clauses) {
    const problem = clause.kind === 'set' ? computedProblem(clause.value, bindings) : operandProblem(clause, bindings);
    if (problem !== undefined) throw invalidExpression('UpdateExpression', problem);
  }
}

/** @throws ValidationException when a path is part of another. */
export function refuseOverlaps(paths: readonly Path[], parameter: 'UpdateExpression' | 'ProjectionExpression'): void {
  for (let second = 1; second < paths.length; second++) {
    for (let first = 0; first < second; first++) refusePair(paths[first]!, paths[second]!, parameter);
  }
}

/** The item after the update. @throws ValidationException */
export function applyUpdate(clauses: readonly UpdateClause[], attributes: Attributes, bindings: Bindings): Attributes {
  const draft = new Draft(attributes);
  for (const clause of clauses) {
    const path = bindings.pathOf(clause.path);
    if (clause.kind === 'set') draft.set(path, compute(clause.value, attributes, bindings));
    else if (clause.kind === 'remove') draft.remove(path);
    else {
      const existing = valueAt(attributes, clause.path, bindings);
      const operand = bindings.value(clause.placeholder);
      const changed = clause.kind === 'add' ? added(existing, operand) : without(existing, operand);
      if (changed === undefined) draft.remove(path);
      else draft.set(path, changed);
    }
  }
  return draft.finish();
}

/** A changing copy: only what is changed is copied. */
class Draft {
  readonly #attributes: MutableAttributes;
  readonly #copied = new Set<string>();
  readonly #lists = new Set<(AttributeValue | undefined)[]>();

  constructor(attributes: Attributes) {
    this.#attributes = { ...attributes };
  }

  set(path: Path, value: AttributeValue): void {
    const last = path.at(-1)!;
    const parent = this.#parentOf(path);
    if (Array.isArray(parent) && typeof last === 'number') {
      // Beyond its end a list only grows by one; holes are closed at the end.
      parent[last] = value;
      this.#lists.add(parent);
    } else if (!Array.isArray(parent) && typeof last === 'string') setAttribute(parent, last, value);
    else throw invalid(INVALID_PATH);
  }

  remove(path: Path): void {
    const last = path.at(-1)!;
    const parent = this.#parentOf(path);
    if (Array.isArray(parent) && typeof last === 'number') {
      if (last < parent.length) parent[last] = undefined;
      this.#lists.add(parent);
    } else if (!Array.isArray(parent) && typeof last === 'string') delete parent[last];
    else throw invalid(INVALID_PATH);
  }

  finish(): Attributes {
    for (const list of this.#lists) {
      const kept = list.filter((member) => member !== undefined);
      list.splice(0, list.length, ...kept);
    }
    return this.#attributes;
  }

  #parentOf(path: Path): MutableAttributes | (AttributeValue | undefined)[] {
    if (path.length === 1) return this.#attributes;
    const top = path[0] as string;
    let value = attributeOf(this.#attributes, top);
    if (value !== undefined && !this.#copied.has(top)) {
      value = copyContainers(value);
      setAttribute(this.#attributes, top, value);
      this.#copied.add(top);
    }
    for (const step of path.slice(1, -1)) {
      if (value === undefined) break;
      value = typeof step === 'number' ? value.L?.[step] : value.M && attributeOf(value.M, step);
    }
    const parent = value?.L ?? value?.M;
    if (parent === undefined) throw invalid(INVALID_PATH);
    return parent as MutableAttributes | (AttributeValue | undefined)[];
  }
}

const INVALID_PATH = 'The document path provided in the update expression is invalid for update';
const WRONG_OPERAND = 'An operand in the update expression has an incorrect data type';
const MISSING_OPERAND = 'The provided expression refers to an attribute that does not exist in the item';

/** Maps and lists are copied, what they hold is shared. */
function copyContainers(value: AttributeValue): AttributeValue {
  if (value.L) return { L: value.L.map(copyContainers) };
  if (!value.M) return value;
  const members: MutableAttributes = {};
  for (const name in value.M) setAttribute(members, name, copyContainers(value.M[name]!));
  return { M: members };
}

function compute(computed: Computed, attributes: Attributes, bindings: Bindings): AttributeValue {
  const value = computeIfPresent(computed, attributes, bindings);
  if (value === undefined) throw invalid(MISSING_OPERAND);
  return value;
}

function computeIfPresent(computed: Computed, attributes: Attributes, bindings: Bindings): AttributeValue | undefined {
  switch (computed.kind) {
    case 'value':
      return bindings.value(computed.placeholder);
    case 'path':
      return valueAt(attributes, computed.path, bindings);
    case 'function': {
      const [first, second] = computed.operands;
      if (computed.name === 'if_not_exists') {
        return computeIfPresent(first!, attributes, bindings) ?? compute(second!, attributes, bindings);
      }
      const head = compute(first!, attributes, bindings).L;
      const tail = compute(second!, attributes, bindings).L;
      if (head === undefined || tail === undefined) throw invalid(WRONG_OPERAND);
      return { L: [...head, ...tail] };
    }
    default: {
      const left = compute(computed.left, attributes, bindings).N;
      const right = compute(computed.right, attributes, bindings).N;
      if (left === undefined || right === undefined) throw invalid(WRONG_OPERAND);
      return { N: computed.kind === 'sum' ? addNumbers(left, right) : subtractNumbers(left, right) };
    }
  }
}

function added(existing: AttributeValue | undefined, operand: AttributeValue): AttributeValue {
  if (existing === undefined) return operand;
  if (typeOf(existing) !== typeOf(operand)) throw invalid(WRONG_OPERAND);
  if (existing.N !== undefined) return { N: addNumbers(existing.N, operand.N!) };
  const present = new Set(membersOf(existing)!.map(memberText));
  const fresh = membersOf(operand)!.filter((member) => !present.has(memberText(member)));
  return { [typeOf(existing)]: [...membersOf(existing)!, ...fresh] };
}

/** `undefined` when nothing is left: there are no empty sets. */
function without(existing: AttributeValue | undefined, operand: AttributeValue): AttributeValue | undefined {
  if (existing === undefined) return undefined;
  if (typeOf(existing) !== typeOf(operand)) throw invalid(WRONG_OPERAND);
  const gone = new Set(membersOf(operand)!.map(memberText));
  const kept = membersOf(existing)!.filter((member) => !gone.has(memberText(member)));
  return kept.length === 0 ? undefined : { [typeOf(existing)]: kept };
}

function refusePair(first: Path, second: Path, parameter: 'UpdateExpression' | 'ProjectionExpression'): void {
  const rule = 'must remove or rewrite one of these paths';
  for (let i = 0; i < first.length && i < second.length; i++) {
    const paths = `path one: ${shownPath(first)}, path two: ${shownPath(second)}`;
    if (typeof first[i] !== typeof second[i]) {
      throw invalidExpression(parameter, `Two document paths conflict with each other; ${rule}; ${paths}`);
    }
    if (first[i] !== second[i]) return;
  }
  throw invalidExpression(
    parameter,
    `Two document paths overlap with each other; ${rule}; path one: ${shownPath(first)}, path two: ${shownPath(second)}`,
  );
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
};

function operandProblem(clause: UpdateClause, bindings: Bindings): string | undefined {
  if (clause.kind !== 'add' && clause.kind !== 'delete') return undefined;
  const type = typeOf(bindings.value(clause.placeholder));
  if (TYPE_NAMES[type] === undefined || (clause.kind === 'add' && type === 'N')) return undefined;
  return `Incorrect operand type for operator or function; operator: ${clause.kind.toUpperCase()}, operand type: ${TYPE_NAMES[type]}`;
}

function computedProblem(computed: Computed, bindings: Bindings): string | undefined {
  if (computed.kind === 'path' || computed.kind === 'value') return undefined;
  const operands = computed.kind === 'function' ? computed.operands : [computed.left, computed.right];
  const operator = computed.kind === 'function' ? computed.name : computed.kind === 'sum' ? '+' : '-';
  const wanted = operator === 'list_append' ? 'L' : operator === 'if_not_exists' ? undefined : 'N';
  for (const operand of operands) {
    const type = operand.kind === 'value' ? typeOf(bindings.value(operand.placeholder)) : undefined;
    if (wanted !== undefined && type !== undefined && type !== wanted) {
      return `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`;
    }
    const problem = computedProblem(operand, bindings);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
