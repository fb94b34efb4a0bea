import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { KEY_ARN, openS3, type S3Fixture } from './s3-fixture.ts';

const FIVE_MIB = 5 * 1024 * 1024;
const PARTS = [Buffer.alloc(FIVE_MIB, 'a'), Buffer.alloc(FIVE_MIB, 'b'), Buffer.from('the end')];
const at = { Bucket: 'lake', Key: 'big' };

let fixture: S3Fixture;
beforeEach(() => {
  fixture = openS3();
});

const start = async (more: Partial<CreateMultipartUploadCommandInput> = {}) =>
  (await fixture.client.send(new CreateMultipartUploadCommand({ ...at, ...more }))).UploadId!;

async function upload(UploadId: string, bodies: readonly Buffer[] = PARTS, more: object = {}): Promise<CompletedPart[]> {
  const parts: CompletedPart[] = [];
  for (const [index, Body] of bodies.entries()) {
    const part = await fixture.client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: index + 1, Body, ...more }));
    parts.push({
      PartNumber: index + 1,
      ETag: part.ETag,
      ChecksumCRC32: part.ChecksumCRC32,
      ChecksumSHA256: part.ChecksumSHA256,
      ChecksumCRC32C: part.ChecksumCRC32C,
    });
  }
  return parts;
}

const complete = (UploadId: string, Parts: CompletedPart[], more: object = {}) =>
  fixture.client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts }, ...more }));

test('S3-50 joins parts to one object whose ETag is the MD5 of their MD5s and their count', async () => {
  const UploadId = await start({ ContentType: 'application/x-parquet', Metadata: { run: 'r-1' } });
  const answer = await complete(UploadId, await upload(UploadId));
  const digests = Buffer.concat(PARTS.map((part) => createHash('md5').update(part).digest()));
  expect(answer).toMatchObject({
    Bucket: 'lake',
    Key: 'big',
    ETag: `"${createHash('md5').update(digests).digest('hex')}-3"`,
    VersionId: expect.any(String),
  });
  const read = await fixture.client.send(new GetObjectCommand(at));
  expect(Buffer.from(await read.Body!.transformToByteArray()).equals(Buffer.concat(PARTS))).toBe(true);
  expect(read).toMatchObject({ ContentType: 'application/x-parquet', Metadata: { run: 'r-1' }, ContentLength: 2 * FIVE_MIB + 7 });
});

test('S3-51 reads a range across parts, and one part by its number', async () => {
  const UploadId = await start();
  await complete(UploadId, await upload(UploadId));
  const across = await fixture.client.send(new GetObjectCommand({ ...at, Range: `bytes=${FIVE_MIB - 2}-${FIVE_MIB + 1}` }));
  expect(await across.Body!.transformToString()).toBe('aabb');
  const last = await fixture.client.send(new GetObjectCommand({ ...at, PartNumber: 3 }));
  expect(await last.Body!.transformToString()).toBe('the end');
  expect(last.PartsCount).toBe(3);
});

test.each([
  ['SHA256', 'COMPOSITE'],
  ['CRC32', 'FULL_OBJECT'],
  ['CRC32C', 'FULL_OBJECT'],
] as const)(
  'S3-52 carries a %s %s checksum through the upload so that the SDK accepts the object',
  async (ChecksumAlgorithm, ChecksumType) => {
    const UploadId = await start({ ChecksumAlgorithm, ChecksumType });
    const answer = await complete(UploadId, await upload(UploadId, PARTS, { ChecksumAlgorithm }));
    expect(answer.ChecksumType).toBe(ChecksumType);
    const read = await fixture.client.send(new GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
    expect((await read.Body!.transformToByteArray()).length).toBe(2 * FIVE_MIB + 7);
    expect(read[`Checksum${ChecksumAlgorithm}`]).toBe(answer[`Checksum${ChecksumAlgorithm}`]);
  },
);

test('S3-53 refuses parts that are out of order, not as uploaded, or too small', async () => {
  const UploadId = await start();
  const [one, two, three] = await upload(UploadId, [PARTS[0]!, PARTS[2]!, PARTS[2]!]);
  await expect(complete(UploadId, [two!, one!])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete(UploadId, [{ ...one, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
  await expect(complete(UploadId, [one!, two!, three!])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await complete(UploadId, [one!, three!]);
  await expect(complete(UploadId, [one!])).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('S3-54 completes only once under If-None-Match', async () => {
  const UploadId = await start();
  const parts = await upload(UploadId, [PARTS[2]!]);
  await fixture.client.send(new PutObjectCommand({ ...at, Body: 'first' }));
  await expect(complete(UploadId, parts, { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(complete(UploadId, parts, { MpuObjectSize: 1 })).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test('S3-55 lists uploads and parts under way, and forgets an aborted one', async () => {
  const UploadId = await start();
  await upload(UploadId, [PARTS[0]!, PARTS[2]!]);
  const { Uploads } = await fixture.client.send(new ListMultipartUploadsCommand({ Bucket: 'lake' }));
  expect(Uploads).toMatchObject([{ Key: 'big', UploadId, Initiated: new Date('2026-01-05T15:45:00Z') }]);
  const first = await fixture.client.send(new ListPartsCommand({ ...at, UploadId, MaxParts: 1 }));
  expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '1', Parts: [{ PartNumber: 1, Size: FIVE_MIB }] });
  await fixture.client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
  expect((await fixture.client.send(new ListMultipartUploadsCommand({ Bucket: 'lake' }))).Uploads).toBeUndefined();
  await expect(fixture.client.send(new ListPartsCommand({ ...at, UploadId }))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await expect(fixture.client.send(new HeadObjectCommand(at))).rejects.toMatchObject({ name: 'NotFound' });
});

test('S3-56 asks for a data key to start and for decryption to add and complete', async () => {
  const sealed = { ...at, Bucket: 'sealed' };
  const { UploadId } = await fixture.client.send(new CreateMultipartUploadCommand(sealed));
  const { ETag } = await fixture.client.send(new UploadPartCommand({ ...sealed, UploadId, PartNumber: 1, Body: 'x' }));
  await fixture.client.send(
    new CompleteMultipartUploadCommand({ ...sealed, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }),
  );
  const object = 's3:PutObject arn:aws:s3:::sealed/big';
  expect(fixture.caller.takeAsked()).toEqual([
    object,
    `kms:GenerateDataKey ${KEY_ARN}`,
    object,
    `kms:Decrypt ${KEY_ARN}`,
    object,
    `kms:Decrypt ${KEY_ARN}`,
  ]);
});
