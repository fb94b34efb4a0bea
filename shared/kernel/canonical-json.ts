/**
 * One text per value: object keys in code-unit order, no white space, numbers as ECMAScript prints them
 * (RFC 8785, JSON Canonicalization Scheme). What is hashed, compared or signed goes through here.
 */
import { createHash } from 'node:crypto';
import { ContractViolation } from './errors.ts';
import type { Sha256 } from './units.ts';

/** @throws ContractViolation for NaN, infinities, functions and symbols: they have no JSON text. */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new ContractViolation('canonical JSON holds finite numbers only', { value: String(value) });
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? arrayText(value) : objectText(value as Record<string, unknown>);
    default:
      throw new ContractViolation('canonical JSON holds plain data only', { type: typeof value });
  }
}

export const sha256Hex = (content: string | Uint8Array): Sha256 => createHash('sha256').update(content).digest('hex') as Sha256;

/** SHA-256 of the canonical JSON text. */
export const contentHash = (value: unknown): Sha256 => sha256Hex(canonicalJson(value));

const arrayText = (items: readonly unknown[]): string => `[${items.map((item) => canonicalJson(item ?? null)).join(',')}]`;

function objectText(record: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const key of Object.keys(record).sort()) {
    const value = record[key];
    if (value !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(value)}`);
  }
  return `{${parts.join(',')}}`;
}
