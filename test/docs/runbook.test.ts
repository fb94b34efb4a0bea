/** The runbook's own commands, run against the local cloud over HTTP, as an operator runs them against AWS. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DynamoDBClient, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesizedAssembly } from '../../apps/cli/assembly.ts';
import { VirtualClock } from '../../apps/local-cloud/clock.ts';
import { LocalCloud, operator } from '../../apps/local-cloud/cloud.ts';
import { type HttpListener, serveHttp } from '../../apps/local-cloud/gateway/http-server.ts';
import { initialRiskState } from '../../shared/domain/risk/risk-state.ts';
import { parseDay } from '../../shared/kernel/days.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { CycleId, EpochMs } from '../../shared/kernel/units.ts';
import { ControlStore } from '../../shared/stores/control.ts';
import { Ledger } from '../../shared/stores/ledger/index.ts';
import { PolicyStore } from '../../shared/stores/policies.ts';
import { RiskStateStore } from '../../shared/stores/risk-state.ts';
import { Table } from '../../shared/stores/table.ts';

const projectRoot = resolve(import.meta.dirname, '../..');
const runbook = readFileSync(resolve(projectRoot, 'docs/runbook.md'), 'utf8');

/** The text of one `###` section. */
const section = (title: string): string => runbook.split(`### ${title}\n`)[1]!.split('\n### ')[0]!;
/** The words of the first `npx ballast …` command of a section. */
const commandIn = (title: string): string[] => {
  const command = /npx ballast ([^`\n]+)/.exec(section(title))![1]!.replaceAll('$STAGE', 'dev');
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
};

let cloud: LocalCloud;
let server: HttpListener;
let dynamo: DynamoDBClient;
let control: ControlStore;

beforeAll(async () => {
  const assemblyDirectory = await synthesizedAssembly('dev');
  cloud = await LocalCloud.boot({ assemblyDirectory, clock: new VirtualClock(Date.UTC(2026, 0, 5) as EpochMs), seed: 1 });
  server = await serveHttp(cloud, { port: 0 });
  dynamo = new DynamoDBClient(cloud.clientConfig(operator));
  control = new ControlStore(new Table(dynamo, 'ballast-dev-policy'));
});

afterAll(async () => {
  await server.close();
  await cloud.close();
});

test('First deployment puts a policy in force, opens the account and leaves trading paused', async () => {
  const { status, output } = await run(commandIn('First deployment'));
  expect(output).toMatch(/wrote policy version 1, SHA-256 [0-9a-f]{64}\n/);
  expect(status).toBe(0);

  const inForce = await new PolicyStore(new Table(dynamo, 'ballast-dev-policy')).inForce();
  expect(!isRefusal(inForce) && inForce.policy.capital.initialEquityUsd).toBe(250_000);
  expect(await new Ledger(dynamo, 'ballast-dev-ledger').account()).toMatchObject({ cashUsd: 250_000 });
  expect(await control.read()).toMatchObject({ state: 'PAUSED' });
  expect((await run(commandIn('First deployment'))).output).toContain('set up already');
});

test('Resume and Pause work by command', async () => {
  expect(await run(commandIn('Resume'))).toMatchObject({ status: 0 });
  expect(await control.read()).toMatchObject({ state: 'RUNNING', reason: '<why>' });
  expect(await run(commandIn('Pause by hand'))).toMatchObject({ status: 0 });
  expect(await control.read()).toMatchObject({ state: 'PAUSED', reason: '<why>' });
});

test('Pause by hand and Resume change the state and raise the epoch', async () => {
  await control.change({ kind: 'fund' }, { state: 'RUNNING', reason: 'before', actor: 'test', at: Date.UTC(2026, 0, 5) as EpochMs });
  const before = await control.read();
  const command = updateItemIn(section('Pause by hand'));
  await dynamo.send(new UpdateItemCommand(command));
  const paused = await control.read();
  expect(paused).toMatchObject({ state: 'PAUSED', epoch: (before as { epoch: number }).epoch + 1, reason: '<why>', actor: '<who>' });

  await dynamo.send(
    new UpdateItemCommand({ ...command, ExpressionAttributeValues: { ...command.ExpressionAttributeValues, ':state': { S: 'RUNNING' } } }),
  );
  expect(await control.read()).toMatchObject({ state: 'RUNNING', epoch: (before as { epoch: number }).epoch + 2 });
});

test('Resume after a halt lifts the halt that the risk memory holds, and nothing else of it', async () => {
  const risk = new RiskStateStore(new Table(dynamo, 'ballast-dev-risk'));
  const halted = {
    ...initialRiskState,
    tier: 2 as const,
    cvarBreachesInARow: 3,
    halted: { reason: 'cvar-persistence' as const, day: parseDay('2026-01-05') },
  };
  await risk.write({ state: halted, allTimeHighUsd: 1_000_000 }, 'cycle-2026-01-05T20-45-00Z' as CycleId, await risk.read());

  await control.change({ kind: 'fund' }, { state: 'HALTED', reason: 'RiskHalt', actor: 'test', at: Date.UTC(2026, 0, 5) as EpochMs });

  expect(await run(commandIn('Resume'))).toMatchObject({ status: 4 });
  expect(await run(commandIn('Resume after a halt'))).toMatchObject({ status: 0 });
  expect(await control.read()).toMatchObject({ state: 'RUNNING' });
  expect((await risk.read()).memory).toEqual({ state: { ...halted, cvarBreachesInARow: 0, halted: null }, allTimeHighUsd: 1_000_000 });
});

/** Runs a command as the runbook says, against the local cloud in place of AWS. */
function run(words: readonly string[]): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.execPath, [resolve(projectRoot, 'apps/cli/ballast.mjs'), ...words], {
    cwd: projectRoot,
    env: {
      PATH: process.env.PATH,
      USER: 'somebody',
      AWS_REGION: cloud.region,
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: 'operator',
      AWS_SECRET_ACCESS_KEY: 'operator',
    },
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  return new Promise((done, failed) => child.on('error', failed).on('close', (status) => done({ status, output })));
}

/** The `aws dynamodb update-item` command of a section as the call it makes. */
function updateItemIn(text: string): UpdateItemCommandInput {
  const command = /\$ aws dynamodb update-item ([\s\S]*?)\n```/.exec(text)![1]!;
  const option = (name: string): string => new RegExp(`--${name} (?:'([^']*)'|(\\S+))`).exec(command)!.slice(1).find(Boolean)!;
  const json = <T>(name: string): T => JSON.parse(option(name)) as T;
  return {
    TableName: option('table-name').replace('$STAGE', 'dev'),
    Key: json('key'),
    UpdateExpression: option('update-expression'),
    ExpressionAttributeNames: json('expression-attribute-names'),
    ExpressionAttributeValues: json('expression-attribute-values'),
  };
}
