/**
 * Everything S3 remembers between calls. Each change is one journal entry, applied in memory by the same code that
 * replays it; the bytes go to the body store first, so an entry never names a body that is not there.
 */
import { join } from 'node:path';
import { Journal } from '../journal.ts';
import { type BodyStore, openBodyStore } from './body-store.ts';
import type { BodyPart, ObjectVersion, S3Entry, Upload, UploadedPart } from './model.ts';
import { ObjectIndex } from './object-index.ts';

export interface UploadInProgress extends Upload {
  readonly parts: Map<number, UploadedPart>;
}

export interface BucketContents {
  createdAt: number;
  readonly objects: ObjectIndex;
  readonly uploads: Map<string, UploadInProgress>;
}

export class S3State {
  readonly bodies: BodyStore;
  readonly #buckets = new Map<string, BucketContents>();
  readonly #journal: Journal<S3Entry>;
  #next = 1;

  /** @throws DamagedState when the journal on disk is not what was written. */
  constructor(directory: string | undefined) {
    this.bodies = openBodyStore(directory && join(directory, 'bodies'));
    this.#journal = Journal.open<S3Entry>(directory && join(directory, 'objects.journal'), (entry) => this.#apply(entry));
    this.#compactIfWorthwhile();
  }

  bucket(name: string): BucketContents {
    let contents = this.#buckets.get(name);
    if (!contents) {
      contents = { createdAt: 0, objects: new ObjectIndex(), uploads: new Map() };
      this.#buckets.set(name, contents);
    }
    return contents;
  }

  has(bucket: string): boolean {
    return (this.#buckets.get(bucket)?.createdAt ?? 0) > 0;
  }

  /** A number never given out before, also not in an earlier run. It names a body or makes a version id unique. */
  nextNumber(): number {
    return this.#next++;
  }

  /** Writes the change down, applies it, and frees the bytes that nothing names any more. */
  commit(entry: S3Entry): void {
    this.#journal.append(entry);
    for (const parts of this.#apply(entry)) this.bodies.remove(parts);
  }

  storeBody(bytes: Uint8Array): BodyPart {
    const body = this.nextNumber();
    this.bodies.write(body, bytes);
    return { body, size: bytes.length };
  }

  close(): void {
    this.#journal.close();
  }

  /** Returns the bodies this entry lets go. */
  #apply(entry: S3Entry): (readonly BodyPart[])[] {
    if (entry.kind === 'counter') {
      this.#next = Math.max(this.#next, entry.next);
      return [];
    }
    const { objects, uploads } = this.bucket(entry.bucket);
    switch (entry.kind) {
      case 'bucket':
        this.bucket(entry.bucket).createdAt = entry.at;
        return [];
      case 'put': {
        this.#noteNumbersOf(entry.version);
        const freed = bodiesOf(objects.put(entry.version));
        const completed = entry.completes === undefined ? undefined : uploads.get(entry.completes);
        if (!completed || entry.version.kind !== 'object') return freed;
        uploads.delete(completed.uploadId);
        const kept = new Set(entry.version.parts.map((part) => part.body));
        return [...freed, [...completed.parts.values()].filter((part) => !kept.has(part.body))];
      }
      case 'drop':
        return bodiesOf(objects.drop(entry.key, entry.versionId));
      case 'retain':
      case 'hold':
        amendLock(objects, entry);
        return [];
      case 'upload':
        this.#noteNumber(numberInId(entry.upload.uploadId));
        uploads.set(entry.upload.uploadId, { ...entry.upload, parts: new Map() });
        return [];
      case 'part': {
        this.#noteNumber(entry.part.body);
        const { parts } = uploads.get(entry.uploadId)!;
        const replaced = parts.get(entry.part.number);
        parts.set(entry.part.number, entry.part);
        return replaced ? [[replaced]] : [];
      }
      case 'abort': {
        const aborted = uploads.get(entry.uploadId);
        uploads.delete(entry.uploadId);
        return aborted ? [[...aborted.parts.values()]] : [];
      }
    }
  }

  #noteNumbersOf(version: ObjectVersion): void {
    this.#noteNumber(numberInId(version.versionId));
    if (version.kind === 'object') for (const part of version.parts) this.#noteNumber(part.body);
  }

  #noteNumber(number: number): void {
    if (number >= this.#next) this.#next = number + 1;
  }

  #compactIfWorthwhile(): void {
    const live = [...this.#liveEntries()];
    if (this.#journal.entries < 2 * live.length + 1_000) return;
    this.#journal.rewrite(live);
    const named = new Set<number>();
    for (const entry of live) {
      if (entry.kind === 'put') for (const parts of bodiesOf(entry.version)) for (const part of parts) named.add(part.body);
      if (entry.kind === 'part') named.add(entry.part.body);
    }
    this.bodies.sweep((body) => named.has(body));
  }

  *#liveEntries(): Iterable<S3Entry> {
    yield { kind: 'counter', next: this.#next };
    for (const [bucket, { createdAt, objects, uploads }] of this.#buckets) {
      yield { kind: 'bucket', bucket, at: createdAt } as S3Entry;
      for (const version of objects.all()) yield { kind: 'put', bucket, version };
      for (const { parts, ...upload } of uploads.values()) {
        yield { kind: 'upload', bucket, upload };
        for (const part of parts.values()) yield { kind: 'part', bucket, uploadId: upload.uploadId, part };
      }
    }
  }
}

/** Version and upload ids open with their number in base 36, so that they are unique whatever the id stream repeats. */
export const idWithNumber = (number: number, random: string): string =>
  `${number.toString(36).padStart(8, '0')}${random.replaceAll('-', '')}`.slice(0, 32);

/** 0 for `null`, the version id of buckets without versions. */
const numberInId = (id: string): number => (id === 'null' ? 0 : Number.parseInt(id.slice(0, 8), 36));

const bodiesOf = (version: ObjectVersion | undefined): (readonly BodyPart[])[] => (version?.kind === 'object' ? [version.parts] : []);

function amendLock(objects: ObjectIndex, entry: Extract<S3Entry, { kind: 'retain' | 'hold' }>): void {
  const version = objects.find(entry.key, entry.versionId);
  if (version?.kind !== 'object') return;
  if (entry.kind === 'hold') {
    objects.amend({ ...version, legalHold: entry.legalHold });
  } else {
    const { retention: _lifted, ...bare } = version;
    objects.amend(entry.retention ? { ...bare, retention: entry.retention } : bare);
  }
}
