/** The local S3 at the service itself, on disk: bulk throughput for snapshots, and the cost of one small object. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { VirtualClock } from '../../apps/local-cloud/clock.ts';
import { createS3, type S3 } from '../../apps/local-cloud/s3/index.ts';
import type { CallContext, CloudHost } from '../../apps/local-cloud/service.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import type { Bench } from './bench.ts';

const MEGABYTE = 1_000_000;
const operator: CallContext = { caller: { kind: 'operator' }, requestId: 'bench', authorize: () => {} };

async function onDisk(measure: (s3: S3) => number): Promise<number> {
  // Beside the checkout, as the state directory is by default: another disk would measure another disk.
  const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, 's3-bench-'));
  const rng = seededRng(1);
  const host: CloudHost = {
    region: 'us-east-1',
    accountId: '000000000000',
    clock: new VirtualClock(0 as EpochMs),
    random: () => rng.uniform(),
    newId: () => Math.floor(rng.uniform() * 2 ** 32).toString(16),
    storage: () => directory,
    assemblyDirectory: '',
    call: () => Promise.reject(new Error('a bench calls no other service')),
    background: () => {},
    observe: () => {},
  };
  const s3 = createS3(host);
  try {
    await s3.declare({ stack: 'bench', logicalId: 'Lake', type: 'AWS::S3::Bucket', properties: { BucketName: 'lake' }, metadata: {} });
    return measure(s3);
  } finally {
    await s3.close();
    rmSync(directory, { recursive: true });
  }
}

const put = (s3: S3, key: string, body: Uint8Array): unknown =>
  s3.execute('PutObject', { Bucket: 'lake', Key: key, Body: body } as never, operator);
const get = (s3: S3, key: string): unknown => s3.execute('GetObject', { Bucket: 'lake', Key: key } as never, operator);

/** How many of `work` fit a second. */
function ratePerSecond(count: number, work: (index: number) => void): number {
  const startedMs = performance.now();
  for (let index = 0; index < count; index++) work(index);
  return (count * 1000) / (performance.now() - startedMs);
}

const body = Buffer.alloc(MEGABYTE, 'snapshot of one session, ');
const small = Buffer.alloc(1_000, 'decision record');

export const benches: Bench[] = [
  { name: 's3-put-1mb', unit: 'MB/s', run: () => onDisk((s3) => ratePerSecond(100, (index) => put(s3, `k${index}`, body))) },
  {
    name: 's3-get-1mb',
    unit: 'MB/s',
    run: () =>
      onDisk((s3) => {
        put(s3, 'k', body);
        return ratePerSecond(200, () => get(s3, 'k'));
      }),
  },
  { name: 's3-put-1kb', unit: 'objects/s', run: () => onDisk((s3) => ratePerSecond(5_000, (index) => put(s3, `k${index}`, small))) },
  {
    name: 's3-get-1kb',
    unit: 'objects/s',
    run: () =>
      onDisk((s3) => {
        put(s3, 'k', small);
        return ratePerSecond(10_000, () => get(s3, 'k'));
      }),
  },
];
