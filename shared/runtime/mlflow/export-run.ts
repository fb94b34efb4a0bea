/**
 * One run into an MLflow tracking server, so that a team that keeps its experiments there finds ours beside them.
 *
 * 1. experiments/get-by-name; where there is none experiments/create, and where somebody else was quicker get-by-name again.
 * 2. runs/create with its name, its start and its tags that say what it is.
 * 3. runs/log-batch in as few requests as the limits allow.
 * 4. runs/update to FINISHED; after a failed batch to FAILED, so that half a run is not taken for a whole one.
 *
 * Artifacts are not uploaded: the REST API has no upload unless the server proxies artifacts, and where it does not the client writes to the store
 * with credentials of its own. The tear sheet's place goes into the tag `ballast.tear_sheet`.
 *
 * Source: https://mlflow.org/docs/latest/rest-api.html.
 */
import * as z from 'zod';
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import { MlflowClient, type MlflowParts, type MlflowRefusal } from './client.ts';
import { type Batch, batchesOf, type Tag } from './entities.ts';

export interface MlflowRun extends Batch {
  readonly experiment: string;
  readonly name: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export interface MlflowExported {
  readonly kind: 'exported';
  readonly experimentId: string;
  readonly runId: string;
  /** For people to open. */
  readonly url: string;
  readonly requests: number;
}

const experimentAnswer = z.object({ experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string().optional() }) });
const createdAnswer = z.object({ experiment_id: z.string() });
const runAnswer = z.object({ run: z.object({ info: z.object({ run_id: z.string().min(1) }) }) });
const anyAnswer = z.object({});

/** A refusal's details have the call; with a `runId` a run is left on the server, marked as failed where it still answered. */
export async function exportRun(address: string, run: MlflowRun, parts: MlflowParts): Promise<MlflowExported | Refusal<MlflowRefusal>> {
  const client = MlflowClient.at(address, parts);
  if (isRefusal(client)) return client;
  const experimentId = await experimentOf(client, run.experiment);
  if (isRefusal(experimentId)) return experimentId;
  const runId = await createRun(client, experimentId, run);
  if (isRefusal(runId)) return runId;
  const batches = batchesOf(run);
  for (const batch of batches) {
    const logged = await client.call({ ...post('runs/log-batch'), body: { run_id: runId, ...batch }, answer: anyAnswer });
    if (!isRefusal(logged)) continue;
    await finish(client, runId, 'FAILED', run.endedAtMs);
    return { ...logged, details: { ...logged.details, runId } };
  }
  const finished = await finish(client, runId, 'FINISHED', run.endedAtMs);
  if (isRefusal(finished)) return { ...finished, details: { ...finished.details, runId } };
  const url = `${client.address}#/experiments/${experimentId}/runs/${runId}`;
  return { kind: 'exported', experimentId, runId, url, requests: batches.length + 3 };
}

/** For a terminal: one line, which says what to do where that is known. */
export function exportFailure({ reason, details }: Refusal<MlflowRefusal>): string {
  const said = typeof details.message === 'string' && details.message !== '' ? `: ${details.message.replaceAll(/\s+/g, ' ')}` : '';
  const left = typeof details.runId === 'string' ? ` Run ${details.runId} is left there, not complete.` : '';
  return `MLflow ${failureWords[reason]}${said} (${String(details.call ?? 'no call made')}).${left}`;
}

const failureWords: Record<MlflowRefusal, string> = {
  'address-invalid': 'has no such address: write it as http://host:5000',
  unreachable: 'is not reachable at that address',
  'timed-out': 'did not answer in time',
  'not-authorised': 'did not accept the credentials: put them into the address or into MLFLOW_TRACKING_TOKEN',
  throttled: 'asks for fewer calls and kept doing so',
  'server-failed': 'failed',
  'request-refused': 'refused the call',
  'answer-not-understood': 'answered with something else than MLflow does: is that a tracking server?',
};

async function experimentOf(client: MlflowClient, name: string): Promise<string | Refusal<MlflowRefusal>> {
  const there = await experimentByName(client, name);
  if (!isRefusal(there)) return there.experiment.experiment_id;
  if (there.details.code !== 'RESOURCE_DOES_NOT_EXIST') return there;
  const created = await client.call({ ...post('experiments/create'), body: { name }, answer: createdAnswer });
  if (!isRefusal(created)) return created.experiment_id;
  if (created.details.code !== 'RESOURCE_ALREADY_EXISTS') return created;
  const again = await experimentByName(client, name);
  return isRefusal(again) ? again : again.experiment.experiment_id;
}

const experimentByName = (client: MlflowClient, name: string) =>
  client.call({
    method: 'GET',
    path: 'experiments/get-by-name',
    query: { experiment_name: name },
    answer: experimentAnswer,
    isRepeatable: true,
  });

async function createRun(
  client: MlflowClient,
  experimentId: string,
  { name, startedAtMs }: MlflowRun,
): Promise<string | Refusal<MlflowRefusal>> {
  const tags: Tag[] = [
    { key: 'mlflow.runName', value: name },
    { key: 'mlflow.source.name', value: 'ballast' },
    { key: 'mlflow.source.type', value: 'LOCAL' },
  ];
  const body = { experiment_id: experimentId, run_name: name, start_time: startedAtMs, tags };
  const created = await client.call({ ...post('runs/create'), body, answer: runAnswer, isRepeatable: false });
  return isRefusal(created) ? created : created.run.info.run_id;
}

const finish = (client: MlflowClient, runId: string, status: 'FINISHED' | 'FAILED', endedAtMs: number) =>
  client.call({ ...post('runs/update'), body: { run_id: runId, status, end_time: endedAtMs }, answer: anyAnswer });

const post = (path: string) => ({ method: 'POST', path, isRepeatable: true }) as const;
