/** The bytes of an upload, checked against every digest that came with them before anything is stored. */
import { createHash } from 'node:crypto';
import { AwsError } from '../service.ts';
import { CHECKSUM_MEMBERS, type ChecksumAlgorithm, checksumIn, checksumOf, isChecksumAlgorithm } from './checksums.ts';
import { invalidRequest } from './errors.ts';

interface ReceivedBody {
  readonly bytes: Uint8Array;
  /** Hex MD5, as an ETag has it. */
  readonly etag: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  /** The client named a checksum or an MD5 itself. */
  readonly isChecked: boolean;
}

interface BodyInput {
  readonly Body?: Uint8Array | string | undefined;
  readonly ContentMD5?: string | undefined;
  readonly ChecksumAlgorithm?: string | undefined;
}

/** @throws AwsError BadDigest, InvalidDigest or InvalidRequest */
export function receiveBody(input: BodyInput, wanted?: ChecksumAlgorithm): ReceivedBody {
  const bytes = typeof input.Body === 'string' ? Buffer.from(input.Body) : (input.Body ?? new Uint8Array(0));
  const md5 = createHash('md5').update(bytes).digest();
  assertMd5(input.ContentMD5, md5);
  const claimed = checksumIn(input);
  if (claimed) assertChecksum(claimed, bytes);
  const named = input.ChecksumAlgorithm;
  if (named !== undefined && !isChecksumAlgorithm(named)) throw invalidRequest('Checksum algorithm provided is unsupported.');
  const algorithm = claimed?.algorithm ?? named ?? wanted;
  const value = claimed?.value ?? (algorithm && checksumOf(algorithm, [bytes]));
  return {
    bytes,
    etag: md5.toString('hex'),
    isChecked: claimed !== undefined || named !== undefined || input.ContentMD5 !== undefined,
    ...(algorithm && value !== undefined && { checksum: { algorithm, value } }),
  };
}

function assertMd5(claimed: string | undefined, md5: Buffer): void {
  if (claimed === undefined) return;
  const digest = Buffer.from(claimed, 'base64');
  if (digest.length !== 16) throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  if (!digest.equals(md5)) throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
}

function assertChecksum({ algorithm, value }: { algorithm: ChecksumAlgorithm; value: string }, bytes: Uint8Array): void {
  const actual = checksumOf(algorithm, [bytes]);
  if (actual === value) return;
  if (Buffer.from(value, 'base64').length !== Buffer.from(actual, 'base64').length) {
    throw invalidRequest(`Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`);
  }
  throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}

/** As the response of an upload carries it. */
export const checksumMember = (checksum: { algorithm: ChecksumAlgorithm; value: string } | undefined): Record<string, string> =>
  checksum ? { [CHECKSUM_MEMBERS[checksum.algorithm]]: checksum.value } : {};
