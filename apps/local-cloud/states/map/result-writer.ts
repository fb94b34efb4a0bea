/**
 * ResultWriter: the children's results as files in S3, one per status, and a manifest that names them.
 *
 * Source: AWS Step Functions Developer Guide, "ResultWriter (Map)". One difference: a file is never split, since the
 * 5 GB at which AWS starts another are out of reach here.
 */
import type { Json, JsonObject, ResultWriter } from '../asl.ts';
import { statusOf } from '../executions.ts';
import { StateFailure } from '../failure.ts';
import type { Run } from '../frame.ts';
import { callService } from '../tasks.ts';
import type { Child } from './child.ts';

type Transformation = 'NONE' | 'COMPACT' | 'FLATTEN';
type FileKind = 'FAILED' | 'PENDING' | 'SUCCEEDED';

export async function writeResults(
  run: Run,
  mapRunArn: string,
  children: readonly Child[],
  writer: ResultWriter,
  argument: Json,
): Promise<Json> {
  const { Bucket, Prefix } = argument as JsonObject;
  const { Transformation: transformation = 'NONE', OutputType: outputType = 'JSON' } = writer.WriterConfig ?? {};
  const mapRunId = mapRunArn.slice(mapRunArn.lastIndexOf(':') + 1);
  const folder = typeof Prefix === 'string' && Prefix !== '' ? `${Prefix.replace(/\/$/, '')}/${mapRunId}` : mapRunId;
  const put = async (name: string, text: string): Promise<{ Key: string; Size: number }> => {
    const Body = Buffer.from(text);
    const Key = `${folder}/${name}`;
    await putObject(run, { Bucket, Key, Body, ContentType: 'application/json' });
    return { Key, Size: Body.length };
  };

  const files: Record<FileKind, { Key: string; Size: number }[]> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (const kind of Object.keys(files) as FileKind[]) {
    const results = children.filter((child) => fileKindOf(child) === kind).flatMap((child) => childResult(child, transformation));
    if (results.length === 0) continue;
    files[kind].push(await put(`${kind}_0.${outputType === 'JSONL' ? 'jsonl' : 'json'}`, fileText(results, outputType)));
  }
  const manifest = await put('manifest.json', JSON.stringify({ DestinationBucket: Bucket, MapRunArn: mapRunArn, ResultFiles: files }));
  return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket: Bucket ?? null, Key: manifest.Key } };
}

const fileText = (results: readonly Json[], outputType: 'JSON' | 'JSONL'): string =>
  outputType === 'JSONL' ? results.map((result) => `${JSON.stringify(result)}\n`).join('') : JSON.stringify(results);

function fileKindOf({ execution }: Child): FileKind {
  if (!execution) return 'PENDING';
  return statusOf(execution) === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED';
}

async function putObject(run: Run, input: object): Promise<void> {
  try {
    await callService(run, { service: 's3', operation: 'PutObject', errorPrefix: 'S3' }, input);
  } catch (error) {
    if (!(error instanceof StateFailure) || error.error === 'States.Permissions') throw error;
    throw new StateFailure('States.ResultWriterFailed', error.causeText, { cause: error });
  }
}

/** What one child contributes: its output, the members of its output array, or (failed, or NONE) its whole record. */
export function childResult({ batch, execution }: Child, transformation: Transformation): Json[] {
  if (!execution) return [{ Input: JSON.stringify(batch.input), InputDetails: { Included: true }, Status: 'PENDING' }];
  const { start, end } = execution;
  const status = statusOf(execution);
  if (status === 'SUCCEEDED' && transformation !== 'NONE') {
    const output = JSON.parse(end!.output ?? 'null') as Json;
    return transformation === 'FLATTEN' && Array.isArray(output) ? [...(output as readonly Json[])] : [output];
  }
  return [
    {
      ExecutionArn: start.executionArn,
      Input: start.input,
      InputDetails: { Included: true },
      Name: start.name,
      ...(end?.output === undefined ? {} : { Output: end.output, OutputDetails: { Included: true } }),
      ...(end?.error === undefined ? {} : { Error: end.error }),
      ...(end?.cause === undefined ? {} : { Cause: end.cause }),
      RedriveCount: 0,
      RedriveStatus: 'NOT_REDRIVABLE',
      RedriveStatusReason: `Execution is ${status} and cannot be redriven`,
      StartDate: new Date(start.startedAt).toISOString(),
      StateMachineArn: start.stateMachineArn,
      Status: status,
      StopDate: new Date(end?.stoppedAt ?? start.startedAt).toISOString(),
    },
  ];
}
