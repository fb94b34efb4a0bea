/** ListObjectsV2 and ListObjectVersions: one walk over the sorted keys that folds what shares a delimiter into common prefixes. */
import type { ListObjectsV2Output, ListObjectsV2Request, ListObjectVersionsOutput, ListObjectVersionsRequest } from '@aws-sdk/client-s3';
import type { CallContext } from '../service.ts';
import { invalidArgument } from './errors.ts';
import type { ObjectVersion } from './model.ts';
import { describeChecksum, quoted, storageClassOf } from './object-attributes.ts';
import { behindKey, behindPrefix, compareKeys, lowerBound, type ObjectIndex } from './object-index.ts';
import { authorize, type Bucket, bucketOf, type S3Store } from './store.ts';

type Step = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'prefix'; readonly prefix: string };

interface Walk {
  readonly prefix: string;
  readonly delimiter: string;
  /** Starts behind this key. */
  readonly after: string | undefined;
  /** `after` is where a page ended: if that was a common prefix, everything under it has been told. */
  readonly resumes: boolean;
}

function* walk(objects: ObjectIndex, { prefix, delimiter, after, resumes }: Walk, isShown: (key: string) => boolean): Iterable<Step> {
  const keys = objects.sortedKeys();
  let position = lowerBound(keys, prefix);
  if (after !== undefined && compareKeys(after, prefix) >= 0) {
    const isCommonPrefix = resumes && delimiter !== '' && after.length > prefix.length && after.endsWith(delimiter);
    position = isCommonPrefix ? behindPrefix(keys, after) : behindKey(keys, after);
  }
  for (; position < keys.length; position++) {
    const key = keys[position]!;
    if (!key.startsWith(prefix)) return;
    if (!isShown(key)) continue;
    const fold = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (fold === -1) {
      yield { kind: 'key', key };
    } else {
      const common = key.slice(0, fold + delimiter.length);
      yield { kind: 'prefix', prefix: common };
      position = behindPrefix(keys, common) - 1;
    }
  }
}

export function listObjectsV2(store: S3Store, input: ListObjectsV2Request, context: CallContext): ListObjectsV2Output {
  const bucket = bucketOf(store, input.Bucket);
  const { Prefix: prefix = '', Delimiter: delimiter = '' } = input;
  const maxKeys = readMaxKeys(input.MaxKeys, 'max-keys');
  authorize(context, 's3:ListBucket', bucket.arn, listConditions(prefix, delimiter, input.MaxKeys));
  const encode = readEncoding(input.EncodingType);
  const after = input.ContinuationToken === undefined ? input.StartAfter : readToken(input.ContinuationToken);
  const isShown = (key: string): boolean => bucket.objects.latest(key)?.kind === 'object';

  const Contents: ListObjectsV2Output['Contents'] = [];
  const CommonPrefixes: ListObjectsV2Output['CommonPrefixes'] = [];
  let last: string | undefined;
  let isTruncated = false;
  for (const step of maxKeys === 0
    ? []
    : walk(bucket.objects, { prefix, delimiter, after, resumes: input.ContinuationToken !== undefined }, isShown)) {
    if (Contents.length + CommonPrefixes.length === maxKeys) {
      isTruncated = true;
      break;
    }
    last = step.kind === 'key' ? step.key : step.prefix;
    if (step.kind === 'prefix') CommonPrefixes.push({ Prefix: encode(step.prefix) });
    else Contents.push(describeEntry(store, bucket, step.key, encode, input.FetchOwner === true));
  }
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    ...(delimiter !== '' && { Delimiter: encode(delimiter) }),
    ...(input.StartAfter !== undefined && { StartAfter: encode(input.StartAfter) }),
    ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
    ...(input.ContinuationToken !== undefined && { ContinuationToken: input.ContinuationToken }),
    MaxKeys: maxKeys,
    KeyCount: Contents.length + CommonPrefixes.length,
    IsTruncated: isTruncated,
    ...(isTruncated && last !== undefined && { NextContinuationToken: Buffer.from(last).toString('base64url') }),
    ...(Contents.length > 0 && { Contents }),
    ...(CommonPrefixes.length > 0 && { CommonPrefixes }),
  };
}

function describeEntry(store: S3Store, bucket: Bucket, key: string, encode: (text: string) => string, withOwner: boolean) {
  const object = bucket.objects.latest(key);
  if (object?.kind !== 'object') return {};
  return {
    Key: encode(key),
    LastModified: new Date(object.at),
    ETag: quoted(object.etag),
    Size: object.size,
    StorageClass: storageClassOf(object),
    ...describeChecksum(object),
    ...(withOwner && { Owner: { ID: store.host.accountId } }),
  };
}

