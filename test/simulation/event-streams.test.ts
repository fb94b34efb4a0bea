/**
 * Repeats and order mean nothing to the fund's consumers. Two sessions are traded while no rule of the bus delivers, so that nobody has
 * heard anything; then everything that was told is delivered to every function that hears it: once in order, and again and again, from
 * the same beginning, with repeats and in any order. All of these must leave the same. Between two streams what they left is taken away.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventBusAccess, isFunction } from '../../apps/cli/event-bus.ts';
import { operator } from '../../apps/local-cloud/cloud.ts';
import type { BusEvent, EventBridge } from '../../apps/local-cloud/events/index.ts';
import type { StopScope } from '../../shared/contracts/control.ts';
import { named, session, type TestFund } from '../support/boot-fund.ts';
import { expectOrderFree, type StreamFold } from '../support/event-streams.ts';
import { lakeBucket } from '../support/simulated-lake.ts';
import { bootSmall, publish, sessionsFrom } from '../support/small-fund.ts';

interface Deaf {
  readonly fund: TestFund;
  /** Functions by what they hear. */
  hearersOf(event: BusEvent): string[];
  /** What was stored before anything was delivered. */
  readonly before: Stored;
}

const busOf = ({ fund }: TestFund) => new EventBusAccess(fund.stage, fund.cloud.clientConfig(operator), () => fund.cloud.settle());

/** Not the fund: setting it up told of that already, and alerts would count these as repeats of what each fund heard before. */
const oneSymbol: StopScope = { kind: 'symbol', name: 'QWAT' };

/** A fund that has traded two sessions, was paused, resumed and given another policy, and has heard nothing of it. */
async function deafFund(): Promise<Deaf> {
  const fund = await bootSmall();
  await fund.fund.cloud.settle();
  const rules = await busOf(fund).rules();
  for (const { name } of rules) await fund.call('events', 'DisableRule', { Name: named(name), EventBusName: named('events') });
  const [first, second] = sessionsFrom(session, 2) as [string, string];
  await fund.cycle(first);
  await fund.fund.control.change(oneSymbol, { state: 'PAUSED', reason: 'a drill', actor: 'operator/ada', at: fund.fund.clock.now() });
  await fund.fund.control.change(oneSymbol, { state: 'RUNNING', reason: 'over', actor: 'operator/ada', at: fund.fund.clock.now() });
  await publish(fund, (policy) => ({ ...policy, universe: { ...policy.universe, exclude: ['QWAT'] } }));
  await fund.cycle(second);
  await fund.fund.cloud.settle();
  return {
    fund,
    before: await stored(fund),
    hearersOf: (event) =>
      rules.filter((rule) => rule.hears(event)).flatMap(({ targets }) => targets.filter(isFunction).map(({ Arn }) => Arn!)),
  };
}

/** What the sessions told, oldest first; what setting up told was heard before the rules were switched off. */
async function toldWhileDeaf({ fund }: Deaf): Promise<BusEvent[]> {
  const { name } = await busOf(fund).archive();
  return fund.fund.cloud
    .service<EventBridge>('events')
    .archivedEvents(name)
    .filter(({ time }) => time < '2025');
}

async function deliver({ fund, hearersOf }: Deaf, event: BusEvent): Promise<void> {
  const Payload = new TextEncoder().encode(JSON.stringify(event));
  for (const FunctionName of hearersOf(event)) {
    const { FunctionError, Payload: answer } = await fund.call<{ FunctionError?: string; Payload: Uint8Array }>('lambda', 'Invoke', {
      FunctionName,
      Payload,
    });
    if (FunctionError !== undefined) throw new Error(`${FunctionName} on ${event['detail-type']}: ${new TextDecoder().decode(answer)}`);
  }
}

type Attributes = Readonly<Record<string, { readonly S?: string }>>;

/** By name: a table and key, or an object of the lake. */
type Stored = ReadonlyMap<string, { readonly text: string; readonly place: Place }>;
type Place = { readonly TableName: string; readonly item: Attributes } | { readonly Key: string };

/** Those that consumers write. */
const tables = ['operations', 'policy', 'ledger', 'risk'];

/** Every item of these tables, and every object of the lake by its content. */
async function stored(fund: TestFund): Promise<Stored> {
  const found = new Map<string, { text: string; place: Place }>();
  for (const role of tables) {
    const TableName = named(role);
    const { Items } = await fund.call<{ Items: Attributes[] }>('dynamodb', 'Scan', { TableName });
    for (const item of Items) found.set(`${role} ${item.pk?.S} ${item.sk?.S}`, { text: steady(item), place: { TableName, item } });
  }
  const listed = await fund.call<{ Contents?: { Key: string; ETag: string }[] }>('s3', 'ListObjectsV2', { Bucket: lakeBucket });
  for (const { Key, ETag } of listed.Contents ?? []) found.set(`lake ${Key}`, { text: ETag, place: { Key } });
  return found;
}

/** When a mark was set, and so when it ends, is not what was kept. */
function steady({ at, expiresAt, ...item }: Attributes): string {
  return JSON.stringify(item.pk?.S?.startsWith('consumed#') ? item : { at, expiresAt, ...item });
}

/** What consumers have kept of what was delivered. */
async function kept({ fund, before }: Deaf): Promise<readonly string[]> {
  await fund.fund.cloud.settle();
  const now = await stored(fund);
  const gone = [...before.keys()].filter((name) => !now.has(name)).map((name) => `${name} is gone`);
  const written = [...now].filter(([name, { text }]) => before.get(name)?.text !== text).map(([name, { text }]) => `${name} ${text}`);
  return [...gone, ...written].sort();
}

/** As it was before anything was delivered. */
async function forget({ fund, before }: Deaf): Promise<void> {
  for (const [name, { text, place }] of await stored(fund)) {
    const was = before.get(name);
    if (was?.text === text) continue;
    if ('Key' in place) {
      if (was !== undefined) throw new Error(`a consumer wrote over what a cycle stored: ${name}`);
      await fund.call('s3', 'DeleteObject', { Bucket: lakeBucket, Key: place.Key });
    } else if (was !== undefined && 'item' in was.place) {
      await fund.call('dynamodb', 'PutItem', { TableName: place.TableName, Item: was.place.item });
    } else {
      const { pk, sk } = place.item;
      await fund.call('dynamodb', 'DeleteItem', { TableName: place.TableName, Key: { pk, sk } });
    }
  }
  await fund.fund.cloud.settle();
  expect(await kept({ fund, before, hearersOf: () => [] })).toEqual([]);
}

let deaf: Deaf;
beforeAll(async () => {
  deaf = await deafFund();
});
afterAll(() => deaf.fund[Symbol.asyncDispose]());

test('every consumer keeps the same of any stream with the same events', async () => {
  const events = await toldWhileDeaf(deaf);
  const types = events.map((event) => event['detail-type']);
  for (const type of ['CycleCompleted', 'TradeExecuted', 'TradingPaused', 'TradingResumed']) expect(types).toContain(type);
  const fold: StreamFold<BusEvent, Deaf> = { open: async () => deaf, deliver, stateOf: kept, close: forget };
  await expectOrderFree(events, fold, { streams: 8 });
  for (const event of events) await deliver(deaf, event);
  expect((await kept(deaf)).length).toBeGreaterThan(events.length);
});
