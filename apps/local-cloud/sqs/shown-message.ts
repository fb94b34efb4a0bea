/** A message as a receiver sees it, with the attributes it asked for; and its attributes as JSON can keep them. */
import { Buffer } from 'node:buffer';
import type { Message, MessageAttributeValue, ReceiveMessageRequest } from '@aws-sdk/client-sqs';
import { attributesDigest, bodyDigest, type MessageAttributes } from './message-digest.ts';
import type { StoredAttribute, StoredMessage } from './stored-message.ts';

export function toStored(attributes: MessageAttributes): Record<string, StoredAttribute> {
  const stored: Record<string, StoredAttribute> = {};
  for (const [name, { DataType = '', StringValue, BinaryValue }] of Object.entries(attributes)) {
    stored[name] = {
      DataType,
      ...(StringValue === undefined ? {} : { StringValue }),
      ...(BinaryValue === undefined ? {} : { base64: Buffer.from(BinaryValue).toString('base64') }),
    };
  }
  return stored;
}

export function fromStored(attributes: Readonly<Record<string, StoredAttribute>>): Record<string, MessageAttributeValue> {
  const values: Record<string, MessageAttributeValue> = {};
  for (const [name, { base64, ...attribute }] of Object.entries(attributes)) {
    values[name] = base64 === undefined ? attribute : { ...attribute, BinaryValue: new Uint8Array(Buffer.from(base64, 'base64')) };
  }
  return values;
}

export function shownMessage(message: StoredMessage, wanted: ReceiveMessageRequest): Message {
  const system = new Set<string>([...(wanted.AttributeNames ?? []), ...(wanted.MessageSystemAttributeNames ?? [])]);
  const Attributes = Object.fromEntries(
    Object.entries(systemAttributes(message)).filter(([name]) => system.has('All') || system.has(name)),
  );
  const attributes = chosenAttributes(message, wanted.MessageAttributeNames ?? []);
  const attributesMd5 = attributesDigest(attributes);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: bodyDigest(message.body),
    Body: message.body,
    ...(Object.keys(Attributes).length > 0 ? { Attributes } : {}),
    ...(attributesMd5 === undefined ? {} : { MessageAttributes: attributes, MD5OfMessageAttributes: attributesMd5 }),
  };
}

function systemAttributes(message: StoredMessage): Record<string, string> {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.traceHeader === undefined ? {} : { AWSTraceHeader: message.traceHeader }),
    ...(message.deadLetterSource === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSource }),
    ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
    ...(message.deduplicationId === undefined ? {} : { MessageDeduplicationId: message.deduplicationId }),
    ...(message.sequence === undefined ? {} : { SequenceNumber: message.sequence }),
  };
}

/** Names may be exact, `All`, `.*`, or a prefix written `name.*`. */
function chosenAttributes({ attributes }: StoredMessage, names: readonly string[]): Record<string, MessageAttributeValue> {
  const chosen = Object.entries(fromStored(attributes ?? {})).filter(([name]) =>
    names.some((wanted) => wanted === 'All' || wanted === name || (wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -2)))),
  );
  return Object.fromEntries(chosen);
}
