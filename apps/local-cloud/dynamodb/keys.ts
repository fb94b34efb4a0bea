/** Reading keys out of requests and items, with the refusals DynamoDB has for keys that do not fit the table. */
import { invalid, invalidParameter } from './errors.ts';
import {
  type Attributes,
  type AttributeValue,
  attributeOf,
  type MutableAttributes,
  readValue,
  setAttribute,
  typeOf,
} from './items/attribute-value.ts';
import { leadingKeyText, partitionText, sortText } from './items/ordering.ts';
import { type KeyAttribute, type KeySchema, keyAttributesOf, type TableDefinition } from './table-definition.ts';

/** Where an item lies. */
export interface Key {
  readonly partition: string;
  /** Empty in a table without sort key. */
  readonly sort: string;
  /** Both in one text, for the hash map. */
  readonly id: string;
}

/** The key given in a request: exactly the key attributes. @throws ValidationException */
export function readKey(schema: KeySchema, input: unknown): { readonly key: Key; readonly attributes: Attributes } {
  const attributes = readKeyAttributes(schema, input);
  return { key: keyFrom(schema, attributes), attributes };
}

/** The key of a whole item. @throws ValidationException */
export function keyOfItem(definition: TableDefinition, attributes: Attributes): Key {
  const key = keyFromItem(definition, attributes);
  for (const index of definition.indexes) {
    for (const attribute of keyAttributesOf(index)) refuseIndexKey(index.name, attribute, attributeOf(attributes, attribute.name));
  }
  return key;
}

/** The key of attributes that are known to hold a fitting one. */
export function keyFrom({ partitionKey, sortKey }: KeySchema, attributes: Attributes): Key {
  const partition = partitionText(attributeOf(attributes, partitionKey.name)!);
  if (sortKey === undefined) return { partition, sort: '', id: partition };
  const sort = sortText(attributeOf(attributes, sortKey.name)!);
  return { partition, sort, id: `${partition.length}:${partition}${sort}` };
}

/** Just the key attributes of an item. */
export function keyAttributes(schema: KeySchema, attributes: Attributes): Attributes {
  const picked: MutableAttributes = {};
  for (const { name } of keyAttributesOf(schema)) setAttribute(picked, name, attributeOf(attributes, name)!);
  return picked;
}

/** What IAM sees as the leading key, read before anything is checked. */
export function leadingKeysOf({ partitionKey }: KeySchema, inputs: readonly unknown[]): readonly string[] {
  const keys: string[] = [];
  for (const input of inputs) {
    const given = typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[partitionKey.name] : undefined;
    const value = given as { S?: unknown; N?: unknown; B?: unknown } | undefined;
    if (typeof value?.S === 'string') keys.push(value.S);
    else if (typeof value?.N === 'string') keys.push(value.N);
    else if (value?.B instanceof Uint8Array) keys.push(leadingKeyText({ B: value.B }));
    else if (typeof value?.B === 'string') keys.push(value.B);
  }
  return keys;
}

const NO_MATCH = 'The provided key element does not match the schema';

function readKeyAttributes({ partitionKey, sortKey }: KeySchema, input: unknown): Attributes {
  if (typeof input !== 'object' || input === null) throw invalid(NO_MATCH);
  const source = input as Record<string, unknown>;
  let count = 0;
  for (const name in source) if (source[name] !== undefined) count++;
  const attributes: MutableAttributes = {};
  readKeyAttribute(attributes, partitionKey, source, true);
  if (sortKey) readKeyAttribute(attributes, sortKey, source, false);
  if (count !== (sortKey ? 2 : 1)) throw invalid(NO_MATCH);
  return attributes;
}

function readKeyAttribute(attributes: MutableAttributes, key: KeyAttribute, source: Record<string, unknown>, leads: boolean): void {
  const given = Object.hasOwn(source, key.name) ? source[key.name] : undefined;
  if (given === undefined) throw invalid(NO_MATCH);
  const value = readValue(given);
  if (value[key.type] === undefined) throw invalid(NO_MATCH);
  refuseEmptyOrLong(key, value, leads, 'One or more parameter values were invalid:');
  setAttribute(attributes, key.name, value);
}

function keyFromItem(schema: KeySchema, attributes: Attributes): Key {
  const { partitionKey, sortKey } = schema;
  refuseItemKey(partitionKey, attributeOf(attributes, partitionKey.name), true);
  if (sortKey) refuseItemKey(sortKey, attributeOf(attributes, sortKey.name), false);
  return keyFrom(schema, attributes);
}

function refuseItemKey(key: KeyAttribute, value: AttributeValue | undefined, leads: boolean): void {
  if (value === undefined) throw invalidParameter(`Missing the key ${key.name} in the item`);
  if (value[key.type] === undefined) {
    throw invalidParameter(`Type mismatch for key ${key.name} expected: ${key.type} actual: ${typeOf(value)}`);
  }
  refuseEmptyOrLong(key, value, leads, 'One or more parameter values are not valid.');
}

function refuseIndexKey(indexName: string, key: KeyAttribute, value: AttributeValue | undefined): void {
  if (value === undefined) return;
  if (value[key.type] === undefined) {
    throw invalidParameter(
      `Type mismatch for Index Key ${key.name} Expected: ${key.type} Actual: ${typeOf(value)} IndexName: ${indexName}`,
    );
  }
  if (value.S !== '' && value.B?.byteLength !== 0) return;
  throw invalid(
    `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${emptyKind(key)} value. IndexName: ${indexName}, IndexKey: ${key.name}`,
  );
}

function refuseEmptyOrLong(key: KeyAttribute, value: AttributeValue, leads: boolean, opening: string): void {
  if (value.N !== undefined) return;
  const bytes = value.S === undefined ? value.B!.byteLength : value.S.length > 300 ? Buffer.byteLength(value.S, 'utf8') : value.S.length;
  if (bytes === 0)
    throw invalid(`${opening} The AttributeValue for a key attribute cannot contain an empty ${emptyKind(key)} value. Key: ${key.name}`);
  if (leads && bytes > 2048) throw invalidParameter('Size of hashkey has exceeded the maximum size limit of2048 bytes');
  if (!leads && bytes > 1024) throw invalidParameter('Aggregated size of all range keys has exceeded the size limit of 1024 bytes');
}

const emptyKind = (key: KeyAttribute): string => (key.type === 'S' ? 'string' : 'binary');
