/** The exporter against a tracking server that keeps MLflow's limits, and against every way in which one fails. */
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { MlflowParts } from '../../../../shared/runtime/mlflow/client.ts';
import { batchesOf, legalKey, metric, param, tag } from '../../../../shared/runtime/mlflow/entities.ts';
import { exportFailure, exportRun, type MlflowRun } from '../../../../shared/runtime/mlflow/export-run.ts';
import { type Disturbance, failed, startTrackingServer } from './tracking-server.ts';

const run: MlflowRun = {
  experiment: 'ballast sma-cross',
  name: 'fast=10, slow=30',
  startedAtMs: 1_700_000_000_000,
  endedAtMs: 1_700_000_001_000,
  metrics: [...metric('sharpe', 1.25, 1_700_000_000_000), ...metric('no figure', Number.NaN, 0)],
  params: [param('fast', '10'), param('costs/commission (bps)', '10')],
  tags: [tag('ballast.survivorship', 'unproven')],
};

async function exported(disturb?: Disturbance, more: Partial<MlflowParts> = {}, asked: MlflowRun = run) {
  const server = await startTrackingServer(disturb);
  const waits: number[] = [];
  const parts: MlflowParts = { fetch, rng: seededRng(1), wait: async (ms) => waits.push(ms), ...more };
  const outcome = await exportRun(server.url, asked, parts);
  await server[Symbol.asyncDispose]();
  const paths = server.asked.map(({ path }) => path);
  return { server, outcome, waits, paths };
}

