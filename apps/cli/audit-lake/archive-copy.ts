/** The part of a fund's audit archive that SQL reads, as files: what lies under its two prefixes, copied out of the bucket as it is. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { auditLake } from '../../../shared/contracts/names/audit-lake.ts';

export async function copyArchive(client: S3Client, Bucket: string, directory: string): Promise<void> {
  for (const Prefix of [auditLake.recordsPrefix, auditLake.checkpointsPrefix]) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
      for (const { Key } of Contents) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        const path = join(directory, Key!);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, await Body!.transformToByteArray());
      }
    }
  }
}
