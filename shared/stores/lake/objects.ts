/**
 * Objects of one bucket, and what S3 answers turned into our outcomes: a missing object is a refusal, a hiccup is a
 * `TransientFailure`, and everything else (AccessDenied above all) passes through untouched, for it names itself best.
 */
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { invariant } from '../../kernel/errors.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochMs } from '../../kernel/units.ts';
import { awsCall, httpStatusOf } from '../aws-errors.ts';

export type ObjectNotFound = Refusal<'object-not-found'>;

/** `already-there`: an object with this key existed; `putOnce` has found its content to be the same. */
export type PutOutcome = 'written' | 'already-there';

/** An object read in parts. */
export interface StoredBytes {
  readonly byteLength: number;
  /** The bytes of [start, end). */
  read(start: number, end: number): Promise<Uint8Array>;
}

export class LakeObjects {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  async get(key: string): Promise<Uint8Array | ObjectNotFound> {
    return this.#orNotFound(key, async () => {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return Body === undefined ? new Uint8Array() : Body.transformToByteArray();
    });
  }

  async open(key: string): Promise<StoredBytes | ObjectNotFound> {
    return this.#orNotFound(key, async () => {
      const byteLength = await this.#byteLength(key);
      return { byteLength, read: (start, end) => this.#range(key, start, end) };
    });
  }

  async put(key: string, bytes: Uint8Array, contentType: string): Promise<void> {
    await awsCall(`Writing ${key}`, () =>
      this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: bytes, ContentType: contentType })),
    );
  }

  /** Writes what has never been written. @throws InvariantViolation when the key holds other content. */
  async putOnce(key: string, bytes: Uint8Array, contentType: string): Promise<PutOutcome> {
    if (await this.putIfAbsent(key, bytes, contentType)) return 'written';
    const stored = await this.get(key);
    const isSame = stored instanceof Uint8Array && Buffer.compare(stored, bytes) === 0;
    invariant(isSame, 'an object written once keeps its content', { bucket: this.#bucket, key });
    return 'already-there';
  }

  /** False when the key was taken. For keys that are the hash of their content. */
  async putIfAbsent(key: string, bytes: Uint8Array, contentType: string): Promise<boolean> {
    try {
      await awsCall(`Writing ${key}`, () =>
        this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: bytes, ContentType: contentType, IfNoneMatch: '*' })),
      );
      return true;
    } catch (error) {
      if (httpStatusOf(error) === 412) return false;
      throw error;
    }
  }

  /** Every key that begins with `prefix`, in code-unit order. */
  async keysUnder(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let from: string | undefined;
    do {
      const page = await awsCall(`Listing ${prefix}`, () =>
        this.#s3.send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ...(from && { ContinuationToken: from }) })),
      );
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      from = page.NextContinuationToken;
    } while (from);
    return keys;
  }

  /** When the object was last written, to the second. */
  async storedAt(key: string): Promise<EpochMs | ObjectNotFound> {
    return this.#orNotFound(key, async () => {
      const { LastModified } = await this.#s3.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return (LastModified?.getTime() ?? Number.NaN) as EpochMs;
    });
  }

  async #byteLength(key: string): Promise<number> {
    try {
      const { ContentLength } = await this.#s3.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return ContentLength ?? 0;
    } catch (error) {
      // The answer to a HEAD has no body, so a refusal comes without a word; asked for a byte, S3 says what is missing.
      if (httpStatusOf(error) === 403) await this.#range(key, 0, 1);
      throw error;
    }
  }

  async #range(key: string, start: number, end: number): Promise<Uint8Array> {
    if (end <= start) return new Uint8Array();
    return awsCall(`Reading ${key}`, async () => {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key, Range: `bytes=${start}-${end - 1}` }));
      return Body === undefined ? new Uint8Array() : Body.transformToByteArray();
    });
  }

  async #orNotFound<Result>(key: string, call: () => Promise<Result>): Promise<Result | ObjectNotFound> {
    try {
      return await awsCall(`Reading ${key}`, call);
    } catch (error) {
      if (httpStatusOf(error) === 404) return refuse('object-not-found', { bucket: this.#bucket, key });
      throw error;
    }
  }
}
