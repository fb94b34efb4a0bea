/**
 * One text per value: object keys in code-unit order, no white space, numbers as ECMAScript prints them
 * (RFC 8785, JSON Canonicalization Scheme). What is hashed, compared or signed goes through here.
 */
import { hash } from 'node:crypto';
import { ContractViolation } from './errors.ts';
import type { Sha256 } from './units.ts';

/** @throws ContractViolation for what has no JSON text of its own: NaN, infinities, half surrogate pairs, dates, maps, class instances. */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return stringText(value);
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new ContractViolation('canonical JSON holds finite numbers only', { value: String(value) });
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return arrayText(value);
      if (isPlain(value)) return objectText(value);
      throw new ContractViolation('canonical JSON holds plain data only', { type: value.constructor.name });
    default:
      throw new ContractViolation('canonical JSON holds plain data only', { type: typeof value });
  }
}

export const sha256Hex = (content: string | Uint8Array): Sha256 => hash('sha256', content) as Sha256;

/** SHA-256 of the canonical JSON text. */
export const contentHash = (value: unknown): Sha256 => sha256Hex(canonicalJson(value));

function stringText(text: string): string {
  if (!text.isWellFormed()) throw new ContractViolation('canonical JSON holds well-formed Unicode only', { text: JSON.stringify(text) });
  return JSON.stringify(text);
}

const arrayText = (items: readonly unknown[]): string => `[${items.map((item) => canonicalJson(item ?? null)).join(',')}]`;

function objectText(record: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const key of Object.keys(record).sort()) {
    const value = record[key];
    if (value !== undefined) parts.push(`${stringText(key)}:${canonicalJson(value)}`);
  }
  return `{${parts.join(',')}}`;
}

/** An object of whatever realm that is no instance of a class. */
function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
