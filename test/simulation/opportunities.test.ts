/**
 * The gate of opportunities in whole cycles: the ranker before the cycle, what its list lets in, and that without a list that fits nothing is
 * opened, whatever the reason.
 */
import { describe, expect, test } from 'vitest';
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import { EventBusAccess } from '../../apps/cli/event-bus.ts';
import { operator } from '../../apps/local-cloud/cloud.ts';
import type { EventBridge } from '../../apps/local-cloud/events/index.ts';
import { OpportunityList } from '../../shared/contracts/opportunities.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { parseDay } from '../../shared/kernel/days.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { datasetId, named, session, type TestFund } from '../support/boot-fund.ts';
import { bootSmall, documentOf } from '../support/small-fund.ts';
import { deleteItem, putItem } from '../support/tampering.ts';

const gated = (standard: Policy): Policy => ({ ...standard, ranking: { ...standard.ranking, gate: 'listed', topN: 7 } });
const ranker = named('ranking-rank-opportunities');

/** The ranker as its schedule calls it, at that New York time. */
async function rankAt(fund: TestFund, day: string, hour: number, minute: number, more: object = {}): Promise<Record<string, unknown>> {
  const at = await fund.fund.travelTo(parseDay(day), datasetId, hour, minute);
  return rank(fund, { scheduledAt: new Date(at).toISOString(), dataset: datasetId, ...more });
}

async function rank(fund: TestFund, event: object): Promise<Record<string, unknown>> {
  const call = { FunctionName: ranker, Payload: Buffer.from(JSON.stringify(event)) };
  const { Payload } = await fund.call<{ Payload: Uint8Array }>('lambda', 'Invoke', call);
  return JSON.parse(Buffer.from(Payload).toString('utf8')) as Record<string, unknown>;
}

async function listInForce({ fund }: TestFund): Promise<OpportunityList> {
  const entry = await fund.opportunities.current();
  if (isRefusal(entry)) throw new Error(entry.reason);
  const list = await fund.lake.getJson(entry.key, OpportunityList);
  if (isRefusal(list)) throw new Error(list.reason);
  return list;
}

const openingOf = async ({ fund }: TestFund, { cycleId }: CycleReport): Promise<object> =>
  (await fund.audit.recordsOf(cycleId)).find(({ record }) => record.type === 'opening')!.record.record;

test('a cycle opens only what the list of half an hour before names, and its opening record names the list', async () => {
  await using free = await bootSmall();
  const bought = (await free.cycle()).orders.map(({ symbol }) => symbol);
  await using fund = await bootSmall(gated);
  const report = await fund.cycle();
  const { listId, listed, rankedAt, ranked, filtered } = await listInForce(fund);

  expect(report.phases[0]).toMatchObject({ name: 'rank', outcome: 'done' });
  expect(rankedAt).toBe('2024-12-02T20:30:00.000Z');
  expect(listed).toHaveLength(7);
  expect(ranked.length + filtered.length).toBe(14);
  expect(report.orders.length).toBeGreaterThan(0);
  for (const { symbol } of report.orders) expect(listed).toContain(symbol);
  expect(bought.some((symbol) => !listed.includes(symbol))).toBe(true);
  const keptOut = report.decisions.filter(({ reason_codes }) => reason_codes[0] === 'not-an-opportunity');
  expect(keptOut.length).toBeGreaterThan(0);
  for (const { symbol, final_decision } of keptOut) expect([final_decision, listed.includes(symbol)]).toEqual(['HOLD', false]);

  expect(await documentOf(fund, report, 'opportunities')).toEqual({ listId, symbols: listed });
  expect(await openingOf(fund, report)).toMatchObject({ opportunities: { list_id: listId, refusal: null } });
});

