/**
 * The fund steers itself between cycles, over the functions as they are deployed: a provider that stops delivering makes it DEFENSIVE, and
 * what comes back makes it NORMAL again, in order and with the times; a person's change is where it starts from.
 */
import { expect, test } from 'vitest';
import { EventBusAccess } from '../../apps/cli/event-bus.ts';
import { operator } from '../../apps/local-cloud/cloud.ts';
import type { BusEvent, EventBridge } from '../../apps/local-cloud/events/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { lakeKeys } from '../../shared/stores/lake/keys.ts';
import type { DatasetManifest } from '../../shared/stores/lake/manifest.ts';
import { named, session, type TestFund } from '../support/boot-fund.ts';
import { lakeBucket } from '../support/simulated-lake.ts';
import { bootSmall, publish } from '../support/small-fund.ts';
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
async function tick(fund: TestFund, time: string): Promise<void> {
  const now = at(session, time);
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

/** Events of these types within the session, oldest first, each with its New York time. */
async function told({ fund }: TestFund, ...types: string[]): Promise<{ time: string; event: BusEvent }[]> {
  const { name } = await new EventBusAccess(fund.stage, fund.cloud.clientConfig(operator), () => fund.cloud.settle()).archive();
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit' });
  return fund.cloud
    .service<EventBridge>('events')
    .archivedEvents(name)
    .filter(({ time, 'detail-type': type }) => types.includes(type) && time.startsWith(session))
    .map((event) => ({ time: clock.format(new Date(event.time)), event }));
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
  for (const line of story) process.stdout.write(`${JSON.stringify(line)}\n`);
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
