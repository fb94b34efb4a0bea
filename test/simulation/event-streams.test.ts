/**
 * Repeats and order mean nothing to the fund's consumers. Two sessions are traded while no rule of the bus delivers, so that nobody has
 * heard anything; then everything that was told is delivered to every function that hears it, once in order, and in other funds from the
 * same seed with repeats and in any order. All of them must keep the same.
 */
import { expect, test } from 'vitest';
import { EventBusAccess, isFunction } from '../../apps/cli/event-bus.ts';
import { operator } from '../../apps/local-cloud/cloud.ts';
import type { BusEvent, EventBridge } from '../../apps/local-cloud/events/index.ts';
import type { StopScope } from '../../shared/contracts/control.ts';
import { bucketName } from '../../shared/contracts/names/index.ts';
import { named, session, type TestFund } from '../support/boot-fund.ts';
import { expectOrderFree, type StreamFold } from '../support/event-streams.ts';
import { bootSmall, publish, sessionsFrom } from '../support/small-fund.ts';

interface Deaf {
  readonly fund: TestFund;
  /** Functions by what they hear. */
  hearersOf(event: BusEvent): string[];
  /** What was stored before anything was delivered. */
  readonly before: ReadonlySet<string>;
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
    before: new Set(await stored(fund)),
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

/** What consumers have kept of what was delivered. */
async function kept({ fund, before }: Deaf): Promise<readonly string[]> {
  await fund.fund.cloud.settle();
  return (await stored(fund)).filter((one) => !before.has(one));
}

/** Every item of the tables that consumers write, and the name and content of every object in the lake. */
async function stored(fund: TestFund): Promise<string[]> {
  const found: string[] = [];
  for (const role of ['operations', 'policy', 'ledger', 'risk']) {
    const { Items } = await fund.call<{ Items: Attributes[] }>('dynamodb', 'Scan', { TableName: named(role) });
    found.push(...Items.map((item) => `${role} ${steady(item)}`));
  }
  const Bucket = bucketName('dev', 'lake', '000000000000', 'us-east-1');
  const { Contents = [] } = await fund.call<{ Contents?: { Key: string; ETag: string }[] }>('s3', 'ListObjectsV2', { Bucket });
  return [...found, ...Contents.map(({ Key, ETag }) => `lake ${Key} ${ETag}`)].sort();
}

/** When a mark was set, and so when it ends, is not what was kept. */
function steady({ at, expiresAt, ...item }: Attributes): string {
  return JSON.stringify(item.pk?.S?.startsWith('consumed#') ? item : { at, expiresAt, ...item });
}

test('every consumer keeps the same of any stream with the same events', async () => {
  const first = await deafFund();
  const events = await toldWhileDeaf(first);
  const types = events.map((event) => event['detail-type']);
  for (const type of ['CycleCompleted', 'TradeExecuted', 'TradingPaused', 'TradingResumed']) expect(types).toContain(type);
  const waiting = [first];
  const fold: StreamFold<BusEvent, Deaf> = {
    open: async () => waiting.pop() ?? deafFund(),
    deliver,
    stateOf: kept,
    close: ({ fund }) => fund[Symbol.asyncDispose](),
  };
  await expectOrderFree(events, fold, { streams: 2 });
});
