/**
 * Keys as texts whose plain string order is DynamoDB's order: UTF-8 bytewise for text, numeric for numbers, bytewise
 * for binary. Equal keys have equal texts, so the same text finds an item in a hash map.
 */
import { type AttributeValue, base64Of } from './attribute-value.ts';
import { sortableNumber } from './numbers.ts';

export type KeyType = 'S' | 'N' | 'B';

/** The ordered text of a sort key. */
export function sortText(value: AttributeValue): string {
  if (value.S !== undefined) return HIGH_UNITS.test(value.S) ? inCodePointOrder(value.S) : value.S;
  if (value.N !== undefined) return sortableNumber(value.N);
  const bytes = value.B!;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The text of a partition key, behind its hash: like AWS's, the order of partitions means nothing to anyone. */
export function partitionText(value: AttributeValue): string {
  const text = value.S ?? value.N ?? sortText(value);
  const hash = hashOf(text);
  return String.fromCharCode(hash >>> 24, (hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff) + text;
}

/** Which of `count` parallel scan segments a partition belongs to. */
export const segmentOf = (partition: string, count: number): number => ((partition.charCodeAt(0) << 8) | partition.charCodeAt(1)) % count;

/** How IAM's `dynamodb:LeadingKeys` writes a partition key. */
export const leadingKeyText = (value: AttributeValue): string => value.S ?? value.N ?? base64Of(value.B!);

/** Surrogates, and the units above them: the only ones that UTF-16 orders otherwise than UTF-8. */
const HIGH_UNITS = /[\ud800-\uffff]/;

function inCodePointOrder(text: string): string {
  let ordered = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    ordered += String.fromCharCode(unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
  }
  return ordered;
}

/** FNV-1a over code units, finished so that the high bits move too. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
