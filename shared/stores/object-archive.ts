/** A bucket under Object Lock: objects are written once and carry their SHA-256, which S3 checks on arrival. */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, PutObjectLegalHoldCommand, type S3Client } from '@aws-sdk/client-s3';
import type { EpochMs } from '../kernel/units.ts';
import { awsCall, isNamed } from './aws-errors.ts';

export interface ArchivedObject {
  readonly key: string;
  readonly bytes: number;
  readonly writtenAt: EpochMs;
}

export class ObjectArchive {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** The key names the content, so an object that is already there is the same object. */
  async putOnce(key: string, body: string): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      ContentType: 'application/x-ndjson',
      ChecksumAlgorithm: 'SHA256',
      IfNoneMatch: '*',
    });
    try {
      await awsCall(`Archiving ${key}`, () => this.#client.send(command));
    } catch (error) {
      if (!isNamed(error, 'PreconditionFailed')) throw error;
    }
  }

  /** Everything under a prefix, in the order of the keys. */
  async list(prefix: string): Promise<ArchivedObject[]> {
    const found: ArchivedObject[] = [];
    let ContinuationToken: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ...(ContinuationToken && { ContinuationToken }) });
      const { Contents = [], NextContinuationToken } = await awsCall(`Listing ${prefix}`, () => this.#client.send(command));
      for (const { Key, Size, LastModified } of Contents)
        found.push({ key: Key!, bytes: Size ?? 0, writtenAt: (LastModified?.getTime() ?? 0) as EpochMs });
      ContinuationToken = NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  }

  async read(key: string): Promise<string> {
    const { Body } = await awsCall(`Reading ${key}`, () => this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key })));
    return Body!.transformToString('utf8');
  }

  /** While it holds, nobody deletes the object, whatever its retention; it is put and taken off by people, never by a function. */
  async hold(key: string, Status: 'ON' | 'OFF'): Promise<void> {
    const command = new PutObjectLegalHoldCommand({ Bucket: this.#bucket, Key: key, LegalHold: { Status } });
    await awsCall(`Changing the legal hold of ${key}`, () => this.#client.send(command));
  }
}
