import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { answerTo } from '../sdk-over-wire.ts';
import { KEY_ARN, openS3, type S3Fixture } from './s3-fixture.ts';

let fixture: S3Fixture;
beforeEach(() => {
  fixture = openS3();
});

const put = (input: Partial<PutObjectCommandInput> = {}) =>
  fixture.client.send(new PutObjectCommand({ Bucket: 'plain', Key: 'a/b.txt', Body: 'hello', ...input }));

const textOf = async (input: { Bucket?: string; Key?: string; Range?: string; VersionId?: string } = {}) => {
  const { Body } = await fixture.client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a/b.txt', ...input }));
  return Body!.transformToString();
};

describe.each([{ pathStyle: true }, { pathStyle: false }])('with pathStyle $pathStyle', (style) => {
  beforeEach(() => {
    fixture = openS3(style);
  });

  test('S3-01 gives back bytes, type, metadata, the MD5 as ETag and the checksum the SDK sent', async () => {
    const { ETag, ChecksumCRC32 } = await put({ ContentType: 'text/plain', CacheControl: 'no-store', Metadata: { Run: 'r-1' } });
    // MD5 and CRC-32 of "hello" as md5sum and Python's zlib.crc32 give them.
    expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    expect(ChecksumCRC32).toBe('NhCmhg==');
    const read = await fixture.client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a/b.txt' }));
    expect(await read.Body!.transformToString()).toBe('hello');
    expect(read).toMatchObject({
      ETag,
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      ContentLength: 5,
      Metadata: { run: 'r-1' },
      ChecksumCRC32: 'NhCmhg==',
    });
    expect(read.LastModified).toEqual(new Date('2026-01-05T15:45:00Z'));
  });

  test('S3-02 keeps keys with blanks, plus signs, percent signs, slashes and other scripts apart', async () => {
    const keys = ['a b', 'a+b', 'a%20b', 'dir//x', 'é€😀', "q?x=1&y='2'"];
    for (const key of keys) await put({ Key: key, Body: `body of ${key}` });
    for (const key of keys) expect(await textOf({ Key: key })).toBe(`body of ${key}`);
  });
});

test('S3-03 takes a streamed upload in aws-chunked coding with its checksum in the trailer', async () => {
  const body = Buffer.alloc(200_000, 'ballast');
  await put({ Body: Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]), ContentLength: body.length });
  const read = await fixture.client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a/b.txt' }));
  expect(Buffer.from(await read.Body!.transformToByteArray()).equals(body)).toBe(true);
  expect(read.ContentEncoding).toBeUndefined();
  expect(read.ChecksumCRC32).toBeDefined();
});

test('S3-04 decodes signed chunks and refuses a chunked body whose length or trailer is not what was announced', async () => {
  const { s3, caller } = fixture;
  const signed = '5;chunk-signature=aa\r\nhello\r\n0;chunk-signature=bb\r\n\r\n';
  const headers = {
    host: 'plain.localhost:4566',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'content-encoding': 'aws-chunked,gzip',
  };
  const send = (body: string, more: Record<string, string>) =>
    answerTo(
      s3,
      { method: 'PUT', path: '/k', query: new URLSearchParams(), headers: { ...headers, ...more }, body: Buffer.from(body) },
      caller,
    );
  expect((await send(signed, { 'x-amz-decoded-content-length': '5' })).status).toBe(200);
  expect(await fixture.client.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'k' }))).toMatchObject({
    ContentEncoding: 'gzip',
    ContentLength: 5,
  });
  expect((await send(signed, { 'x-amz-decoded-content-length': '6' })).body).toContain('<Code>IncompleteBody</Code>');
  expect((await send('5\r\nhel', {})).body).toContain('<Code>IncompleteBody</Code>');
  expect((await send('5\r\nhello\r\n0\r\n\r\n', { 'x-amz-trailer': 'x-amz-checksum-crc32' })).body).toContain('MalformedTrailerError');
  expect(
    (await send('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', { 'x-amz-trailer': 'x-amz-checksum-crc32' })).body,
  ).toContain('BadDigest');
});

