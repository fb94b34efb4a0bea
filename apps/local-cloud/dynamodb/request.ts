/** Reading the plain members of a request. */
import { notEmulated } from '../service.ts';
import { constraintFailed, malformed } from './errors.ts';

export type Request = Readonly<Record<string, unknown>>;

export function optionalText(request: Request, member: string): string | undefined {
  const value = request[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw malformed(`${member} must be a string`);
  return value;
}

export function flag(request: Request, member: string, fallback = false): boolean {
  const value = request[member];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'boolean') throw malformed(`${member} must be a boolean`);
  return value;
}

export function wholeNumber(request: Request, member: string, atLeast: number): number | undefined {
  const value = request[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw malformed(`${member} must be an integer`);
  if (value < atLeast) throw constraintFailed(value, lowerFirst(member), `Member must have value greater than or equal to ${atLeast}`);
  return value;
}

export function choice<Option extends string>(request: Request, member: string, options: readonly Option[], fallback: Option): Option {
  const value = request[member];
  if (value === undefined || value === null) return fallback;
  const chosen = options.find((option) => option === value);
  if (chosen === undefined)
    throw constraintFailed(value, lowerFirst(member), `Member must satisfy enum value set: [${options.join(', ')}]`);
  return chosen;
}

export function requiredMap(value: unknown, member: string): Request {
  if (value === undefined || value === null) throw constraintFailed(value, member, 'Member must not be null');
  if (typeof value !== 'object' || Array.isArray(value)) throw malformed(`${member} must be a map`);
  return value as Request;
}

export function requiredList(value: unknown, member: string): readonly unknown[] {
  if (value === undefined || value === null) throw constraintFailed(value, member, 'Member must not be null');
  if (!Array.isArray(value)) throw malformed(`${member} must be a list`);
  return value;
}

/** The parameters that expressions replaced in 2014. */
export function refuseLegacy(request: Request): void {
  for (const parameter of LEGACY) {
    if (request[parameter] !== undefined) throw notEmulated('DynamoDB', `the legacy parameter ${parameter}: use an expression`);
  }
}

const LEGACY = [
  'AttributesToGet',
  'Expected',
  'ConditionalOperator',
  'AttributeUpdates',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
] as const;

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