export function listObjectVersions(store: S3Store, input: ListObjectVersionsRequest, context: CallContext): ListObjectVersionsOutput {
  const bucket = bucketOf(store, input.Bucket);
  const { Prefix: prefix = '', Delimiter: delimiter = '', KeyMarker: keyMarker, VersionIdMarker: versionIdMarker } = input;
  const maxKeys = readMaxKeys(input.MaxKeys, 'max-keys');
  authorize(context, 's3:ListBucketVersions', bucket.arn, listConditions(prefix, delimiter, input.MaxKeys));
  if (versionIdMarker !== undefined && keyMarker === undefined)
    throw invalidArgument('A version-id marker cannot be specified without a key marker.', 'version-id-marker');
  const encode = readEncoding(input.EncodingType);

  const page: { Versions: object[]; DeleteMarkers: object[]; CommonPrefixes: { Prefix: string }[] } = {
    Versions: [],
    DeleteMarkers: [],
    CommonPrefixes: [],
  };
  const last: { key?: string; versionId?: string } = {};
  let isTruncated = false;
  for (const entry of versionEntries(bucket, { prefix, delimiter, after: keyMarker, resumes: true }, versionIdMarker)) {
    if (page.Versions.length + page.DeleteMarkers.length + page.CommonPrefixes.length >= maxKeys) {
      isTruncated = maxKeys > 0;
      break;
    }
    if (typeof entry === 'string') {
      page.CommonPrefixes.push({ Prefix: encode(entry) });
      last.key = entry;
      delete last.versionId;
      continue;
    }
    (entry.version.kind === 'object' ? page.Versions : page.DeleteMarkers).push(describeVersion(store, entry, encode));
    last.key = entry.version.key;
    last.versionId = entry.version.versionId;
  }
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    ...(delimiter !== '' && { Delimiter: encode(delimiter) }),
    ...(keyMarker !== undefined && { KeyMarker: encode(keyMarker) }),
    ...(versionIdMarker !== undefined && { VersionIdMarker: versionIdMarker }),
    ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
    MaxKeys: maxKeys,
    IsTruncated: isTruncated,
    ...(isTruncated && last.key !== undefined && { NextKeyMarker: encode(last.key) }),
    ...(isTruncated && last.versionId !== undefined && { NextVersionIdMarker: last.versionId }),
    ...(page.Versions.length > 0 && { Versions: page.Versions }),
    ...(page.DeleteMarkers.length > 0 && { DeleteMarkers: page.DeleteMarkers }),
    ...(page.CommonPrefixes.length > 0 && { CommonPrefixes: page.CommonPrefixes }),
  };
}

interface VersionEntry {
  readonly version: ObjectVersion;
  readonly isLatest: boolean;
}

/** Per key the newest version first; common prefixes as plain text. */
function* versionEntries(bucket: Bucket, range: Walk, versionIdMarker: string | undefined): Iterable<VersionEntry | string> {
  if (range.after !== undefined && versionIdMarker !== undefined) {
    const versions = newestFirst(bucket, range.after);
    const marked = versions.findIndex(({ version }) => version.versionId === versionIdMarker);
    if (marked === -1) throw invalidArgument('Invalid version id specified', 'version-id-marker');
    yield* versions.slice(marked + 1);
  }
  for (const step of walk(bucket.objects, range, () => true)) {
    if (step.kind === 'prefix') yield step.prefix;
    else yield* newestFirst(bucket, step.key);
  }
}

const newestFirst = (bucket: Bucket, key: string): VersionEntry[] =>
  bucket.objects
    .versionsOf(key)
    .toReversed()
    .map((version, index) => ({ version, isLatest: index === 0 }));

function describeVersion(store: S3Store, { version, isLatest }: VersionEntry, encode: (text: string) => string): object {
  const common = {
    Key: encode(version.key),
    VersionId: version.versionId,
    IsLatest: isLatest,
    LastModified: new Date(version.at),
    Owner: { ID: store.host.accountId },
  };
  if (version.kind === 'marker') return common;
  return { ...common, ETag: quoted(version.etag), Size: version.size, StorageClass: storageClassOf(version), ...describeChecksum(version) };
}

const listConditions = (prefix: string, delimiter: string, maxKeys: number | undefined): Record<string, string> => ({
  's3:prefix': prefix,
  ...(delimiter !== '' && { 's3:delimiter': delimiter }),
  ...(maxKeys !== undefined && { 's3:max-keys': String(maxKeys) }),
});

export function readMaxKeys(maxKeys: number | undefined, name: string): number {
  if (maxKeys === undefined) return 1000;
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw invalidArgument(`Provided ${name} not an integer or within integer range`, name);
  return Math.min(maxKeys, 1000);
}

/** With `url`, keys that XML 1.0 cannot hold travel safely; `/` stays as it is and a blank becomes `+`. */
export function readEncoding(type: string | undefined): (text: string) => string {
  if (type === undefined) return (text) => text;
  if (type !== 'url') throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type');
  return (text) =>
    encodeURIComponent(text)
      .replaceAll('%2F', '/')
      .replaceAll('%20', '+')
      .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function readToken(token: string): string {
  const after = Buffer.from(token, 'base64url').toString();
  if (after === '' || Buffer.from(after).toString('base64url') !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token');
  }
  return after;
}