test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
  'S3-05 verifies and returns %s so that the SDK accepts the object',
  async (algorithm) => {
    await put({ ChecksumAlgorithm: algorithm });
    const read = await fixture.client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a/b.txt', ChecksumMode: 'ENABLED' }));
    expect(await read.Body!.transformToString()).toBe('hello');
    expect(read[`Checksum${algorithm}`]).toBeDefined();
    expect(read.ChecksumType).toBe('FULL_OBJECT');
  },
);

test('S3-06 refuses a body that differs from the checksum or the MD5 that came with it, and stores nothing', async () => {
  await expect(put({ ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(put({ ChecksumSHA256: 'AAAA' })).rejects.toMatchObject({ name: 'InvalidRequest' });
  await expect(put({ ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(put({ ContentMD5: 'short' })).rejects.toMatchObject({ name: 'InvalidDigest' });
  await expect(textOf()).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('S3-07 writes once under If-None-Match and only over the expected object under If-Match', async () => {
  const { ETag } = await put({ IfNoneMatch: '*' });
  await expect(put({ IfNoneMatch: '*', Body: 'late' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
  await expect(put({ IfMatch: '"0"', Body: 'stale' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await put({ IfMatch: ETag, Body: 'fresh' });
  expect(await textOf()).toBe('fresh');
  await expect(put({ Key: 'nothing', IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
});

test('S3-08 a conflict that a fault plan injects reaches the client as ConditionalRequestConflict', async () => {
  const { s3, client } = fixture;
  const conflict = new AwsError('ConditionalRequestConflict', 'A conflicting operation occurred during processing', 409);
  s3.execute = () => {
    throw conflict;
  };
  await expect(client.send(new PutObjectCommand({ Bucket: 'plain', Key: 'x', Body: 'y' }))).rejects.toMatchObject({
    name: 'ConditionalRequestConflict',
    $metadata: { httpStatusCode: 409 },
  });
});

test.each([
  ['bytes=0-1', 'he', 'bytes 0-1/5'],
  ['bytes=2-', 'llo', 'bytes 2-4/5'],
  ['bytes=-2', 'lo', 'bytes 3-4/5'],
  ['bytes=3-99', 'lo', 'bytes 3-4/5'],
])('S3-09 reads the range %s alone, as 206', async (range, text, contentRange) => {
  await put();
  const read = await fixture.client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a/b.txt', Range: range }));
  expect(await read.Body!.transformToString()).toBe(text);
  expect(read).toMatchObject({ ContentRange: contentRange, ContentLength: text.length, $metadata: { httpStatusCode: 206 } });
});

test('S3-10 ignores a range it cannot read and refuses one beyond the end', async () => {
  await put();
  expect(await textOf({ Range: 'bytes=4-2' })).toBe('hello');
  await expect(textOf({ Range: 'bytes=5-' })).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
});

test('S3-11 answers conditional reads with 304 and 412', async () => {
  const { ETag } = await put();
  const read = (conditions: object) => fixture.client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a/b.txt', ...conditions }));
  await expect(read({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await expect(read({ IfMatch: '"0"' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  await expect(read({ IfModifiedSince: new Date('2026-01-05T15:45:00Z') })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await expect(read({ IfUnmodifiedSince: new Date('2026-01-05T15:44:59Z') })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  expect((await read({ IfMatch: ETag, IfUnmodifiedSince: new Date('2020-01-01T00:00:00Z') })).ETag).toBe(ETag);
});

test('S3-12 lets a read override the response headers, and HEAD tell the size without the bytes', async () => {
  await put({ ContentType: 'text/plain' });
  const read = await fixture.client.send(
    new GetObjectCommand({
      Bucket: 'plain',
      Key: 'a/b.txt',
      ResponseContentType: 'text/csv',
      ResponseContentDisposition: 'attachment; filename="x.csv"',
    }),
  );
  expect(read).toMatchObject({ ContentType: 'text/csv', ContentDisposition: 'attachment; filename="x.csv"' });
  expect(await fixture.client.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'a/b.txt' }))).toMatchObject({
    ContentLength: 5,
    ContentType: 'text/plain',
  });
});

test('S3-13 hides whether a key exists from a caller who may not list the bucket', async () => {
  await expect(textOf()).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
  await expect(fixture.client.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'no' }))).rejects.toMatchObject({ name: 'NotFound' });
  fixture.caller.denies = ({ action }) => action === 's3:ListBucket';
  await expect(textOf()).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
});

test('S3-14 asks IAM for the object by ARN, and names action and resource when refused', async () => {
  await put();
  await textOf();
  await fixture.client.send(new DeleteObjectCommand({ Bucket: 'plain', Key: 'a/b.txt' }));
  const object = 'arn:aws:s3:::plain/a/b.txt';
  expect(fixture.caller.takeAsked()).toEqual([`s3:PutObject ${object}`, `s3:GetObject ${object}`, `s3:DeleteObject ${object}`]);
  fixture.caller.denies = () => true;
  await expect(put()).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining(`s3:PutObject on resource: ${object}`),
  });
});

test('S3-15 asks for the key of an encrypted bucket: a data key to write, decryption to read', async () => {
  const at = { Bucket: 'sealed', Key: 'x' };
  expect(await put(at)).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY_ARN });
  await textOf(at);
  expect(fixture.caller.takeAsked()).toEqual([
    's3:PutObject arn:aws:s3:::sealed/x',
    `kms:GenerateDataKey ${KEY_ARN}`,
    's3:GetObject arn:aws:s3:::sealed/x',
    `kms:Decrypt ${KEY_ARN}`,
  ]);
  fixture.caller.denies = ({ action }) => action === 'kms:Decrypt';
  await expect(textOf(at)).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining(KEY_ARN) });
});

test('S3-16 copies an object with its metadata, or with new metadata when told to replace', async () => {
  const { ETag } = await put({ Metadata: { run: 'r-1' }, ContentType: 'text/plain' });
  const copy = (more: object) =>
    fixture.client.send(new CopyObjectCommand({ Bucket: 'lake', Key: 'copied', CopySource: 'plain/a/b.txt', ...more }));
  expect((await copy({})).CopyObjectResult).toMatchObject({ ETag, LastModified: new Date('2026-01-05T15:45:00Z') });
  const head = () => fixture.client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'copied' }));
  expect(await head()).toMatchObject({ Metadata: { run: 'r-1' }, ContentType: 'text/plain' });
  await copy({ MetadataDirective: 'REPLACE', Metadata: { run: 'r-2' } });
  expect((await head()).Metadata).toEqual({ run: 'r-2' });
  await expect(copy({ CopySourceIfNoneMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(copy({ Bucket: 'plain', Key: 'a/b.txt' })).rejects.toMatchObject({ name: 'InvalidRequest' });
  await fixture.client.send(new DeleteObjectCommand({ Bucket: 'plain', Key: 'a/b.txt' }));
  expect(await textOf({ Bucket: 'lake', Key: 'copied' })).toBe('hello');
});

test('S3-17 refuses by name what it does not emulate, and a bucket nobody declared', async () => {
  await expect(fixture.client.send(new PutObjectAclCommand({ Bucket: 'plain', Key: 'x', ACL: 'private' }))).rejects.toMatchObject({
    name: 'NotEmulated',
  });
  await expect(put({ Tagging: 'a=b' })).rejects.toMatchObject({ name: 'NotEmulated', message: expect.stringContaining('Tagging') });
  const copyPart = new UploadPartCopyCommand({ Bucket: 'plain', Key: 'x', UploadId: 'u', PartNumber: 1, CopySource: 'plain/y' });
  await expect(fixture.client.send(copyPart)).rejects.toMatchObject({
    name: 'NotEmulated',
    message: expect.stringContaining('UploadPartCopy'),
  });
  await expect(put({ Bucket: 'elsewhere' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await expect(put({ ExpectedBucketOwner: '999999999999' })).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('S3-18 refuses keys and metadata beyond the limits of S3', async () => {
  await put({ Key: 'é'.repeat(512) });
  await expect(put({ Key: `${'é'.repeat(512)}x` })).rejects.toMatchObject({ name: 'KeyTooLongError' });
  await expect(put({ Metadata: { big: 'x'.repeat(2046) } })).rejects.toMatchObject({ name: 'MetadataTooLarge' });
});
