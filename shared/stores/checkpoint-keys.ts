/** Which checkpoints of the audit trail there are, by their names in the archive: enough to tell how far the trail is signed. */
import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { awsCall } from './aws-errors.ts';

const prefix = 'checkpoints/';
const nameOf = /^checkpoints\/(\d{12})\.json$/;

export class CheckpointKeys {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, archiveBucket: string) {
    this.#client = client;
    this.#bucket = archiveBucket;
  }

  /** Sequence of the last record that the newest covers; `known` when there is none after it. Lists only what came after `known`. */
  async newestAfter(known: number | null): Promise<number | null> {
    let newest = known;
    let token: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await awsCall('Listing checkpoints', () =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: prefix,
            ...(known !== null && { StartAfter: `${prefix}${String(known).padStart(12, '0')}.json` }),
            ...(token && { ContinuationToken: token }),
          }),
        ),
      );
      for (const { Key = '' } of page.Contents ?? []) {
        const sequence = nameOf.exec(Key)?.[1];
        if (sequence !== undefined) newest = Number(sequence);
      }
      token = page.NextContinuationToken;
    } while (token);
    return newest;
  }
}
