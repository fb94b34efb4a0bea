import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import { ObjectArchive } from '../../../shared/stores/object-archive.ts';

const s3 = mockClient(S3Client);
const archive = new ObjectArchive(new S3Client({ region: 'us-east-1' }), 'audit');
const failure = (name: string, httpStatusCode: number): Error => Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

beforeEach(() => {
  s3.reset();
});

test('writes an object once, with a checksum that S3 verifies', async () => {
  s3.on(PutObjectCommand).resolves({});
  await archive.putOnce('records/1.ndjson', '{}\n');
  expect(s3.commandCalls(PutObjectCommand)[0]!.args[0].input).toEqual({
    Bucket: 'audit',
    Key: 'records/1.ndjson',
    Body: '{}\n',
    ContentType: 'application/x-ndjson',
    ChecksumAlgorithm: 'SHA256',
    IfNoneMatch: '*',
  });
});

test('is content with an object that is there', async () => {
  s3.on(PutObjectCommand).rejects(failure('PreconditionFailed', 412));
  await archive.putOnce('records/1.ndjson', '{}\n');
});

test('is a TransientFailure when another writes the same object at once, and AWS’s own error when S3 denies', async () => {
  s3.on(PutObjectCommand).rejects(failure('ConditionalRequestConflict', 409));
  await expect(archive.putOnce('k', '')).rejects.toThrow(TransientFailure);
  s3.on(PutObjectCommand).rejects(failure('AccessDenied', 403));
  await expect(archive.putOnce('k', '')).rejects.toMatchObject({ name: 'AccessDenied' });
});
