/** S3's REST-XML protocol: headers and query parameters carry scalars, the body carries the object or one XML document. */
import { type AwsError, notEmulated, type WireProtocol, type WireRequest, type WireResponse } from '../../service.ts';
import { invalidArgument } from '../errors.ts';
import { decodeAwsChunked, isAwsChunked } from './aws-chunked.ts';
import { type Member, QUERY_PARAMETERS, REQUEST_HEADERS, RESPONSE_HEADERS, TRANSPORT_HEADERS } from './members.ts';
import { readPayload, writePayload } from './payloads.ts';
import { operationOf, type Target, targetOf } from './routes.ts';
import { buildErrorXml } from './xml.ts';

export const s3Protocol = (): WireProtocol => ({ decode, encode, encodeError });

const METADATA_PREFIX = 'x-amz-meta-';
const NO_CONTENT = new Set(['DeleteObject', 'AbortMultipartUpload']);

function decode(request: WireRequest): { operation: string; input: object } {
  const target = readTarget(request);
  const operation = operationOf(request, target);
  const { bytes, trailers } = isAwsChunked(request.headers)
    ? decodeAwsChunked(request.body, request.headers)
    : { bytes: request.body, trailers: {} };
  const input: Record<string, unknown> = {
    ...(target.bucket !== undefined && { Bucket: target.bucket }),
    ...(target.key !== undefined && { Key: target.key }),
    ...readHeaders({ ...request.headers, ...trailers }),
    ...readQuery(request.query),
  };
  return { operation, input: { ...input, ...readPayload(operation, bytes) } };
}

function readTarget({ headers, path }: WireRequest): Target {
  try {
    return targetOf(headers.host ?? '', path);
  } catch {
    throw invalidArgument("Couldn't parse the specified URI.", 'path');
  }
}

function readHeaders(headers: Readonly<Record<string, string>>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const member = REQUEST_HEADERS[name];
    if (member) input[member.name] = readScalar(member, value);
    else if (name.startsWith(METADATA_PREFIX)) metadata[name.slice(METADATA_PREFIX.length)] = value;
    else if (name.startsWith('x-amz-') && !TRANSPORT_HEADERS.has(name)) throw notEmulated('s3', `header ${name}`);
  }
  // The coding was for the way here; what is left of it belongs to the object.
  const encoding = withoutAwsChunked(input.ContentEncoding);
  if (encoding === undefined) delete input.ContentEncoding;
  else input.ContentEncoding = encoding;
  if (Object.keys(metadata).length > 0) input.Metadata = metadata;
  return input;
}

function withoutAwsChunked(encoding: unknown): string | undefined {
  if (typeof encoding !== 'string') return undefined;
  const codings = encoding.split(',').map((coding) => coding.trim());
  return codings.filter((coding) => coding !== '' && coding !== 'aws-chunked').join(',') || undefined;
}

function readQuery(query: URLSearchParams): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of query) {
    const member = QUERY_PARAMETERS[name];
    if (member) input[member.name] = readScalar(member, value);
    // A presigned URL carries the checksum headers it signed as parameters.
    else if (REQUEST_HEADERS[name.toLowerCase()]) input[REQUEST_HEADERS[name.toLowerCase()]!.name] = value;
  }
  return input;
}

/** @throws AwsError InvalidArgument for a number or date that is none */
function readScalar({ name, kind }: Member, value: string): unknown {
  switch (kind) {
    case 'text':
      return value;
    case 'boolean':
      return value === 'true';
    case 'integer': {
      if (!/^-?\d+$/.test(value)) throw invalidArgument(`${name} is a whole number, not "${value}"`, name);
      return Number(value);
    }
    case 'httpDate':
    case 'isoDate': {
      const date = new Date(value);
      if (!Number.isNaN(date.getTime())) return date;
      // As RFC 9110 asks, a condition on what is no date is passed over.
      if (name.includes('Since') || name === 'Expires') return undefined;
      throw invalidArgument(`${name} is a date, not "${value}"`, name);
    }
  }
}

function encode(operation: string, output: unknown, requestId: string): WireResponse {
  const members = (output ?? {}) as Record<string, unknown>;
  const { body, contentType } = writePayload(operation, members);
  const headers = requestHeaders(requestId);
  writeHeaders(headers, members);
  if (operation !== 'HeadObject') headers['content-length'] = String(Buffer.byteLength(body));
  if (contentType !== undefined) headers['content-type'] = contentType;
  return { status: statusOf(operation, members), headers, body };
}

function statusOf(operation: string, members: Record<string, unknown>): number {
  if (NO_CONTENT.has(operation)) return 204;
  return members.ContentRange === undefined ? 200 : 206;
}

function writeHeaders(headers: Record<string, string>, members: Record<string, unknown>): void {
  for (const [header, { name, kind }] of Object.entries(RESPONSE_HEADERS)) {
    const value = members[name];
    if (value === undefined || Array.isArray(value)) continue;
    headers[header] = value instanceof Date ? (kind === 'httpDate' ? value.toUTCString() : value.toISOString()) : String(value);
  }
  const metadata = (members.Metadata ?? {}) as Record<string, string>;
  for (const [name, value] of Object.entries(metadata)) headers[METADATA_PREFIX + name] = value;
}

function encodeError(error: AwsError, requestId: string): WireResponse {
  const headers = requestHeaders(requestId);
  writeHeaders(headers, error.members);
  if (error.status === 304) return { status: 304, headers, body: '' };
  headers['content-type'] = 'application/xml';
  return {
    status: error.status,
    headers,
    body: buildErrorXml({ Code: error.code, Message: error.message, ...error.members, RequestId: requestId }),
  };
}

const requestHeaders = (requestId: string): Record<string, string> => ({ 'x-amz-request-id': requestId, 'x-amz-id-2': requestId });
