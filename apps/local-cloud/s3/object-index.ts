/**
 * The versions of every key of one bucket, in the order S3 lists keys: by their UTF-8 bytes. The sorted keys are laid
 * out at the first listing and kept in order from then on, so that a replay of many puts sorts once.
 */
import type { ObjectVersion, StoredObject } from './model.ts';

export class ObjectIndex {
  /** Oldest first; an emptied key is removed. */
  readonly #versions = new Map<string, ObjectVersion[]>();
  #sorted: string[] | undefined;

  get size(): number {
    return this.#versions.size;
  }

  versionsOf(key: string): readonly ObjectVersion[] {
    return this.#versions.get(key) ?? [];
  }

  latest(key: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.at(-1);
  }

  find(key: string, versionId: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.find((version) => version.versionId === versionId);
  }

  /** Adds a version as the latest; one of the same id is replaced, and returned. */
  put(version: ObjectVersion): ObjectVersion | undefined {
    const replaced = this.drop(version.key, version.versionId);
    const versions = this.#versions.get(version.key);
    if (versions) {
      versions.push(version);
    } else {
      this.#versions.set(version.key, [version]);
      this.#sorted?.splice(lowerBound(this.#sorted, version.key), 0, version.key);
    }
    return replaced;
  }

  drop(key: string, versionId: string): ObjectVersion | undefined {
    const versions = this.#versions.get(key);
    const index = versions?.findIndex((version) => version.versionId === versionId) ?? -1;
    if (!versions || index === -1) return undefined;
    const [dropped] = versions.splice(index, 1);
    if (versions.length === 0) {
      this.#versions.delete(key);
      this.#sorted?.splice(lowerBound(this.#sorted, key), 1);
    }
    return dropped;
  }

  /** Replaces a version by one that differs in its lock. */
  amend(version: StoredObject): void {
    const versions = this.#versions.get(version.key)!;
    versions[versions.findIndex((other) => other.versionId === version.versionId)] = version;
  }

  *all(): Iterable<ObjectVersion> {
    for (const versions of this.#versions.values()) yield* versions;
  }

  sortedKeys(): readonly string[] {
    this.#sorted ??= [...this.#versions.keys()].sort(compareKeys);
    return this.#sorted;
  }
}

/** Orders two keys by their UTF-8 bytes: as UTF-16 code units, except that surrogates come after all other units. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rankOfUnit(left) - rankOfUnit(right);
  }
  return a.length - b.length;
}

const rankOfUnit = (unit: number): number => (unit < 0xd800 ? unit : unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

/** The first position whose key is not below `key`. */
export const lowerBound = (keys: readonly string[], key: string): number => firstWhere(keys, (other) => compareKeys(other, key) >= 0);

/** The first position whose key is above `key`. */
export const behindKey = (keys: readonly string[], key: string): number => firstWhere(keys, (other) => compareKeys(other, key) > 0);

/** The first position behind every key that is at most `prefix` or starts with it. */
export const behindPrefix = (keys: readonly string[], prefix: string): number =>
  firstWhere(keys, (other) => compareKeys(other, prefix) > 0 && !other.startsWith(prefix));

/** Binary search; `holds` must be false up to some position and true from there on. */
function firstWhere(keys: readonly string[], holds: (key: string) => boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(keys[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
