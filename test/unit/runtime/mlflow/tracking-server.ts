/**
 * An MLflow tracking server on the loopback address, with the answers of the REST documentation (https://mlflow.org/docs/latest/rest-api.html) and
 * the limits of mlflow/utils/validation.py. `disturb` is asked before each call and may answer in its place; null leaves the call without an answer.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
}

export interface Given {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Point {
  readonly key: string;
  readonly value: unknown;
}

export interface LoggedRun {
  readonly tags: Map<string, unknown>;
  readonly params: Map<string, unknown>;
  readonly metrics: Point[];
  status: unknown;
}

export interface TrackingServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: Asked[];
  readonly experiments: Map<string, string>;
  readonly runs: Map<string, LoggedRun>;
}

export type Disturbance = (asked: Asked, count: number) => Given | null | undefined;

const ok = (body: object): Given => ({ status: 200, body: JSON.stringify(body) });
export const failed = (status: number, error_code: string, message: string): Given => ({
  status,
  body: JSON.stringify({ error_code, message }),
});

export async function startTrackingServer(disturb: Disturbance = () => undefined): Promise<TrackingServer> {
  const [asked, experiments, runs] = [[] as Asked[], new Map<string, string>(), new Map<string, LoggedRun>()];
  const answers: Record<string, (call: Asked) => Given> = {
    'experiments/get-by-name': ({ query }) => {
      const name = query.get('experiment_name')!;
      const id = experiments.get(name);
      if (id === undefined) return failed(404, 'RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${name}'`);
      return ok({
        experiment: {
          experiment_id: id,
          name,
          artifact_location: 'mlflow-artifacts:/1',
          lifecycle_stage: 'active',
          last_update_time: 1,
          creation_time: 1,
        },
      });
    },
    'experiments/create': ({ body }) => {
      const name = String(body.name);
      if (experiments.has(name)) return failed(400, 'RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.`);
      experiments.set(name, String(experiments.size + 1));
      return ok({ experiment_id: experiments.get(name)! });
    },
    'runs/create': ({ body }) => {
      const runId = `d6e1a2${runs.size}f`;
      const tags = body.tags as Point[];
      runs.set(runId, { tags: new Map(tags.map(({ key, value }) => [key, value])), params: new Map(), metrics: [], status: 'RUNNING' });
      const info = {
        run_id: runId,
        run_uuid: runId,
        run_name: body.run_name,
        experiment_id: body.experiment_id,
        status: 'RUNNING',
        start_time: body.start_time,
        lifecycle_stage: 'active',
      };
      return ok({ run: { info, data: { tags }, inputs: {} } });
    },
    'runs/log-batch': ({ body }) => {
      const run = runs.get(String(body.run_id))!;
      const [metrics, params, tags] = [body.metrics as Point[], body.params as Point[], body.tags as Point[]];
      const fault = batchFault(metrics, params, tags);
      if (fault !== null) return failed(400, 'INVALID_PARAMETER_VALUE', fault);
      for (const { key, value } of params) run.params.set(key, value);
      for (const { key, value } of tags) run.tags.set(key, value);
      run.metrics.push(...metrics);
      return ok({});
    },
    'runs/update': ({ body }) => {
      runs.get(String(body.run_id))!.status = body.status;
      return ok({ run_info: { run_id: body.run_id, status: body.status, end_time: body.end_time } });
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
      const text = Buffer.concat(chunks).toString('utf8');
      const path = pathname.replace('/api/2.0/mlflow/', '');
      const call = {
        method: request.method!,
        path,
        query: searchParams,
        body: text === '' ? {} : JSON.parse(text),
        authorization: request.headers.authorization,
      };
      asked.push(call);
      const disturbed = disturb(call, asked.length);
      if (disturbed === null) return;
      const given = disturbed ?? answers[path]?.(call) ?? failed(404, 'ENDPOINT_NOT_FOUND', path);
      response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers }).end(given.body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    experiments,
    runs,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Python's posixpath.normpath of a name must be the name. */
function batchFault(metrics: Point[], params: Point[], tags: Point[]): string | null {
  if (metrics.length > 1000 || params.length > 100 || tags.length > 100 || metrics.length + params.length + tags.length > 1000)
    return 'too many entities';
  for (const { key } of [...metrics, ...params, ...tags])
    if (!/^[/\w.\- ]{1,250}$/.test(key) || key.startsWith('/') || /\/\/|(^|\/)\.\.?(\/|$)|\/$/.test(key)) return `Invalid name: '${key}'`;
  if (new Set(params.map(({ key }) => key)).size < params.length) return 'Duplicate parameter keys have been submitted';
  const wrong = metrics.find(({ value }) => typeof value !== 'number');
  return wrong === undefined ? null : `Got invalid value ${String(wrong.value)} for metric '${wrong.key}'`;
}
