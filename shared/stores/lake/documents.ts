/**
 * JSON in the lake: what was written once stays, so a second delivery of the same step finds its own result, and a different
 * one is an `InvariantViolation`. A part of its own, so that a function that moves no bars bundles no Parquet.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { EpochMs } from '../../kernel/units.ts';
import { LakeObjects, type ObjectNotFound, type PutOutcome } from './objects.ts';

const json = 'application/json';

export class LakeDocuments {
  protected readonly objects: LakeObjects;

  constructor(s3: S3Client, bucket: string) {
    this.objects = new LakeObjects(s3, bucket);
  }

  /** Canonical JSON under a key that is written once. @throws InvariantViolation when the key holds something else. */
  putJsonOnce(key: string, value: unknown): Promise<PutOutcome> {
    return this.objects.putOnce(key, jsonBytes(value), json);
  }

  /** As above, for what does not come out the same twice: whoever writes first is right. Says whether that was this call. */
  putJsonIfAbsent(key: string, value: unknown): Promise<boolean> {
    return this.objects.putIfAbsent(key, jsonBytes(value), json);
  }

  /** JSON that a repeated step may write again: the same input gives the same bytes. */
  putJson(key: string, value: unknown): Promise<void> {
    return this.objects.put(key, jsonBytes(value), json);
  }

  /** Text that may be written again. */
  putText(key: string, text: string, contentType: string): Promise<void> {
    return this.objects.put(key, Buffer.from(text), contentType);
  }

  /** Every key that begins with `prefix`, in order. */
  keysUnder(prefix: string): Promise<string[]> {
    return this.objects.keysUnder(prefix);
  }

  /** When an object was last written, to the second. */
  storedAt(key: string): Promise<EpochMs | ObjectNotFound> {
    return this.objects.storedAt(key);
  }

  /** The value as `schema` gives it. @throws ContractViolation when the object is no JSON, or not of that shape. */
  async getJson<Schema extends z.ZodType>(key: string, schema: Schema): Promise<z.output<Schema> | ObjectNotFound> {
    const bytes = await this.objects.get(key);
    return isRefusal(bytes) ? bytes : parsedJson(key, bytes, schema);
  }
}

const jsonBytes = (value: unknown): Uint8Array => Buffer.from(canonicalJson(value));

/** Text from the lake, held against the shape it should have. @throws ContractViolation */
export function parsedJson<Schema extends z.ZodType>(key: string, bytes: Uint8Array, schema: Schema): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    throw new ContractViolation(`${key} is no JSON document`, { key }, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ContractViolation(
    `${key} is not of the expected shape at ${issue?.path.join('.') ?? 'its root'}: ${issue?.message ?? 'unknown issue'}`,
    { key },
  );
}
