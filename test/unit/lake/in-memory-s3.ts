/**
 * As much of S3 as the lake uses, behind the real SDK client: what the client signs, sends and parses is the real thing,
 * and only the wire ends here. Faults are put in front by `fail`.
 */
import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';

interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Readable;
}

export interface InMemoryS3 {
  readonly client: S3Client;
  readonly objects: Map<string, Buffer>;
  /** `METHOD key` of each call, in order. */
  readonly calls: string[];
  /** Answers the next call with this status and S3 error code. */
  fail(status: number, code: string): void;
}

export const bucket = 'lake';

export function inMemoryS3(): InMemoryS3 {
  const objects = new Map<string, Buffer>();
  const calls: string[] = [];
  const faults: { status: number; code: string }[] = [];

  const answer = (request: WireRequest): WireResponse => {
    const key = decodeURIComponent(request.path.replace(`/${bucket}/`, ''));
    calls.push(`${request.method} ${key}`);
    const fault = faults.shift();
    if (fault !== undefined) return errorResponse(fault.status, fault.code);
    const stored = objects.get(key);
    if (request.method === 'PUT') {
      if (request.headers['if-none-match'] === '*' && stored !== undefined) return errorResponse(412, 'PreconditionFailed');
      objects.set(key, Buffer.from(request.body as Uint8Array));
      return response(200, Buffer.alloc(0));
    }
    if (stored === undefined) return request.method === 'HEAD' ? response(404, Buffer.alloc(0)) : errorResponse(404, 'NoSuchKey');
    if (request.method === 'HEAD') return { ...response(200, Buffer.alloc(0)), headers: { 'content-length': String(stored.length) } };
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    return range === null ? response(200, stored) : response(206, stored.subarray(Number(range[1]), Number(range[2]) + 1));
  };

  const client = new S3Client({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { handle: (request: WireRequest) => Promise.resolve({ response: answer(request) }) } as never,
  });
  return { client, objects, calls, fail: (status, code) => void faults.push({ status, code }) };
}

const response = (statusCode: number, body: Buffer): WireResponse => ({
  statusCode,
  headers: { 'content-length': String(body.length) },
  body: Readable.from(body.length === 0 ? [] : [body]),
});

const errorResponse = (statusCode: number, code: string): WireResponse =>
  response(statusCode, Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`));
