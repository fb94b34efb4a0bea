/**
 * Items and their values, in the SDK's shape. What comes in is checked and copied in one pass, so a caller may
 * change its input afterwards; what is stored is never changed again, so images, indexes and journal share it.
 */
import { invalid, invalidParameter, malformed } from '../errors.ts';
import { canonicalNumber } from './numbers.ts';

/** Exactly one member is set. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: Uint8Array;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly Uint8Array[];
  readonly L?: readonly AttributeValue[];
  readonly M?: Attributes;
}

export type Attributes = Readonly<Record<string, AttributeValue>>;
export type MutableAttributes = Record<string, AttributeValue>;
export type AttributeType = keyof AttributeValue;

/** Stored bytes: as JSON they are base64, so the journal needs no pass of its own over an item. */
class StoredBytes extends Uint8Array {
  toJSON(): string {
    return base64Of(this);
  }
}

export const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** A checked copy. Bytes may come as base64 text, as they travel on the wire. @throws ValidationException */
export function readAttributes(input: unknown, depth = 0): Attributes {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw malformed('Unexpected value type in payload');
  const source = input as Record<string, unknown>;
  const attributes: MutableAttributes = {};
  for (const name in source) {
    if (source[name] !== undefined) setAttribute(attributes, name, readValue(source[name], depth));
  }
  return attributes;
}

/** A checked copy of one value. @throws ValidationException */
export function readValue(input: unknown, depth = 0): AttributeValue {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw malformed('Unexpected value type in payload');
  const source = input as Record<string, unknown>;
  let type: string | undefined;
  for (const member in source) {
    if (source[member] === undefined) continue;
    if (type !== undefined) {
      throw invalid('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes');
    }
    type = member;
  }
  if (type === undefined) throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  return readTyped(type, source[type], depth);
}

function readTyped(type: string, value: unknown, depth: number): AttributeValue {
  switch (type) {
    case 'S':
      return { S: readText(value) };
    case 'N':
      return { N: canonicalNumber(readText(value)) };
    case 'BOOL':
      if (typeof value !== 'boolean') throw malformed('Unexpected token received from parser');
      return { BOOL: value };
    case 'NULL':
      if (value !== true) throw invalidParameter('Null attribute value types must have the value of true');
      return { NULL: true };
    case 'M':
      if (depth >= MAXIMUM_DEPTH) throw invalid('Nesting Levels have exceeded supported limits');
      return { M: readAttributes(value, depth + 1) };
    case 'L':
      if (depth >= MAXIMUM_DEPTH) throw invalid('Nesting Levels have exceeded supported limits');
      return { L: readList(value).map((member) => readValue(member, depth + 1)) };
    case 'B':
      return { B: readBytes(value) };
    case 'SS':
      return { SS: readSet(value, 'An string set  may not be empty', readText, textSetRepeats) };
    case 'NS':
      return { NS: readSet(value, 'An number set  may not be empty', (member) => canonicalNumber(readText(member)), numberSetRepeats) };
    case 'BS':
      return { BS: readSet(value, 'Binary sets should not be empty', readBytes, bytesSetRepeats) };
    default:
      throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
}

const MAXIMUM_DEPTH = 32;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function readText(value: unknown): string {
  if (typeof value !== 'string') throw malformed(`${typeof value} value cannot be converted to String`);
  return value;
}

function readBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return new StoredBytes(value);
  if (value instanceof ArrayBuffer) return new StoredBytes(new Uint8Array(value));
  if (typeof value !== 'string') throw malformed('only base-64-encoded strings are convertible to bytes');
  if (!BASE64.test(value)) throw malformed('Invalid Base64 text for binary value');
  return new StoredBytes(Buffer.from(value, 'base64'));
}

function readList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed('Start of structure or map found where not expected');
  return value;
}

function readSet<Member extends string | Uint8Array>(
  value: unknown,
  whenEmpty: string,
  read: (member: unknown) => Member,
  repeats: (members: readonly Member[]) => Error,
): Member[] {
  const members = readList(value).map(read);
  if (members.length === 0) throw invalidParameter(whenEmpty);
  if (members.length > 1 && new Set(members.map(memberText)).size < members.length) throw repeats(members);
  return members;
}

const textSetRepeats = (members: readonly string[]): Error =>
  invalidParameter(`Input collection [${members.join(', ')}] contains duplicates.`);
const numberSetRepeats = (): Error => invalid('Input collection contains duplicates');
const bytesSetRepeats = (members: readonly Uint8Array[]): Error =>
  invalidParameter(`Input collection [${members.map(base64Of).join(', ')}]of type BS contains duplicates.`);

/** Equal members of a set have equal texts. */
export const memberText = (member: string | Uint8Array): string => (typeof member === 'string' ? member : base64Of(member));

/** The members of a set of any of the three types. */
export const membersOf = (value: AttributeValue): readonly (string | Uint8Array)[] | undefined => value.SS ?? value.NS ?? value.BS;

export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}

/** An attribute of that very item, never what every object inherits: `constructor` is a fair attribute name. */
export const attributeOf = (attributes: Attributes, name: string): AttributeValue | undefined =>
  Object.hasOwn(attributes, name) ? attributes[name] : undefined;

export function setAttribute(attributes: MutableAttributes, name: string, value: AttributeValue): void {
  if (name === '__proto__') Object.defineProperty(attributes, name, { value, enumerable: true, configurable: true, writable: true });
  else attributes[name] = value;
}

/** A deep copy that its receiver may change. */
export function copyAttributes(attributes: Attributes): MutableAttributes {
  const copy: MutableAttributes = {};
  for (const name in attributes) setAttribute(copy, name, copyValue(attributes[name]!));
  return copy;
}

function copyValue(value: AttributeValue): AttributeValue {
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: value.N };
  if (value.M !== undefined) return { M: copyAttributes(value.M) };
  if (value.L !== undefined) return { L: value.L.map(copyValue) };
  if (value.B !== undefined) return { B: new Uint8Array(value.B) };
  if (value.SS !== undefined) return { SS: [...value.SS] };
  if (value.NS !== undefined) return { NS: [...value.NS] };
  if (value.BS !== undefined) return { BS: value.BS.map((bytes) => new Uint8Array(bytes)) };
  return { ...value };
}
