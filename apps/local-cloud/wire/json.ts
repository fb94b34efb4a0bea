/**
 * The AWS JSON protocols 1.0 and 1.1: `X-Amz-Target` names the operation, the body is the input.
 * Blobs travel as base64 and timestamps as epoch seconds; `blobs` and `timestamps` name the members that are such,
 * by key, at any depth.
 */
import { AwsError, type WireProtocol } from '../service.ts';

export interface JsonProtocolOptions {
  readonly version: '1.0' | '1.1';
  /** E.g. `DynamoDB_20120810`. */
  readonly targetPrefix: string;
  readonly blobs?: readonly string[];
  readonly timestamps?: readonly string[];
}

export function jsonProtocol({ version, targetPrefix, blobs = [], timestamps = [] }: JsonProtocolOptions): WireProtocol {
  const contentType = `application/x-amz-json-${version}`;
  const blobKeys = new Set(blobs);
  const timestampKeys = new Set(timestamps);

  const revive = (key: string, value: unknown): unknown => {
    if (typeof value === 'string' && blobKeys.has(key)) return new Uint8Array(Buffer.from(value, 'base64'));
    if (typeof value === 'number' && timestampKeys.has(key)) return new Date(value * 1000);
    return value;
  };
  const reviver = blobKeys.size + timestampKeys.size > 0 ? revive : undefined;

  return {
    decode({ headers, body }) {
      const target = headers['x-amz-target'] ?? '';
      const [prefix, operation] = target.split('.');
      if (prefix !== targetPrefix || !operation)
        throw new AwsError('UnknownOperationException', `X-Amz-Target "${target}" names no operation here`);
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
      return { operation, input: text === '' ? {} : (parse(text, reviver) as object) };
    },
    encode(_operation, output, requestId) {
      return { status: 200, headers: headersOf(contentType, requestId), body: JSON.stringify(toWire(output ?? {})) };
    },
    encodeError(error, requestId) {
      const body = { __type: error.code, message: error.message, Message: error.message, ...(toWire(error.members) as object) };
      return {
        status: error.status,
        headers: { ...headersOf(contentType, requestId), 'x-amzn-errortype': error.code },
        body: JSON.stringify(body),
      };
    },
  };
}

function parse(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch {
    throw new AwsError('SerializationException', 'The request body is no JSON');
  }
}

/** Dates become epoch seconds, bytes become base64; everything else is copied only where something below it changes. */
export function toWire(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (Array.isArray(value)) return value.map(toWire);
  const wired: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) wired[key] = toWire(member);
  return wired;
}

const headersOf = (contentType: string, requestId: string): Record<string, string> => ({
  'content-type': contentType,
  'x-amzn-requestid': requestId,
});
