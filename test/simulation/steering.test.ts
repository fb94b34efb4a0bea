/**
 * The fund steers itself between cycles, over the functions as they are deployed: a provider that stops delivering makes it DEFENSIVE, and
 * what comes back makes it NORMAL again, in order, with the times and with the alerts that people are sent; a market that turns is one
 * change of the policy, lull and all; a person's change is where it starts from.
 */
import { expect, test } from 'vitest';
import { EventBusAccess } from '../../apps/cli/event-bus.ts';
import { operator } from '../../apps/local-cloud/cloud.ts';
import type { BusEvent, EventBridge } from '../../apps/local-cloud/events/index.ts';
import { formatDay } from '../../shared/kernel/days.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../shared/kernel/units.ts';
import { lakeKeys } from '../../shared/stores/lake/keys.ts';
import type { DatasetManifest } from '../../shared/stores/lake/manifest.ts';
import { datasetId, named, session, type TestFund } from '../support/boot-fund.ts';
import { shiftedMarket } from '../support/regime-shift.ts';
import { lakeBucket } from '../support/simulated-lake.ts';
import { alertsOf, bootSmall, publish } from '../support/small-fund.ts';
import { at, fire, travel } from '../support/starter.ts';

/** New York wall-clock times every so many minutes, from the first to the last. */
function times(from: string, to: string): string[] {
  const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const listed: string[] = [];
  for (let minute = minutes(from); minute <= minutes(to); minute += 5)
    listed.push(`${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
  return listed;
}

/** What the schedules do at that time: both checks, then the controller. */
async function tick(fund: TestFund, time: string, day = session): Promise<void> {
  const now = at(day, time);
  fund.fund.clock.travelTo(now);
  await fire(fund, 'watch-health', now);
  await fire(fund, 'check-broker', now);
  await fire(fund, 'steer-fund', now);
}

async function ticks(fund: TestFund, from: string, to: string): Promise<void> {
  for (const time of times(from, to)) await tick(fund, time);
  expect(fund.told('InvokeFailed').filter(({ details }) => /steering-|check-broker/.test(String(details.functionName)))).toEqual([]);
}

const modeOf = async ({ fund }: TestFund): Promise<string> => {
  const inForce = await fund.policies.inForce();
  return isRefusal(inForce) ? inForce.reason : inForce.policy.steering.mode;
};

/** Events of these types, oldest first. */
async function heard({ fund }: TestFund, ...types: string[]): Promise<BusEvent[]> {
  const { name } = await new EventBusAccess(fund.stage, fund.cloud.clientConfig(operator), () => fund.cloud.settle()).archive();
  return fund.cloud
    .service<EventBridge>('events')
    .archivedEvents(name)
    .filter(({ 'detail-type': type }) => types.includes(type));
}

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit' });
const newYorkTime = (at: number | string): string => clock.format(new Date(at));

/** Those of the session, each with its New York time. */
async function told(fund: TestFund, ...types: string[]): Promise<{ time: string; event: BusEvent }[]> {
  const events = await heard(fund, ...types);
  return events.filter(({ time }) => time.startsWith(session)).map((event) => ({ time: newYorkTime(event.time), event }));
}

/** The data set in force as if its last ingest had been the one of that day: the provider has delivered nothing since. */
async function lastDelivered(fund: TestFund, sessionsAgo: number): Promise<void> {
  const Key = lakeKeys.manifest('current');
  const { Body } = await fund.call<{ Body: Uint8Array }>('s3', 'GetObject', { Bucket: lakeBucket, Key });
  const manifest = JSON.parse(Buffer.from(Body).toString('utf8')) as DatasetManifest;
  const today = Math.floor(at(session, '00:00') / 86_400_000);
  const stale = { ...manifest, lastDay: today - sessionsAgo };
  await fund.call('s3', 'PutObject', { Bucket: lakeBucket, Key, Body: Buffer.from(JSON.stringify(stale)) });
}

test('a provider outage makes the fund DEFENSIVE at once, and its recovery makes it NORMAL after an hour, in that order', async () => {
  await using fund = await bootSmall();
  await travel(fund, session, '09:00');
  await ticks(fund, '09:25', '09:45');
  expect(await modeOf(fund)).toBe('NORMAL');

  await lastDelivered(fund, 9);
  await ticks(fund, '10:00', '10:10');
  expect(await modeOf(fund)).toBe('DEFENSIVE');

  await lastDelivered(fund, 1);
  await ticks(fund, '10:30', '11:50');
  expect(await modeOf(fund)).toBe('NORMAL');

  const story = (await told(fund, 'HealthStatusChanged', 'PolicyUpdated')).map(({ time, event: { detail } }) => {
    const { part, status, mode, reason, actor } = detail as Record<string, string>;
    return part === undefined ? { time, mode, reason, actor } : { time, part, status };
  });
  const sent = [...(await fund.fund.alerts.ofSeverity('HIGH')), ...(await fund.fund.alerts.ofSeverity('LOW'))]
    .filter(({ alert: { matter } }) => matter === 'health/data')
    .map(({ alert: { at: since, severity, title }, deliveries }) => ({ time: newYorkTime(since), severity, title, deliveries }));
  for (const line of [...story, ...sent].sort((a, b) => a.time.localeCompare(b.time))) process.stdout.write(`${JSON.stringify(line)}\n`);
  // Bad news goes out when it is known; that it is over is for the chats, of which this fund has none, and for the list.
  expect(sent).toEqual([
    { time: '10:05', severity: 'HIGH', title: 'data is down, was healthy', deliveries: { '0:sns': `${session}T15:05:00.000Z` } },
    { time: '10:40', severity: 'LOW', title: 'data is healthy, was down', deliveries: {} },
  ]);
  expect(alertsOf(fund).join()).toContain('data is down, was healthy');
  expect(story).toEqual([
    { time: '10:05', part: 'data', status: 'down' },
    {
      time: '10:05',
      mode: 'DEFENSIVE',
      actor: 'controller/steering',
      reason: expect.stringContaining('data-down: data-set-old (missedSessions'),
    },
    { time: '10:40', part: 'data', status: 'healthy' },
    { time: '11:35', mode: 'NORMAL', actor: 'controller/steering', reason: expect.stringContaining('DEFENSIVE → NORMAL') },
  ]);
});

/** In this seed the crisis begins to show after 25 sessions, has a lull of six sessions after 46, and ends after 60. */
const shift = { seed: 2, onset: [22, 27], lull: [44, 57] } as const;

test('a market that turns into a crisis is one change of the policy: the lull in the middle of it is none', async () => {
  await using fund = await bootSmall();
  const market = shiftedMarket(shift.seed);
  const stored = { name: market.name, day: [...market.day], simpleReturn: [...market.simpleReturn] };
  await fund.call('s3', 'PutObject', { Bucket: lakeBucket, Key: lakeKeys.market(datasetId), Body: Buffer.from(JSON.stringify(stored)) });
  const dayOf = (sessionsAfter: number): string => formatDay(market.day[market.shiftAt + sessionsAfter]! as EpochDay);
  const waited: number[] = [];
  for (const [from, to] of [shift.onset, shift.lull]) {
    for (let sessionsAfter = from; sessionsAfter <= to; sessionsAfter++) {
      const day = dayOf(sessionsAfter);
      await fire(fund, 'steer-fund', at(day, '09:25'));
      // Twelve looks within the lull are what the rules ask of minutes.
      for (const time of ['09:30', '10:45', '15:55']) await tick(fund, time, day);
      const { state } = await fund.fund.steering.read();
      if (state!.reasons.some((reason) => reason.startsWith('market-not-settled-yet'))) waited.push(sessionsAfter);
    }
    await fire(fund, 'checkpoint-1900', at(dayOf(to), '19:00'));
  }
  expect(await modeOf(fund)).toBe('DEFENSIVE');
  const changes = (await heard(fund, 'PolicyUpdated')).map(({ time, detail }) => {
    const { summary = '', reason, actor, mode } = detail as Record<string, string>;
    return { day: time.slice(0, 10), summary, reason, actor, mode };
  });
  for (const { day, summary } of changes) process.stdout.write(`${day} ${summary}\n`);
  expect(changes.filter(({ actor }) => actor === 'controller/steering')).toMatchObject([
    { day: dayOf(25), mode: 'DEFENSIVE', reason: expect.stringContaining('market-volatility-high') },
  ]);
  // The market alone bore NORMAL in these sessions: without the dwell the mode would have gone and come back.
  expect(waited).toEqual([46, 47, 48, 49, 50, 51]);
});

test('a broker that does not answer is down at the second check, and the secret is in nothing that is kept or told', async () => {
  await using fund = await bootSmall();
  await travel(fund, session, '09:30');
  await ticks(fund, '09:30', '09:35');
  const SecretId = named('broker');
  const { SecretString } = await fund.call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId });
  const { keyId, secretKey } = JSON.parse(SecretString) as { keyId: string; secretKey: string };
  await fund.call('secretsmanager', 'PutSecretValue', {
    SecretId,
    SecretString: JSON.stringify({ ...(JSON.parse(SecretString) as object), baseUrl: 'http://127.0.0.1:9' }),
  });
  await ticks(fund, '09:40', '09:45');
  expect(await modeOf(fund)).toBe('DEFENSIVE');
  const { Items } = await fund.call<{ Items: object[] }>('dynamodb', 'Scan', { TableName: named('operations') });
  const everything = JSON.stringify([Items, fund.events, await told(fund, 'HealthStatusChanged', 'PolicyUpdated')]);
  expect(everything).toContain('broker-silent: no-answer');
  for (const secret of [secretKey, keyId]) expect(everything).not.toContain(secret);
});

test('outside the session nothing is checked and nothing is steered', async () => {
  await using fund = await bootSmall();
  await travel(fund, session, '16:00');
  await tick(fund, '16:00');
  const { Items } = await fund.call<{ Items: object[] }>('dynamodb', 'Scan', { TableName: named('operations') });
  expect(JSON.stringify(Items)).not.toMatch(/"steering"|"health"/);
});

test('a person who sets the mode is followed: the controller loosens it an hour later, and not before', async () => {
  await using fund = await bootSmall();
  await travel(fund, session, '09:30');
  await ticks(fund, '09:30', '09:40');
  await publish(fund, (policy) => ({ ...policy, steering: { ...policy.steering, mode: 'DEFENSIVE' } }));
  await ticks(fund, '09:45', '10:40');
  expect(await modeOf(fund)).toBe('DEFENSIVE');
  await ticks(fund, '10:45', '10:45');
  expect(await modeOf(fund)).toBe('NORMAL');
});
