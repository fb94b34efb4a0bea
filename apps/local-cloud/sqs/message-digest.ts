/**
 * The MD5 digests SQS answers with and SDKs check: of the body, and of the attributes in the encoding of the SQS
 * developer guide ("Calculating the MD5 message digest for message attributes").
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

export const bodyDigest = (body: string): string => createHash('md5').update(body).digest('hex');

/** `undefined` when there are no attributes. */
export function attributesDigest(attributes: MessageAttributes | undefined): string | undefined {
  const names = Object.keys(attributes ?? {}).sort();
  if (!attributes || names.length === 0) return undefined;
  const hash = createHash('md5');
  const addSized = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name]!;
    addSized(Buffer.from(name));
    addSized(Buffer.from(DataType));
    hash.update(Buffer.of(DataType.startsWith('Binary') ? 2 : 1));
    addSized(DataType.startsWith('Binary') ? (BinaryValue ?? new Uint8Array()) : Buffer.from(StringValue ?? ''));
  }
  return hash.digest('hex');
}

/** Bytes of body and attributes, as the size limit counts them. */
export function messageBytes(body: string, attributes: MessageAttributes | undefined): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { DataType = '', StringValue, BinaryValue }] of Object.entries(attributes ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + (BinaryValue?.length ?? Buffer.byteLength(StringValue ?? ''));
  }
  return bytes;
}
