/** A child process of the persistence cards: opens S3 in the directory given, puts for ever, and tells each put it was answered for. */
import { writeSync } from 'node:fs';
import { openS3 } from './s3-fixture.ts';

const { s3, caller } = openS3({ directory: process.argv[2]! });
for (let i = 0; ; i++) {
  s3.execute('PutObject', { Bucket: i % 2 ? 'plain' : 'lake', Key: `key-${i % 50}`, Body: Buffer.from(`body ${i}`) } as never, caller);
  writeSync(1, `${i}\n`);
}
