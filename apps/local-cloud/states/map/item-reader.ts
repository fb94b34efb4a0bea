/**
 * ItemReader: the items of a distributed Map from S3, either the objects of a bucket or the content of one object.
 * Whatever goes wrong is States.ItemReaderFailed, with the cause; a refused grant keeps its States.Permissions.
 */
import { type ItemReader, isObject, type Json, type JsonObject, type MapState } from '../asl.ts';
import { StateFailure } from '../failure.ts';
import { evaluate, type Run, type Visit } from '../frame.ts';
import { callService } from '../tasks.ts';
import { parseCsv } from './csv.ts';
import type { MapItem } from './map-item.ts';

export const LIST_OBJECTS = 'arn:aws:states:::s3:listObjectsV2';
export const GET_OBJECT = 'arn:aws:states:::s3:getObject';

export async function readItems(visit: Visit<MapState>, reader: ItemReader): Promise<readonly MapItem[]> {
  const { run } = visit.frame;
  const argument = (await evaluate(visit, reader.Arguments, 'ItemReader/Arguments')) as JsonObject;
  const config = (await evaluate(visit, reader.ReaderConfig ?? {}, 'ItemReader/ReaderConfig')) as JsonObject;
  try {
    const items = reader.Resource === LIST_OBJECTS ? await listed(run, argument) : await read(run, argument, config);
    return typeof config.MaxItems === 'number' && config.MaxItems > 0 ? items.slice(0, config.MaxItems) : items;
  } catch (error) {
    if (!(error instanceof StateFailure) || error.error === 'States.Permissions') throw error;
    throw new StateFailure('States.ItemReaderFailed', error.causeText, { cause: error });
  }
}

const s3 = (run: Run, operation: string, input: object): Promise<unknown> =>
  callService(run, { service: 's3', operation, errorPrefix: 'S3' }, input);

interface Listing {
  readonly Contents?: readonly ListedObject[];
  readonly NextContinuationToken?: string;
}

interface ListedObject {
  readonly Key: string;
  readonly ETag?: string;
  readonly Size?: number;
  readonly LastModified?: Date;
  readonly StorageClass?: string;
}

async function listed(run: Run, argument: JsonObject): Promise<MapItem[]> {
  const items: MapItem[] = [];
  let token: string | undefined;
  do {
    const page = (await s3(run, 'ListObjectsV2', { ...argument, ...(token === undefined ? {} : { ContinuationToken: token }) })) as Listing;
    for (const { Key, ETag = '', Size = 0, LastModified, StorageClass = 'STANDARD' } of page.Contents ?? []) {
      const modified = LastModified === undefined ? 0 : Math.floor(LastModified.getTime() / 1000);
      items.push(itemOf({ Etag: ETag, Key, LastModified: modified, Size, StorageClass }, argument));
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return items;
}

async function read(run: Run, argument: JsonObject, config: JsonObject): Promise<MapItem[]> {
  const { Body } = (await s3(run, 'GetObject', argument)) as { Body?: unknown };
  const text = await bodyText(Body);
  switch (config.InputType) {
    case 'CSV':
      return parseCsv(text, config).map((row) => itemOf(row, argument));
    case 'JSONL':
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => itemOf(parsed(line), argument));
    default:
      return jsonItems(pointedAt(parsed(text), config.ItemsPointer), argument);
  }
}

/** The SDK gives a body as bytes or as a stream that can be read whole. */
async function bodyText(body: unknown): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  if (typeof body === 'string') return body;
  const stream = body as { transformToString?: () => Promise<string> } | undefined;
  if (stream?.transformToString) return stream.transformToString();
  throw new StateFailure('States.ItemReaderFailed', 'The object has no body to read.');
}

function jsonItems(value: Json, argument: JsonObject): MapItem[] {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => itemOf(item, argument));
  if (isObject(value))
    return Object.entries(value).map(([key, member]) => ({ ...itemOf({ Key: key, Value: member }, argument), key, value: member }));
  throw new StateFailure('States.ItemReaderFailed', 'Attempting to map over non-iterable node.');
}

function pointedAt(value: Json, pointer: Json | undefined): Json {
  if (typeof pointer !== 'string' || pointer === '') return value;
  let found: Json | undefined = value;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    found = Array.isArray(found) ? (found as readonly Json[])[Number(key)] : isObject(found) ? found[key] : undefined;
  }
  if (found === undefined) throw new StateFailure('States.ItemReaderFailed', `ItemsPointer "${pointer}" points at nothing in the object.`);
  return found;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new StateFailure('States.ItemReaderFailed', `The object is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

const itemOf = (value: Json, { Bucket, Key }: JsonObject): MapItem => ({
  value,
  input: value,
  source: Key === undefined ? `S3://${Bucket}` : `S3://${Bucket}/${Key}`,
});
