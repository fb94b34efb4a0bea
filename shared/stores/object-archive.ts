/** A bucket under Object Lock: objects are written once and carry their SHA-256, which S3 checks on arrival. */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { awsCall, isNamed } from './aws-errors.ts';

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
}
