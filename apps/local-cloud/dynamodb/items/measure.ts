/** What an item weighs, and when two values are the same: by DynamoDB's published rules for item sizes and equality. */
import { type Attributes, type AttributeValue, attributeOf, membersOf, memberText, typeOf } from './attribute-value.ts';
import { numberSizeBytes } from './numbers.ts';

/** An item may weigh up to 400 KB, names included. */
export const MAXIMUM_ITEM_BYTES = 400 * 1024;

/** Names and values, in bytes. */
export function sizeOfAttributes(attributes: Attributes): number {
  let bytes = 0;
  for (const name in attributes) bytes += textBytes(name) + sizeOfValue(attributes[name]!);
  return bytes;
}

export function sizeOfValue(value: AttributeValue): number {
  if (value.S !== undefined) return textBytes(value.S);
  if (value.N !== undefined) return numberSizeBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + sizeOfAttributes(value.M);
  if (value.L !== undefined) return value.L.reduce((bytes, member) => bytes + 1 + sizeOfValue(member), 3);
  if (value.NS !== undefined) return value.NS.reduce((bytes, member) => bytes + numberSizeBytes(member), 0);
  if (value.SS !== undefined) return value.SS.reduce((bytes, member) => bytes + textBytes(member), 0);
  if (value.BS !== undefined) return value.BS.reduce((bytes, member) => bytes + member.byteLength, 0);
  return 1;
}

/** Same type and same content; sets have no order. */
export function sameValue(left: AttributeValue, right: AttributeValue): boolean {
  if (left === right) return true;
  if (left.S !== undefined) return left.S === right.S;
  if (left.N !== undefined) return left.N === right.N;
  if (typeOf(left) !== typeOf(right)) return false;
  if (left.B && right.B) return memberText(left.B) === memberText(right.B);
  if (left.L && right.L) return left.L.length === right.L.length && left.L.every((member, index) => sameValue(member, right.L![index]!));
  if (left.M && right.M) return sameAttributes(left.M, right.M);
  const members = membersOf(left);
  if (members) return sameMembers(members, membersOf(right)!);
  return left.BOOL === right.BOOL;
}

export function sameAttributes(left: Attributes, right: Attributes): boolean {
  let count = 0;
  for (const name in left) {
    const other = attributeOf(right, name);
    if (other === undefined || !sameValue(left[name]!, other)) return false;
    count++;
  }
  return Object.keys(right).length === count;
}

function sameMembers(left: readonly (string | Uint8Array)[], right: readonly (string | Uint8Array)[]): boolean {
  if (left.length !== right.length) return false;
  const texts = new Set(right.map(memberText));
  return left.every((member) => texts.has(memberText(member)));
}

const textBytes = (text: string): number => Buffer.byteLength(text, 'utf8');
