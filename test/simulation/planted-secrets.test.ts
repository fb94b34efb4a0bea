/**
 * Secrets are planted, everybody who is asked with one answers as a careless server does and repeats what they were sent, and whatever the
 * run wrote anywhere is searched for them: tables, objects (Parquet read as rows), queues, executions, archived events, log lines, what
 * people were sent. Only where secrets are kept is left out. A word that the servers say beside each secret must be found in all those
 * places, so that a search that looks where nothing stands does not pass.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesizedAssembly } from '../../apps/cli/assembly.ts';
import { runCycleOnce } from '../../apps/cli/cycle-run.ts';
import { Fund } from '../../apps/cli/fund.ts';
import { operator } from '../../apps/local-cloud/cloud.ts';
import { parseDay } from '../../shared/kernel/days.ts';
import { datasetId, named } from '../support/boot-fund.ts';
import { readByModel } from '../support/news-model.ts';
import { putIntoLake, simulatedLake } from '../support/simulated-lake.ts';
import { smallPolicy } from '../support/small-fund.ts';
import { type Sent, startChannelServer } from '../unit/providers/alert-channels/channel-server.ts';
import { type Answer, type Asked, completion, itemsOf, startChatServer } from '../unit/providers/language-model/chat-server.ts';

type Fetch = typeof globalThis.fetch;

const planted = {
  'news model key': 'PLANTED-NEWS-MODEL-KEY-1742',
  'telegram token': '1742:PLANTED-TELEGRAM-TOKEN',
  'slack webhook': 'PLANTED-SLACK-WEBHOOK-1742',
  'discord webhook': 'PLANTED-DISCORD-WEBHOOK-1742',
};
/** No secret: what the careless say beside one. */
const said = 'you-asked-with';

let kept: string;
let secrets: Record<string, string>;
const lines: string[] = [];
const outcomes: string[] = [];
const chatted: Sent[] = [];
let modelWas: 'talkative' | 'forbidding' = 'talkative';
let brokerWas: 'well' | keyof typeof brokerFaults = 'careless-with-orders';

/** What the broker answers instead; null for what the exchange answers. */
const brokerFaults = {
  'careless-with-orders': carelessWithOrders(),
  forbidding: async (request: Request) => answer(401, `unauthorized. ${echo(request)}`),
  refusing: async (request: Request) => answer(400, `bad request. ${echo(request)}`),
  failing: async (request: Request) => answer(503, `upstream failed. ${echo(request)}`),
  babbling: async (request: Request) => new Response(`Sorry! ${echo(request)}`, { headers: { 'x-sent': echo(request) } }),
} as const satisfies Record<string, (request: Request, exchange: Fetch) => Promise<Response | null>>;

const answer = (status: number, message: string): Response => new Response(JSON.stringify({ message }), { status });

function echo({ headers }: Request): string {
  const key = headers.get('apca-api-secret-key') ?? '';
  return `${said} ${key} (${Buffer.from(`${headers.get('apca-api-key-id')}:${key}`).toString('base64')}, ${encodeURIComponent(key)})`;
}

/** Refuses one order, fails at one that it took, loses the reply to another and says so in an error, and takes the rest. */
function carelessWithOrders(): (request: Request, exchange: Fetch) => Promise<Response | null> {
  let orders = 0;
  return async (request, exchange) => {
    if (request.method !== 'POST' || !request.url.endsWith('/v2/orders')) return null;
    orders++;
    if (orders === 1) return answer(422, `not tradable. ${echo(request)}`);
    if (orders > 3) return null;
    await exchange(request.clone());
    if (orders === 2) return answer(500, `internal error. ${echo(request)}`);
    throw new TypeError('fetch failed', { cause: new Error(`proxy: ${echo(request)}`) });
  };
}

const carelessBroker =
  (exchange: Fetch): Fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const instead = brokerWas === 'well' ? null : await brokerFaults[brokerWas](request.clone(), exchange);
    return instead ?? exchange(request);
  };

/** Reads the news, and says with what it was asked; or does not, and says that too. */
function carelessModel(asked: Asked): Answer {
  const { authorization, path, body } = asked;
  if (modelWas === 'forbidding') return { status: 401, body: JSON.stringify({ error: `${said} ${authorization} at ${path}`, sent: body }) };
  const readings = itemsOf(asked).map(({ id }) => ({ id, tone: 0.5, confidence: 0.9 }));
  return completion(JSON.stringify({ readings, note: `${said} ${authorization}` }));
}

