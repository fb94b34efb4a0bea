import { ListBucketsCommand, ListObjectsV2Command, type ListObjectsV2CommandInput, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { openS3, type S3Fixture } from './s3-fixture.ts';

let fixture: S3Fixture;
beforeEach(() => {
  fixture = openS3();
});

async function fill(...keys: string[]): Promise<void> {
  for (const Key of keys) await fixture.client.send(new PutObjectCommand({ Bucket: 'plain', Key, Body: Key }));
}

const page = (input: Partial<ListObjectsV2CommandInput> = {}) =>
  fixture.client.send(new ListObjectsV2Command({ Bucket: 'plain', ...input }));

async function list(input: Partial<ListObjectsV2CommandInput> = {}): Promise<{ keys: string[]; prefixes: string[] }> {
  const { Contents = [], CommonPrefixes = [] } = await page(input);
  return { keys: Contents.map(({ Key }) => Key!), prefixes: CommonPrefixes.map(({ Prefix }) => Prefix!) };
}

/** The sample bucket of the S3 User Guide, "Organizing objects using prefixes". */
const SAMPLE = [
  'sample.jpg',
  'photos/2006/January/sample.jpg',
  'photos/2006/February/sample2.jpg',
  'photos/2006/February/sample3.jpg',
  'photos/2006/February/sample4.jpg',
];

test('S3-20 folds keys at the delimiter as the S3 User Guide shows', async () => {
  await fill(...SAMPLE);
  expect(await list({ Delimiter: '/' })).toEqual({ keys: ['sample.jpg'], prefixes: ['photos/'] });
  expect(await list({ Delimiter: '/', Prefix: 'photos/2006/' })).toEqual({
    keys: [],
    prefixes: ['photos/2006/February/', 'photos/2006/January/'],
  });
  expect(await list({ Delimiter: '/', Prefix: 'photos/2006/February/' })).toEqual({ keys: SAMPLE.slice(2), prefixes: [] });
});

test('S3-21 lists in the order of UTF-8 bytes, where an emoji follows every other character', async () => {
  await fill('b', 'B', 'a/', 'a', 'é', '\uff5e', '😀');
  expect((await list()).keys).toEqual(['B', 'a', 'a/', 'b', 'é', '\uff5e', '😀']);
});

test('S3-22 pages without loss or repetition, also when a page ends in a common prefix', async () => {
  await fill('a', 'b/1', 'b/2', 'c', 'd/1', 'd/2', 'e');
  const seen: string[] = [];
  let token: string | undefined;
  do {
    const answer = await page({ Delimiter: '/', MaxKeys: 2, ...(token !== undefined && { ContinuationToken: token }) });
    seen.push(...[...(answer.Contents ?? []).map(({ Key }) => Key!), ...(answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!)].sort());
    expect(answer.KeyCount).toBeLessThanOrEqual(2);
    token = answer.NextContinuationToken;
    // A put behind the page must not move what follows.
    await fill('a0');
  } while (token !== undefined);
  expect(seen).toEqual(['a', 'b/', 'c', 'd/', 'e']);
});

test('S3-23 starts after a key, and takes only tokens it gave out', async () => {
  await fill('a', 'b', 'c');
  expect((await list({ StartAfter: 'a' })).keys).toEqual(['b', 'c']);
  expect((await list({ StartAfter: 'aa' })).keys).toEqual(['b', 'c']);
  await expect(list({ ContinuationToken: 'not a token' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  expect(await page({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
});

test('S3-24 encodes keys for XML when asked, and keeps markup and blanks in them when not', async () => {
  await fill(' <a> & "b"\' ', 'x y/+z');
  expect((await list()).keys).toEqual([' <a> & "b"\' ', 'x y/+z']);
  expect((await list({ EncodingType: 'url', Prefix: 'x' })).keys).toEqual(['x+y/%2Bz']);
});

test('S3-25 tells size, ETag and time of each key, and asks for s3:ListBucket with the prefix as condition', async () => {
  await fill('a/b');
  fixture.caller.takeAsked();
  const { Contents } = await page({ Prefix: 'a/' });
  expect(Contents).toMatchObject([
    { Key: 'a/b', Size: 3, StorageClass: 'STANDARD', LastModified: new Date('2026-01-05T15:45:00Z'), ChecksumAlgorithm: ['CRC32'] },
  ]);
  expect(fixture.caller.asked).toEqual([{ action: 's3:ListBucket', resource: 'arn:aws:s3:::plain', conditions: { 's3:prefix': 'a/' } }]);
});

test('S3-26 lists the declared buckets', async () => {
  const { Buckets } = await fixture.client.send(new ListBucketsCommand({}));
  expect(Buckets!.map(({ Name }) => Name)).toEqual(['guarded', 'lake', 'plain', 'sealed', 'worm']);
  expect(Buckets![0]!.CreationDate).toEqual(new Date('2026-01-05T15:45:00Z'));
});
