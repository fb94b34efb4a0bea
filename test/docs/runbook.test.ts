/** The runbook's own programs and its pause command, run against the local cloud over HTTP, as an operator runs them against AWS. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DynamoDBClient, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
/** The program that a section feeds to node. */
const programIn = (title: string): string => /node --input-type=module-typescript <<'END'\n([\s\S]*?)\n\s*END\n/.exec(section(title))![1]!;

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

describe('First deployment', () => {
  test('puts a policy in force, opens the account and leaves trading paused', async () => {
    const { status, output } = await run(programIn('First deployment'), { CAPITAL_USD: '250000' });
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringMatching(/^Policy 1 \([0-9a-f]{64}\) is in force; trading is PAUSED\.\n$/),
    });

    const inForce = await new PolicyStore(new Table(dynamo, 'ballast-dev-policy')).inForce();
    expect(!isRefusal(inForce) && inForce.policy.capital.initialEquityUsd).toBe(250_000);
    expect(await new Ledger(dynamo, 'ballast-dev-ledger').account()).toMatchObject({ cashUsd: 250_000 });
    expect(await control.read()).toMatchObject({ state: 'PAUSED' });
  });

  test('does nothing without being told the capital', async () => {
    const { status, output } = await run(programIn('First deployment'), {});
    expect(status).not.toBe(0);
    expect(output).toContain('Set STAGE and CAPITAL_USD.');
  });
});

test('Pause by hand and Resume change the state and raise the epoch', async () => {
  await control.change({ state: 'RUNNING', reason: 'before', actor: 'test', at: Date.UTC(2026, 0, 5) as EpochMs });
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

  const { status, output } = await run(programIn('Resume after a halt'), {});
  expect({ status, output }).toEqual({ status: 0, output: 'The halt in the risk memory is lifted; control is still HALTED.\n' });
  expect((await risk.read()).memory).toEqual({ state: { ...halted, cvarBreachesInARow: 0, halted: null }, allTimeHighUsd: 1_000_000 });
});

/** Runs a program as the runbook says: from the repository's root, on standard input. */
function run(program: string, env: Readonly<Record<string, string>>): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.execPath, ['--input-type=module-typescript'], {
    cwd: projectRoot,
    env: {
      PATH: process.env.PATH,
      USER: 'somebody',
      STAGE: 'dev',
      AWS_REGION: cloud.region,
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: 'operator',
      AWS_SECRET_ACCESS_KEY: 'operator',
      ...env,
    },
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  child.stdin.end(program);
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