beforeAll(async () => {
  kept = mkdtempSync(join(tmpdir(), 'ballast-secrets-'));
  for (const part of ['cloud', 'exchange']) mkdirSync(join(kept, part));
  await using model = await startModel();
  await using chats = await startChannelServer((count) => ({
    status: [401, 400, 302, 404][count % 4]!,
    headers: { location: 'http://127.0.0.1:9/', 'x-sent': Object.values(planted).join(' ') },
    body: JSON.stringify({ ok: false, description: `${said} ${Object.values(planted).join(' ')}` }),
  }));
  const fund = await Fund.boot({
    assemblyDirectory: await synthesizedAssembly('dev'),
    keptIn: { cloud: join(kept, 'cloud'), exchange: join(kept, 'exchange') },
    seed: 1,
    capitalUsd: 1_000_000,
    cloud: { sharesBundles: true },
    onEvent: (event) => lines.push(JSON.stringify(event)),
    wire: carelessBroker,
  });
  await plantIn(fund, model.baseUrl, chats.url);
  await trade(fund);
  chatted.push(...chats.sent);
  await fund.close();
});
afterAll(() => rmSync(kept, { recursive: true, force: true }));

async function startModel() {
  const server = await startChatServer(carelessModel);
  return { baseUrl: server.baseUrl, [Symbol.asyncDispose]: () => server.close() };
}

async function plantIn(fund: Fund, modelUrl: string, chatsUrl: string): Promise<void> {
  await fund.setUp(1_000_000, readByModel(smallPolicy));
  await putIntoLake(fund.cloud, await simulatedLake());
  const put = (part: string, value: object) =>
    fund.cloud.call(operator, 'secretsmanager', 'PutSecretValue', { SecretId: named(part), SecretString: JSON.stringify(value) });
  await put('news-model', { baseUrl: modelUrl, model: 'lab/small-model', apiKey: planted['news model key'], enforcesSchema: true });
  await put('alert-channels', {
    telegram: { botToken: planted['telegram token'], chatId: '1', baseUrl: chatsUrl },
    slack: { webhookUrl: `${chatsUrl}/services/${planted['slack webhook']}` },
    discord: { webhookUrl: `${chatsUrl}/api/webhooks/1/${planted['discord webhook']}` },
  });
  const broker = (await fund.cloud.call(operator, 'secretsmanager', 'GetSecretValue', { SecretId: named('broker') })) as {
    SecretString: string;
  };
  secrets = { ...planted, 'broker key': (JSON.parse(broker.SecretString) as { secretKey: string }).secretKey };
}

/** A day on which orders go wrong, one for each way that the broker goes wrong altogether, and one on which a person stops the fund. */
async function trade(fund: Fund): Promise<void> {
  const cycle = async (day: string): Promise<void> => {
    outcomes.push((await runCycleOnce(fund, { session: parseDay(day), datasetId })).outcome);
    await fund.cloud.settle();
  };
  await cycle('2024-12-02');
  modelWas = 'forbidding';
  for (const [day, fault] of [
    ['2024-12-03', 'forbidding'],
    ['2024-12-04', 'failing'],
    ['2024-12-05', 'babbling'],
    ['2024-12-06', 'refusing'],
  ] as const) {
    brokerWas = fault;
    await cycle(day);
  }
  brokerWas = 'well';
  await fund.control.change({ kind: 'fund' }, { state: 'HALTED', reason: 'a drill', actor: 'test', at: fund.clock.now() });
  await fund.cloud.settle();
  await cycle('2024-12-09');
}

test('the run went wrong in the ways it was to', () => {
  expect(outcomes).toEqual(['traded', 'failed', 'failed', 'failed', 'failed', 'refused']);
  expect(chatted.length).toBeGreaterThan(3);
});

describe('no secret', () => {
  test('stands in anything that a table, a bucket, a queue, a machine or an archive holds', async () => {
    const files = filesUnder(join(kept, 'cloud')).filter((file) => !file.includes('/secretsmanager/'));
    const found: string[] = [];
    const echoes = new Set<string>();
    for (const file of files) {
      const texts = await textsOf(file);
      found.push(...leaksIn(texts, secrets).map((name) => `${name} in ${file.slice(kept.length)}`));
      if (leaksIn(texts, { said }).length > 0) echoes.add(file.slice(`${kept}/cloud/`.length).split('/')[0]!);
    }
    expect(found).toEqual([]);
    expect([...echoes].sort()).toEqual(['dynamodb', 'firehose', 's3', 'states']);
  });

  test('stands in a log line, an event or a message to people', () => {
    const told = [
      ...lines.filter((line) => !line.includes('"service":"secretsmanager"')),
      ...chatted.map(({ body }) => JSON.stringify(body)),
    ];
    expect(told.flatMap((line) => leaksIn([line], secrets).map((name) => `${name}: ${line.slice(0, 200)}`))).toEqual([]);
    expect(told.filter((line) => line.includes(said)).length).toBeGreaterThan(0);
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
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [...texts, gunzipSync(bytes).toString('utf8')];
  if (bytes.subarray(0, 4).toString() !== 'PAR1') return texts;
  const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer, compressors });
  return [...texts, JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))];
}
