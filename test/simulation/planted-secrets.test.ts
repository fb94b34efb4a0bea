/**
 * Secrets are planted, everything that can go wrong with their owners goes wrong, and whatever the run wrote anywhere is searched for
 * them: tables, objects (Parquet read as rows), queues, executions, archived events, log lines, what people were sent. Only where secrets are kept is left out.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesizedAssembly } from '../../apps/cli/assembly.ts';
import { runCycleOnce } from '../../apps/cli/cycle-run.ts';
import { Fund } from '../../apps/cli/fund.ts';
import { operator } from '../../apps/local-cloud/cloud.ts';
import { parseDay } from '../../shared/kernel/days.ts';
import { datasetId, named } from '../support/boot-fund.ts';
import { BrokerWire } from '../support/broker-wire.ts';
import { readByModel } from '../support/news-model.ts';
import { putIntoLake, simulatedLake } from '../support/simulated-lake.ts';
import { smallPolicy } from '../support/small-fund.ts';
import { type Answer, type Asked, startChatServer } from '../unit/providers/language-model/chat-server.ts';

const planted = {
  'news model key': 'PLANTED-NEWS-MODEL-KEY-1742',
  'telegram token': '1742:PLANTED-TELEGRAM-TOKEN',
  'slack webhook': 'PLANTED-SLACK-WEBHOOK-1742',
  'discord webhook': 'PLANTED-DISCORD-WEBHOOK-1742',
};

let kept: string;
let secrets: Record<string, string>;
const lines: string[] = [];
const outcomes: string[] = [];

beforeAll(async () => {
  kept = mkdtempSync(join(tmpdir(), 'ballast-secrets-'));
  for (const part of ['cloud', 'exchange']) mkdirSync(join(kept, part));
  const wire = new BrokerWire();
  // Whoever is asked says what they were sent, as a careless server's error page does.
  const model = await startChatServer(indiscreet);
  const fund = await Fund.boot({
    assemblyDirectory: await synthesizedAssembly('dev'),
    keptIn: { cloud: join(kept, 'cloud'), exchange: join(kept, 'exchange') },
    seed: 1,
    capitalUsd: 1_000_000,
    cloud: { sharesBundles: true },
    onEvent: (event) => lines.push(JSON.stringify(event)),
    wire: (exchange) => wire.to(exchange),
  });
  await fund.setUp(1_000_000, readByModel(smallPolicy));
  await putIntoLake(fund.cloud, await simulatedLake());
  const put = (part: string, value: object) =>
    fund.cloud.call(operator, 'secretsmanager', 'PutSecretValue', { SecretId: named(part), SecretString: JSON.stringify(value) });
  await put('news-model', { baseUrl: model.baseUrl, model: 'lab/small-model', apiKey: planted['news model key'], enforcesSchema: true });
  await put('alert-channels', {
    telegram: { botToken: planted['telegram token'], chatId: '1', baseUrl: model.baseUrl },
    slack: { webhookUrl: `${model.baseUrl}/services/${planted['slack webhook']}` },
    discord: { webhookUrl: `${model.baseUrl}/api/webhooks/1/${planted['discord webhook']}` },
  });
  const broker = (await fund.cloud.call(operator, 'secretsmanager', 'GetSecretValue', { SecretId: named('broker') })) as {
    SecretString: string;
  };
  secrets = { ...planted, 'broker key': (JSON.parse(broker.SecretString) as { secretKey: string }).secretKey };

  const cycle = async (day: string): Promise<void> => {
    outcomes.push((await runCycleOnce(fund, { session: parseDay(day), datasetId })).outcome);
    await fund.cloud.settle();
  };
  await cycle('2024-12-02');
  wire.after = (_call, answer) =>
    new Response(JSON.stringify({ message: `unauthorized: ${secrets['broker key']}` }), { status: answer.ok ? 401 : answer.status });
  await cycle('2024-12-03');
  wire.after = (_call, answer) => answer;
  await fund.control.change({ kind: 'fund' }, { state: 'HALTED', reason: 'a drill', actor: 'test', at: fund.clock.now() });
  await fund.cloud.settle();
  await cycle('2024-12-04');
  await fund.close();
  await model.close();
});
afterAll(() => rmSync(kept, { recursive: true, force: true }));

const indiscreet = (asked: Asked): Answer => ({
  status: 401,
  body: JSON.stringify({ error: `${asked.authorization} may not ask ${asked.path}`, sent: asked.body }),
});

test('the run went wrong in the ways it was to', () => {
  expect(outcomes[0]).toBe('traded');
  expect(outcomes.slice(1)).not.toContain('traded');
  expect(lines.length).toBeGreaterThan(1000);
});

describe('no secret', () => {
  test('stands in anything that a table, a bucket, a queue, a machine or an archive holds', async () => {
    const files = filesUnder(join(kept, 'cloud')).filter((file) => !file.includes('/secretsmanager/'));
    expect(files.length).toBeGreaterThan(50);
    const found: string[] = [];
    for (const file of files) found.push(...leaksIn(await textsOf(file), secrets).map((name) => `${name} in ${file.slice(kept.length)}`));
    expect(found).toEqual([]);
  });

  test('stands in a log line, an event or a message to people', () => {
    const told = lines.filter((line) => !line.includes('"service":"secretsmanager"'));
    expect(told.flatMap((line) => leaksIn([line], secrets).map((name) => `${name}: ${line.slice(0, 200)}`))).toEqual([]);
  });
});

describe('the search', () => {
  test.each([
    ['as it is', (secret: string) => `Authorization: Bearer ${secret}`],
    ['in base64', (secret: string) => Buffer.from(`token ${secret} sent`).toString('base64')],
    ['in a URL', (secret: string) => `http://x/?key=${encodeURIComponent(secret)}`],
    ['in JSON within JSON', (secret: string) => JSON.stringify(JSON.stringify({ secret }))],
  ])('finds a secret that is written %s', (_how, write) => {
    for (const [name, secret] of Object.entries(secrets)) expect(leaksIn([write(secret)], secrets)).toEqual([name]);
  });
});

/** Names of the secrets that stand in one of the texts, plain or in an encoding that somebody may have put them through. */
function leaksIn(texts: readonly string[], known: Readonly<Record<string, string>>): string[] {
  return Object.entries(known).flatMap(([name, secret]) =>
    texts.some((text) => disguises(secret).some((disguise) => text.includes(disguise))) ? [name] : [],
  );
}

/** In base64 the letters depend on where in the text it stands: each of three places, without the ends that its neighbours change. */
function disguises(secret: string): string[] {
  const shifted = [0, 1, 2].map((before) => {
    const text = Buffer.from(`${'x'.repeat(before)}${secret}`).toString('base64');
    return text.slice(before === 0 ? 0 : 4, -4);
  });
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...shifted];
}

const filesUnder = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

async function textsOf(file: string): Promise<string[]> {
  const bytes = readFileSync(file);
  const texts = [bytes.toString('utf8')];
  if (bytes.subarray(0, 4).toString() !== 'PAR1') return texts;
  const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
  return [...texts, JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))];
}