describe('a run goes to MLflow', () => {
  test('into an experiment that is made the first time, complete and finished', async () => {
    const { server, outcome, paths } = await exported();
    expect(paths).toEqual(['experiments/get-by-name', 'experiments/create', 'runs/create', 'runs/log-batch', 'runs/update']);
    expect(outcome).toMatchObject({ kind: 'exported', experimentId: '1', runId: 'd6e1a20f' });
    expect(outcome).toMatchObject({ url: `${server.url}/#/experiments/1/runs/d6e1a20f` });
    const [logged] = server.runs.values();
    expect(logged!.status).toBe('FINISHED');
    expect(Object.fromEntries(logged!.params)).toEqual({ fast: '10', 'costs/commission _bps_': '10' });
    expect(logged!.metrics).toEqual([{ key: 'sharpe', value: 1.25, timestamp: 1_700_000_000_000, step: 0 }]);
    expect(logged!.tags.get('mlflow.runName')).toBe('fast=10, slow=30');
  });

  test('into the experiment that another made in between', async () => {
    const { outcome } = await exported(({ path }, count) =>
      path === 'experiments/create'
        ? failed(400, 'RESOURCE_ALREADY_EXISTS', 'exists')
        : count === 3
          ? { status: 200, body: '{"experiment": {"experiment_id": "77"}}' }
          : undefined,
    );
    expect(outcome).toMatchObject({ kind: 'exported', experimentId: '77' });
  });

  test('in requests that keep the limits, all of it', async () => {
    const many = <T>(count: number, one: (k: number) => T): T[] => Array.from({ length: count }, (_, k) => one(k));
    const big = {
      ...run,
      metrics: many(2_345, (k) => metric('equity', k, k, k)[0]!),
      params: many(130, (k) => param(`p${k}`, 'x'.repeat(9_999))),
      tags: many(205, (k) => tag(`t${k}`, 'x'.repeat(9_999))),
    };
    const { server, outcome } = await exported(undefined, {}, big);
    expect(outcome).toMatchObject({ kind: 'exported', requests: 6 });
    const [logged] = server.runs.values();
    expect([logged!.metrics.length, logged!.params.size, logged!.tags.size]).toEqual([2_345, 130, 205 + 3]);
    expect(batchesOf({ metrics: [], params: [], tags: [] })).toEqual([]);
  });

  test('with a token, or with user and password from the address', async () => {
    const { server } = await exported(undefined, { token: 'secret' });
    expect(new Set(server.asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer secret']));
    await using other = await startTrackingServer();
    const outcome = await exportRun(other.url.replace('//', '//me:p%40ss@'), run, { fetch, rng: seededRng(1) });
    expect(other.asked[0]!.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(JSON.stringify(outcome)).not.toContain('p%40ss');
  });
});

describe('a server that fails', () => {
  test('is asked again after 429, as late as it says', async () => {
    const { outcome, waits } = await exported((_, count) =>
      count === 1 ? { ...failed(429, 'REQUEST_LIMIT_EXCEEDED', 'slow down'), headers: { 'retry-after': '2' } } : undefined,
    );
    expect(outcome).toMatchObject({ kind: 'exported' });
    expect(waits).toEqual([2_000]);
  });

  test('is asked again after 500 where a second call does no harm, and not for a second run', async () => {
    const error = failed(500, 'INTERNAL_ERROR', 'database is locked');
    const seen = new Set<string>();
    const once: Disturbance = ({ path }) => {
      if (path === 'runs/create' || seen.has(path)) return undefined;
      seen.add(path);
      return error;
    };
    expect((await exported(once)).outcome).toMatchObject({ kind: 'exported' });
    const { outcome, paths } = await exported(({ path }) => (path === 'runs/create' ? error : undefined));
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'server-failed', details: { call: 'runs/create', attempts: 1, status: 500 } });
    expect(paths.filter((path) => path === 'runs/create')).toHaveLength(1);
  });

  test('marks the run as failed when a batch is refused, and says which run is left', async () => {
    const { server, outcome } = await exported(({ path }) =>
      path === 'runs/log-batch' ? failed(400, 'INVALID_PARAMETER_VALUE', 'bad\nname') : undefined,
    );
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'request-refused', details: { runId: 'd6e1a20f' } });
    expect([...server.runs.values()][0]!.status).toBe('FAILED');
    expect(lineOf(outcome)).toBe('MLflow refused the call: bad name (runs/log-batch). Run d6e1a20f is left there, not complete.');
  });

  test.each([
    ['no answer in time', (): null => null, 'timed-out'],
    ['a wrong password', () => failed(401, 'UNAUTHENTICATED', 'no'), 'not-authorised'],
    ['a page in place of JSON', () => ({ status: 200, body: '<html>' }), 'answer-not-understood'],
    ['an answer without an experiment', () => ({ status: 200, body: '{"experiment": {}}' }), 'answer-not-understood'],
    ['a redirect', () => ({ status: 302, body: '', headers: { location: 'http://elsewhere.example/' } }), 'answer-not-understood'],
    ['another 404', () => failed(404, 'ENDPOINT_NOT_FOUND', 'no such page'), 'request-refused'],
  ] as const)('is refused in one line after %s', async (_, disturb, reason) => {
    const { outcome } = await exported(disturb, { timeoutMs: 60, attemptsMax: 2 });
    expect(outcome).toMatchObject({ kind: 'refused', reason });
    expect(lineOf(outcome)).toMatch(/^MLflow [^\n]+\.$/);
  });

  test('is refused in one line when nobody listens, and when the address is none', async () => {
    const server = await startTrackingServer();
    await server[Symbol.asyncDispose]();
    const parts = { fetch, rng: seededRng(1), wait: async () => {}, attemptsMax: 2 };
    expect(await exportRun(server.url, run, parts)).toMatchObject({
      reason: 'unreachable',
      details: { code: 'ECONNREFUSED', attempts: 2 },
    });
    for (const address of ['', 'mlflow', 'file:///etc/passwd', 'ftp://host'])
      expect(await exportRun(address, run, parts)).toMatchObject({ reason: 'address-invalid' });
  });
});

test('a name becomes one that MLflow takes, and a legal one stays', () => {
  expect(['sharpe', 'a/b.c-d e', '../x', '/a//b/', 'Größe (%)', '', '..'].map(legalKey)).toEqual([
    'sharpe',
    'a/b.c-d e',
    'x',
    'a/b',
    'Gr__e ___',
    '_',
    '_',
  ]);
  expect(legalKey('x'.repeat(300))).toHaveLength(250);
});

const lineOf = (outcome: Awaited<ReturnType<typeof exportRun>>): string => (isRefusal(outcome) ? exportFailure(outcome) : '');
