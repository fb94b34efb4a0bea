/**
 * The `#names` and `:values` of one request: checked when the request comes in, looked up while its expressions are
 * evaluated. What an expression uses must be given, and what is given must be used.
 */

import type { AwsError } from '../../service.ts';
import { invalid, malformed } from '../errors.ts';
import { type AttributeValue, readValue } from '../items/attribute-value.ts';
import { parseCondition } from './condition-parser.ts';
import { ExpressionError } from './lexer.ts';
import { parseProjection } from './projection.ts';
import type { Condition, Parsed, Path, UpdateClause } from './syntax.ts';
import { parseUpdate } from './update-parser.ts';

export type ExpressionParameter =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression';

type Request = Readonly<Record<string, unknown>>;

export class Bindings {
  /** Shared by requests without placeholders: there is nothing in it to mark as used. */
  static readonly #none = new Bindings(undefined, undefined);
  readonly #names: Readonly<Record<string, string>> | undefined;
  readonly #values: Readonly<Record<string, AttributeValue>> | undefined;
  readonly #usedNames = new Set<string>();
  readonly #usedValues = new Set<string>();

  private constructor(names: Readonly<Record<string, string>> | undefined, values: Readonly<Record<string, AttributeValue>> | undefined) {
    this.#names = names;
    this.#values = values;
  }

  /** Checks the request's placeholders; `parameters` are the expressions this operation takes. @throws ValidationException */
  static of(request: Request, parameters: readonly ExpressionParameter[]): Bindings {
    if (request.ExpressionAttributeNames === undefined && request.ExpressionAttributeValues === undefined) return Bindings.#none;
    if (request.ExpressionAttributeNames !== undefined && parameters.every((parameter) => request[parameter] === undefined)) {
      throw invalid('ExpressionAttributeNames can only be specified when using expressions');
    }
    const withValues = parameters.filter((parameter) => parameter !== 'ProjectionExpression');
    if (request.ExpressionAttributeValues !== undefined && withValues.every((parameter) => request[parameter] === undefined)) {
      throw invalid(
        `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(' and ')} ${withValues.length > 1 ? 'are' : 'is'} null`,
      );
    }
    return new Bindings(readNames(request.ExpressionAttributeNames), readValues(request.ExpressionAttributeValues));
  }

  condition(request: Request, parameter: 'ConditionExpression' | 'FilterExpression' | 'KeyConditionExpression'): Condition | undefined {
    return this.#use(request, parameter, conditions, parseCondition);
  }

  update(request: Request): readonly UpdateClause[] | undefined {
    return this.#use(request, 'UpdateExpression', updates, parseUpdate);
  }

  projection(request: Request): readonly Path[] | undefined {
    return this.#use(request, 'ProjectionExpression', projections, parseProjection);
  }

  /** Once every expression was taken: what is given must be used. @throws ValidationException */
  finish(): void {
    refuseUnused('ExpressionAttributeNames', this.#names, this.#usedNames);
    refuseUnused('ExpressionAttributeValues', this.#values, this.#usedValues);
  }

  value(placeholder: string): AttributeValue {
    return this.#values![placeholder]!;
  }

  nameOf(step: string): string {
    return step.charCodeAt(0) === HASH_SIGN ? this.#names![step]! : step;
  }

  /** The path with its placeholders replaced. */
  pathOf(path: Path): Path {
    return path.some((step) => typeof step === 'string' && step.charCodeAt(0) === HASH_SIGN)
      ? path.map((step) => (typeof step === 'string' ? this.nameOf(step) : step))
      : path;
  }

  #use<Root>(
    request: Request,
    parameter: ExpressionParameter,
    cache: Cache<Root>,
    parse: (text: string) => Parsed<Root>,
  ): Root | undefined {
    const text = request[parameter];
    if (text === undefined || text === null) return undefined;
    if (typeof text !== 'string') throw malformed(`${parameter} must be a string`);
    const parsed = cache.get(text) ?? parseOnce(parameter, text, cache, parse);
    for (const name of parsed.names) {
      if (this.#names?.[name] === undefined) {
        throw invalid(
          `Invalid ${parameter}: An expression attribute name used in the document path is not defined; attribute name: ${name}`,
        );
      }
      this.#usedNames.add(name);
    }
    for (const value of parsed.values) {
      if (this.#values?.[value] === undefined) {
        throw invalid(`Invalid ${parameter}: An expression attribute value used in expression is not defined; attribute value: ${value}`);
      }
      this.#usedValues.add(value);
    }
    return parsed.root;
  }
}

/** What an expression says is wrong with it, under the parameter's name. */
export const invalidExpression = (parameter: ExpressionParameter, message: string): AwsError => invalid(`Invalid ${parameter}: ${message}`);

const HASH_SIGN = 35;
const NAME_KEY = /^#[0-9a-zA-Z_]+$/;
const VALUE_KEY = /^:[0-9a-zA-Z_]+$/;

/** Programs use few expression texts, again and again; one that builds endless ones starts the cache anew. */
type Cache<Root> = Map<string, Parsed<Root>>;
const CACHED_MAXIMUM = 2_000;
const conditions: Cache<Condition> = new Map();
const updates: Cache<readonly UpdateClause[]> = new Map();
const projections: Cache<readonly Path[]> = new Map();

function parseOnce<Root>(
  parameter: ExpressionParameter,
  text: string,
  cache: Cache<Root>,
  parse: (text: string) => Parsed<Root>,
): Parsed<Root> {
  try {
    const parsed = parse(text);
    if (cache.size >= CACHED_MAXIMUM) cache.clear();
    cache.set(text, parsed);
    return parsed;
  } catch (error) {
    throw error instanceof ExpressionError ? invalidExpression(parameter, error.message) : error;
  }
}

function readNames(input: unknown): Readonly<Record<string, string>> | undefined {
  if (input === undefined || input === null) return undefined;
  const names: Record<string, string> = {};
  for (const [key, name] of entriesOf(input, 'ExpressionAttributeNames')) {
    if (!NAME_KEY.test(key)) throw invalid(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
    if (typeof name !== 'string') throw malformed(`ExpressionAttributeNames ${key} must be a string`);
    names[key] = name;
  }
  return names;
}

function readValues(input: unknown): Readonly<Record<string, AttributeValue>> | undefined {
  if (input === undefined || input === null) return undefined;
  const values: Record<string, AttributeValue> = {};
  for (const [key, value] of entriesOf(input, 'ExpressionAttributeValues')) {
    if (!VALUE_KEY.test(key)) throw invalid(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
    values[key] = readBoundValue(key, value);
  }
  return values;
}

function readBoundValue(key: string, value: unknown): AttributeValue {
  try {
    return readValue(value);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ValidationException') {
      throw invalid(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`);
    }
    throw error;
  }
}

function entriesOf(input: unknown, parameter: string): [string, unknown][] {
  if (typeof input !== 'object' || input === null) throw malformed(`${parameter} must be a map`);
  const entries = Object.entries(input);
  if (entries.length === 0) throw invalid(`${parameter} must not be empty`);
  return entries;
}

function refuseUnused(parameter: string, given: Readonly<Record<string, unknown>> | undefined, used: ReadonlySet<string>): void {
  if (given === undefined) return;
  let count = 0;
  for (const _ in given) count++;
  if (count === used.size) return;
  const unused = Object.keys(given).filter((key) => !used.has(key));
  throw invalid(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`);
}
