/**
 * CloudFormation's intrinsic functions. What a template asks for is answered exactly or refused by name: a guess here
 * would be a resource that AWS would make differently.
 */
import { notEmulated, type ResourceHandle } from '../service.ts';
import type { Environment, Template } from './assembly.ts';

export interface Scope {
  readonly stack: string;
  readonly template: Template;
  readonly environment: Environment;
  /** Handles of the resources declared so far, by logical id. */
  readonly handles: ReadonlyMap<string, ResourceHandle>;
  /** Exports of all stacks so far. */
  readonly exports: ReadonlyMap<string, unknown>;
}

/** What `AWS::NoValue` resolves to: the property is as if not written. */
const NO_VALUE = Symbol('AWS::NoValue');

/** The value with every intrinsic replaced. `owner` is the logical id an error names. */
export function resolve(value: unknown, scope: Scope, owner: string): unknown {
  const resolved = new Resolver(scope, owner).value(value);
  return resolved === NO_VALUE ? undefined : resolved;
}

export function conditionHolds(name: string, scope: Scope, owner: string): boolean {
  return new Resolver(scope, owner).condition(name);
}

type Intrinsic = (argument: unknown) => unknown;

class Resolver {
  readonly #scope: Scope;
  readonly #owner: string;
  readonly #intrinsics: Readonly<Record<string, Intrinsic>> = {
    Ref: (argument) => this.#ref(argument as string),
    'Fn::GetAtt': (argument) => this.#getAtt(argument),
    'Fn::Join': (argument) => this.#join(argument as [string, unknown]),
    'Fn::Sub': (argument) => this.#sub(argument),
    'Fn::ImportValue': (argument) => this.#import(argument),
    'Fn::Select': (argument) => this.#select(argument as [unknown, unknown]),
    'Fn::Split': (argument) => this.#split(argument as [string, unknown]),
    'Fn::If': (argument) => this.#if(argument as [string, unknown, unknown]),
    'Fn::FindInMap': (argument) => this.#findInMap(argument as unknown[]),
    'Fn::Base64': (argument) => Buffer.from(String(this.value(argument))).toString('base64'),
    Condition: (argument) => this.condition(argument as string),
    'Fn::Equals': (argument) => this.#equals(argument as [unknown, unknown]),
    'Fn::And': (argument) => (argument as unknown[]).every((part) => this.value(part) === true),
    'Fn::Or': (argument) => (argument as unknown[]).some((part) => this.value(part) === true),
    'Fn::Not': (argument) => this.value((argument as unknown[])[0]) !== true,
  };

  constructor(scope: Scope, owner: string) {
    this.#scope = scope;
    this.#owner = owner;
  }

  value(value: unknown): unknown {
    if (typeof value === 'string') return this.#plainText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.value(item)).filter((item) => item !== NO_VALUE);
    const keys = Object.keys(value);
    if (keys.length === 1 && isIntrinsicName(keys[0]!, value)) return this.#call(keys[0]!, (value as Record<string, unknown>)[keys[0]!]);
    return this.#members(value);
  }

  condition(name: string): boolean {
    const definition = this.#scope.template.Conditions?.[name];
    if (definition === undefined) throw this.#refused(`condition "${name}", which the template does not define`);
    return this.value(definition) === true;
  }

  #members(value: object): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(value)) {
      const resolved = this.value(member);
      if (resolved !== NO_VALUE) members[key] = resolved;
    }
    return members;
  }

  #call(name: string, argument: unknown): unknown {
    const intrinsic = this.#intrinsics[name];
    if (!intrinsic) throw this.#refused(`intrinsic ${name}`);
    return intrinsic(argument);
  }

  #plainText(text: string): string {
    if (text.includes('{{resolve:')) throw this.#refused(`dynamic reference ${/\{\{resolve:[^}]*\}?\}?/.exec(text)?.[0]}`);
    return text;
  }

  #ref(name: string): unknown {
    const handle = this.#scope.handles.get(name);
    if (handle) return handle.ref;
    const parameter = this.#scope.template.Parameters?.[name];
    if (parameter) return this.#parameter(name, parameter);
    return this.#pseudoParameter(name);
  }

  #pseudoParameter(name: string): unknown {
    const { accountId, region } = this.#scope.environment;
    switch (name) {
      case 'AWS::AccountId':
        return accountId;
      case 'AWS::Region':
        return region;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return this.#scope.stack;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${region}:${accountId}:stack/${this.#scope.stack}/local`;
      case 'AWS::NoValue':
        return NO_VALUE;
      default:
        throw this.#refused(`Ref to "${name}"`);
    }
  }

  #parameter(name: string, { Type, Default }: { readonly Type: string; readonly Default?: unknown }): unknown {
    // The bootstrap stack's version: no bucket or role of it is needed here, and any version will do.
    if (Type.startsWith('AWS::SSM::Parameter::Value') && String(Default).startsWith('/cdk-bootstrap/')) return '30';
    if (Type.startsWith('AWS::')) throw this.#refused(`parameter type ${Type} (${name})`);
    if (Default === undefined) throw this.#refused(`parameter "${name}" without a default`);
    if (Type === 'CommaDelimitedList' || Type === 'List<Number>')
      return String(Default)
        .split(',')
        .map((item) => item.trim());
    return Type === 'Number' ? String(Default) : Default;
  }

  #getAtt(argument: unknown): string {
    const [logicalId = '', ...path] = typeof argument === 'string' ? argument.split('.') : (argument as string[]);
    const attribute = path.join('.');
    const handle = this.#scope.handles.get(logicalId);
    const value = handle?.attributes[attribute];
    if (value === undefined) throw this.#refused(`attribute "${attribute}" of ${logicalId}`);
    return value;
  }

  #join([separator, items]: [string, unknown]): string {
    return (this.value(items) as unknown[]).map(String).join(separator);
  }

  #sub(argument: unknown): string {
    const [text, variables = {}] = (typeof argument === 'string' ? [argument] : argument) as [string, Record<string, unknown>?];
    return this.#plainText(text).replace(/\$\{(!?)([^}]*)\}/g, (_whole, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(variables, name)) return String(this.value(variables[name]));
      return String(name.includes('.') ? this.#getAtt(name) : this.#ref(name));
    });
  }

  #import(argument: unknown): unknown {
    const name = this.value(argument) as string;
    if (!this.#scope.exports.has(name)) throw this.#refused(`import of "${name}", which no stack before this one exports`);
    return this.#scope.exports.get(name);
  }

  #select([index, list]: [unknown, unknown]): unknown {
    const item = (this.value(list) as unknown[])[Number(this.value(index))];
    if (item === undefined) throw this.#refused(`Fn::Select of an index the list does not have`);
    return item;
  }

  #split([separator, text]: [string, unknown]): string[] {
    return String(this.value(text)).split(separator);
  }

  #if([condition, whenTrue, whenFalse]: [string, unknown, unknown]): unknown {
    return this.value(this.condition(condition) ? whenTrue : whenFalse);
  }

  #equals([left, right]: [unknown, unknown]): boolean {
    return String(this.value(left)) === String(this.value(right));
  }

  #findInMap(argument: unknown[]): unknown {
    const [map, first, second] = argument.slice(0, 3).map((part) => String(this.value(part))) as [string, string, string];
    const found = this.#scope.template.Mappings?.[map]?.[first]?.[second];
    if (found !== undefined) return this.value(found);
    const fallback = argument[3] as { DefaultValue?: unknown } | undefined;
    if (fallback?.DefaultValue !== undefined) return this.value(fallback.DefaultValue);
    throw this.#refused(`Fn::FindInMap of ${map}.${first}.${second}, which the template does not hold`);
  }

  #refused(what: string) {
    return notEmulated('CloudFormation', `${what} (${this.#scope.stack}/${this.#owner})`);
  }
}

/** `Condition` is also an element of policy statements, where it holds an object; the intrinsic holds a name. */
function isIntrinsicName(key: string, value: object): boolean {
  if (key === 'Condition') return typeof (value as Record<string, unknown>)[key] === 'string';
  return key === 'Ref' || key.startsWith('Fn::');
}
