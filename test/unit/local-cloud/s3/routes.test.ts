import { expect, test } from 'vitest';
import { targetOf } from '../../../../apps/local-cloud/s3/wire/routes.ts';

test.each([
  ['lake.s3.us-east-1.amazonaws.com', '/a/b%20c', 'lake', 'a/b c'],
  ['lake.s3.amazonaws.com', '/', 'lake', undefined],
  ['dotted.name.s3.dualstack.eu-west-1.amazonaws.com', '/k', 'dotted.name', 'k'],
  ['lake.localhost:4566', '/k', 'lake', 'k'],
  ['lake.s3.localhost', '/k', 'lake', 'k'],
  ['s3.us-east-1.amazonaws.com', '/lake/a/b', 'lake', 'a/b'],
  ['localhost:4566', '/lake/', 'lake', undefined],
  ['127.0.0.1:4566', '/lake//k', 'lake', '/k'],
  ['s3.localhost:4566', '/', undefined, undefined],
])('reads bucket and key from %s%s', (host, path, bucket, key) => {
  expect(targetOf(host, path)).toEqual({ bucket, key });
});
