/**
 * What makes two alerts the same one again: severity, category, kind and subject. What changes each time is left out of the subject:
 * instants, cycle and order ids, hashes, numbers.
 *
 * Severity is part of it, so that a part that was degraded and is now down is heard though the ten minutes are not over.
 * Not covered: likeness of meaning. Two texts that differ in a word are two alerts.
 */
import { canonicalJson, sha256Hex } from '../../kernel/canonical-json.ts';

export interface Identity {
  readonly severity: string;
  readonly category: string;
  readonly kind: string;
  readonly subject: string;
}

/** 16 hexadecimal digits. */
export const fingerprintOf = ({ severity, category, kind, subject }: Identity): string =>
  sha256Hex(canonicalJson([severity, category, kind, lasting(subject)])).slice(0, 16);

/** The text without what names one occurrence; tickers and words stay. */
export function lasting(text: string): string {
  return replacements.reduce((so, [pattern, by]) => so.replaceAll(pattern, by), text.normalize('NFC')).trim();
}

const replacements: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bcycle-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z/g, '‹cycle›'],
  [/\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}[:-]\d{2}(?:[:-]\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/g, '‹time›'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '‹id›'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi, '‹id›'],
  [/[-+]?\d+(?:[.,:]\d+)*(?:e[-+]?\d+)?/gi, '‹number›'],
  [/\s+/g, ' '],
];
