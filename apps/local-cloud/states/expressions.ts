/**
 * JSONata as Step Functions runs it: any string `{% ... %}`, at any depth of a field, is an expression over `$states` and
 * the variables in scope. Compiled expressions are kept by their text, since a machine evaluates the same few again and again.
 */
import jsonata from 'jsonata';
import { isObject, type Json, type JsonObject } from './asl.ts';
import { EvaluationFailure } from './failure.ts';
import { type FunctionSources, stepFunctionsLibrary } from './jsonata-functions.ts';

/** What an expression sees: `$states` and every variable by its name. */
interface Bindings {
  readonly states: JsonObject;
  readonly variables: Readonly<Record<string, Json>>;
}

const OPENING = '{%';
const CLOSING = '%}';

export class Expressions {
  readonly #compiled = new Map<string, jsonata.Expression>();
  readonly #library: ReturnType<typeof stepFunctionsLibrary>;

  constructor(sources: FunctionSources) {
    this.#library = stepFunctionsLibrary(sources);
  }

  /** Replaces every expression in `template` by its value. @throws EvaluationFailure */
  async evaluate(template: Json, field: string, bindings: Bindings): Promise<Json> {
    if (typeof template === 'string') return isExpression(template) ? this.#value(expressionOf(template), field, bindings) : template;
    if (!holdsExpression(template)) return template;
    if (Array.isArray(template)) {
      const items: Json[] = [];
      for (const [index, item] of (template as readonly Json[]).entries())
        items.push(await this.evaluate(item, `${field}[${index}]`, bindings));
      return items;
    }
    const evaluated: Record<string, Json> = {};
    for (const [key, member] of Object.entries(template as JsonObject))
      evaluated[key] = await this.evaluate(member, `${field}/${key}`, bindings);
    return evaluated;
  }

  async #value(text: string, field: string, { states, variables }: Bindings): Promise<Json> {
    let value: unknown;
    try {
      value = await this.#compile(text).evaluate(undefined, { ...variables, states });
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      const reason = [code, message].filter((part) => part !== undefined).join(': ');
      throw new EvaluationFailure(
        field,
        `The JSONata expression '${text}' specified for the field '${field}' threw an error during evaluation. ${reason}.`,
        { cause: error },
      );
    }
    const json = isFunction(value) ? undefined : JSON.stringify(value);
    if (json === undefined) {
      const returned = value === undefined ? 'nothing (undefined)' : 'a function';
      throw new EvaluationFailure(field, `The JSONata expression '${text}' specified for the field '${field}' returned ${returned}.`);
    }
    // JSONata marks its sequences with hidden members; the text forgets them.
    return typeof value === 'object' ? (JSON.parse(json) as Json) : (value as Json);
  }

  #compile(text: string): jsonata.Expression {
    let expression = this.#compiled.get(text);
    if (!expression) {
      expression = jsonata(text);
      for (const { name, implementation, signature } of this.#library) expression.registerFunction(name, implementation, signature);
      this.#compiled.set(text, expression);
    }
    return expression;
  }
}

/** JSONata's own functions and lambdas are marked objects. */
const isFunction = (value: unknown): boolean =>
  typeof value === 'function' || (isObject(value) && (value._jsonata_function === true || value._jsonata_lambda === true));

export const isExpression = (text: string): boolean => text.startsWith(OPENING) && text.endsWith(CLOSING) && text.length >= 4;

/** The JSONata text between the delimiters. */
export const expressionOf = (text: string): string => text.slice(OPENING.length, -CLOSING.length).trim();

/** Whether a string opens or closes an expression without doing both; AWS refuses such text. */
export const isTornExpression = (text: string): boolean => text.startsWith(OPENING) !== text.endsWith(CLOSING);

/** Calls `visit` for every string in a field, with the path ASL would name it by. */
export function forEachString(value: unknown, field: string, visit: (text: string, field: string) => void): void {
  if (typeof value === 'string') visit(value, field);
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) forEachString(item, `${field}[${index}]`, visit);
  else if (isObject(value)) for (const [key, member] of Object.entries(value)) forEachString(member, `${field}/${key}`, visit);
}

function holdsExpression(value: Json): boolean {
  if (typeof value === 'string') return isExpression(value);
  if (typeof value !== 'object' || value === null) return false;
  return (Array.isArray(value) ? value : Object.values(value)).some(holdsExpression);
}