test('twice in an hour is one list and one event id; the hour after is another', async () => {
  await using fund = await bootSmall(gated);
  const first = await rankAt(fund, session, 14, 30);
  expect(first).toMatchObject({ kind: 'ranked', considered: 14, listed: 7 });
  expect(await rankAt(fund, session, 14, 30)).toEqual(first);
  const later = await rankAt(fund, session, 15, 30);
  expect(later.listId).not.toBe(first.listId);
  // The older one once more: it stands for its hour, and is not in force.
  expect(await rankAt(fund, session, 14, 30)).toEqual(first);
  expect((await listInForce(fund)).listId).toBe(later.listId);

  const { cloud, stage } = fund.fund;
  const { name } = await new EventBusAccess(stage, cloud.clientConfig(operator), () => cloud.settle()).archive();
  const heard = cloud
    .service<EventBridge>('events')
    .archivedEvents(name)
    .filter(({ 'detail-type': type }) => type === 'OpportunitiesUpdated')
    .map(({ detail }) => (detail as { eventId: string }).eventId);
  expect(heard).toEqual([first, first, later, first].map(({ listId }) => `opportunities/${String(listId)}`));
});

describe('a cycle opens nothing', () => {
  const ways: readonly (readonly [string, string, (fund: TestFund) => Promise<unknown>])[] = [
    ['without a list', 'list-missing', (fund) => deleteItem(fund, 'operations', 'opportunities', 'current')],
    ['on a list that is too old', 'list-too-old', (fund) => rewrite(fund, { rankedAt: '2024-12-02T18:30:00.000Z' })],
    ['on the list of other data', 'list-of-another-data-set', (fund) => rewrite(fund, { datasetId: 'sim-2' })],
  ];

  test.each(ways)('%s (%s)', async (_, refusal, spoil) => {
    await using fund = await bootSmall(gated);
    fund.before('Preflight', () => spoil(fund));
    const report = await fund.cycle();
    expect({ outcome: report.outcome, orders: report.orders }).toEqual({ outcome: 'no-trade', orders: [] });
    expect(await documentOf(fund, report, 'opportunities')).toEqual({ listId: null, symbols: [], refusal });
    expect(await openingOf(fund, report)).toMatchObject({ opportunities: { list_id: null, refusal } });
  });
});

async function rewrite(fund: TestFund, change: object): Promise<void> {
  await putItem(fund, 'operations', { pk: 'opportunities', sk: 'current', ...(await fund.fund.opportunities.current()), ...change });
}

test('what is held is still sold without a list', async () => {
  await using fund = await bootSmall(gated);
  const first = await fund.cycle();
  expect(first.positions.length).toBeGreaterThan(0);
  const position = first.positions[0]!;
  // Nothing may be held of it any more.
  const { policies, clock } = fund.fund;
  const inForce = await policies.inForce();
  if (isRefusal(inForce)) throw new Error(inForce.reason);
  const tighter = { ...inForce.policy, portfolio: { ...inForce.policy.portfolio, singleNameFracMax: 0.001 } };
  await policies.publish(tighter, { actor: 'test', reason: 'as the test wants', at: clock.now() });
  fund.before('Preflight', () => deleteItem(fund, 'operations', 'opportunities', 'current'));
  const second = await fund.cycle('2024-12-03');
  expect(second.orders.map(({ symbol, side }) => [symbol, side])).toContainEqual([position.symbol, 'SELL']);
  expect(second.orders.every(({ side }) => side === 'SELL')).toBe(true);
});

test('the ranker refuses what is no hour of a session, and an hour that is not now', async () => {
  await using fund = await bootSmall(gated);
  expect(await rankAt(fund, session, 9, 0)).toMatchObject({ reason: 'market-closed', details: { why: 'before-open' } });
  expect(await rankAt(fund, session, 16, 30)).toMatchObject({ reason: 'market-closed', details: { why: 'after-close' } });
  // The day after Thanksgiving closes at 13:00.
  expect(await rankAt(fund, '2024-11-29', 13, 30)).toMatchObject({ reason: 'market-closed', details: { why: 'after-close' } });
  expect(await rankAt(fund, '2024-11-28', 11, 30)).toMatchObject({ reason: 'market-closed', details: { why: 'no-session' } });
  expect(await rankAt(fund, session, 11, 30, { scheduledAt: '2024-12-02T15:30:00Z' })).toMatchObject({ reason: 'start-is-late' });
  expect(await rankAt(fund, session, 11, 30, { dataset: 'none' })).toMatchObject({ reason: 'dataset-not-found' });
  expect(await fund.fund.opportunities.current()).toMatchObject({ reason: 'list-missing' });
});
