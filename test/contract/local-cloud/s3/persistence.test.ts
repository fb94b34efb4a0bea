import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repairJournal } from '../../../../apps/local-cloud/journal.ts';
import { openS3, type S3Fixture } from './s3-fixture.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 's3-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const journalPath = () => join(directory, 's3', 'objects.journal');
const put = (fixture: S3Fixture, Bucket: string, Key: string, Body: string) =>
  fixture.client.send(new PutObjectCommand({ Bucket, Key, Body }));
const textOf = async (fixture: S3Fixture, Bucket: string, Key: string, VersionId?: string) => {
  const { Body } = await fixture.client.send(new GetObjectCommand({ Bucket, Key, ...(VersionId !== undefined && { VersionId }) }));
  return Body!.transformToString();
};
const bodyFiles = (): string[] =>
  readdirSync(join(directory, 's3', 'bodies'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\d+$/.test(name) && name.includes('/'),
  );

test('S3-60 gives back objects, versions, locks and uploads under way after a reopen', async () => {
  const first = openS3({ directory });
  const { VersionId } = await put(first, 'worm', 'k', 'one');
  await put(first, 'worm', 'k', 'two');
  const upload = { Bucket: 'lake', Key: 'big' };
  const { UploadId } = await first.client.send(new CreateMultipartUploadCommand(upload));
  const { ETag } = await first.client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }));
  await first.s3.close();

  // The same seed gives the same ids again; versions and bodies must stay apart all the same.
  const second = openS3({ directory });
  expect([await textOf(second, 'worm', 'k'), await textOf(second, 'worm', 'k', VersionId)]).toEqual(['two', 'one']);
  expect(await second.client.send(new HeadObjectCommand({ Bucket: 'worm', Key: 'k' }))).toMatchObject({ ObjectLockMode: 'COMPLIANCE' });
  const { VersionId: third } = await put(second, 'worm', 'k', 'three');
  expect(third).not.toBe(VersionId);
  await second.client.send(
    new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }),
  );
  expect([await textOf(second, 'lake', 'big'), await textOf(second, 'worm', 'k', VersionId)]).toEqual(['part', 'one']);
});

test('S3-61 loses nothing it answered for when the process is killed in mid-write', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./put-until-killed.ts', import.meta.url)), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
    child.stdout.on('data', (chunk) => {
      told += String(chunk);
      if (told.split('\n').length > 300) child.kill('SIGKILL');
    });
  });
  const answered = Number(told.trim().split('\n').at(-1));
  expect(answered).toBeGreaterThanOrEqual(299);
  const fixture = openS3({ directory });
  for (let i = answered - 49; i <= answered; i++) {
    // The put after the last answered one may have happened too.
    const acceptable = [`body ${i}`, `body ${i + 50}`];
    expect(acceptable).toContain(await textOf(fixture, i % 2 ? 'plain' : 'lake', `key-${i % 50}`));
  }
});

test('S3-62 refuses a journal that ends in half a record, and opens it once repaired', async () => {
  const first = openS3({ directory });
  await put(first, 'plain', 'k', 'kept');
  await first.s3.close();
  appendFileSync(journalPath(), '0badc0de {"kind":"put"');
  expect(() => openS3({ directory })).toThrow(expect.objectContaining({ name: 'DamagedState', path: journalPath() }));
  repairJournal(journalPath());
  expect(await textOf(openS3({ directory }), 'plain', 'k')).toBe('kept');
});

test('S3-63 refuses a journal that was altered', async () => {
  const first = openS3({ directory });
  await put(first, 'plain', 'k', 'kept');
  await first.s3.close();
  writeFileSync(journalPath(), readFileSync(journalPath(), 'utf8').replace('"size":4', '"size":5'));
  expect(() => openS3({ directory })).toThrow(/is not what was written/);
});

test('S3-64 refuses to hand out a body that was cut short or is gone, naming the file', async () => {
  const fixture = openS3({ directory });
  await put(fixture, 'plain', 'k', 'kept');
  const file = join(directory, 's3', 'bodies', bodyFiles()[0]!);
  truncateSync(file, 2);
  await expect(textOf(fixture, 'plain', 'k')).rejects.toMatchObject({ name: 'DamagedState', path: file });
  rmSync(file);
  await expect(textOf(fixture, 'plain', 'k')).rejects.toMatchObject({ name: 'DamagedState', path: file });
});

test('S3-65 frees the bytes of what is replaced, and compacts a journal that is mostly history', async () => {
  const first = openS3({ directory });
  for (let i = 0; i < 1200; i++) {
    first.s3.execute('PutObject', { Bucket: 'plain', Key: 'k', Body: Buffer.from(`body ${i}`) } as never, first.caller);
  }
  expect(bodyFiles()).toHaveLength(1);
  await first.s3.close();
  const stray = join(directory, 's3', 'bodies', '00', '999936');
  writeFileSync(stray, 'left by a kill');
  const second = openS3({ directory });
  expect(readFileSync(journalPath(), 'utf8').split('\n').length).toBeLessThan(20);
  expect(bodyFiles()).toHaveLength(1);
  await second.s3.close();
  const third = openS3({ directory });
  expect(await textOf(third, 'plain', 'k')).toBe('body 1199');
  await put(third, 'plain', 'l', 'after');
  expect([await textOf(third, 'plain', 'k'), await textOf(third, 'plain', 'l')]).toEqual(['body 1199', 'after']);
});
