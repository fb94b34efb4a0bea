/**
 * The `aws-chunked` content coding: the SDKs frame streamed uploads in chunks, signed or not, and put the checksum
 * behind the last one. Signatures are not checked here (the local cloud knows callers otherwise); trailers are kept.
 */
import { AwsError } from '../../service.ts';

interface Unchunked {
  readonly bytes: Uint8Array;
  /** Names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

export const isAwsChunked = (headers: Readonly<Record<string, string>>): boolean =>
  (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') || /(^|,)\s*aws-chunked\s*(,|$)/.test(headers['content-encoding'] ?? '');

/** @throws AwsError IncompleteBody or MalformedTrailerError */
export function decodeAwsChunked(body: Uint8Array, headers: Readonly<Record<string, string>>): Unchunked {
  const source = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Uint8Array[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = source.indexOf('\r\n', position);
    if (lineEnd === -1) throw incompleteBody();
    const size = Number.parseInt(source.toString('latin1', position, lineEnd).split(';')[0]!, 16);
    if (!Number.isInteger(size)) throw incompleteBody();
    position = lineEnd + 2;
    if (size === 0) break;
    if (position + size > source.length) throw incompleteBody();
    chunks.push(source.subarray(position, position + size));
    position += size + 2;
  }
  // A single chunk is handed on where it lies: an upload is copied once at most.
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  const expected = headers['x-amz-decoded-content-length'];
  if (expected !== undefined && Number(expected) !== bytes.length) throw incompleteBody();
  return { bytes, trailers: readTrailers(source.toString('latin1', position), headers['x-amz-trailer']) };
}

function readTrailers(text: string, announced: string | undefined): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  for (const name of announced?.split(',') ?? []) {
    if (trailers[name.trim().toLowerCase()] === undefined) {
      throw new AwsError(
        'MalformedTrailerError',
        'The request contained trailing data that was not well-formed or did not conform to our published schema.',
      );
    }
  }
  return trailers;
}

const incompleteBody = (): AwsError => new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
