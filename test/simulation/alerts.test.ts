/**
 * Alerts of a whole fund over the templates as they stand: from a breach, a stop, a market that turns, a broker that falls silent, a cycle
 * that never ran, to what stands on the list, on the wire of a chat and in the mail. The chats are a server on the loopback address.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearsRepeating, EventBusAccess } from '../../apps/cli/event-bus.ts';
import { operator } from '../../apps/local-cloud/cloud.ts';
import { messageOf } from '../../shared/domain/alerts/message.ts';
import { alertChannels, defaultAlertRules, type Severity, severities } from '../../shared/domain/policy/alert-rules.ts';
import { parseDay } from '../../shared/kernel/days.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import { discordBody, slackBody, snsMail, telegramBody } from '../../shared/providers/alert-channels/index.ts';
import type { AlertRecord } from '../../shared/stores/alerts.ts';
import { lakeKeys } from '../../shared/stores/lake/keys.ts';
import { datasetId, named, session, type TestFund } from '../support/boot-fund.ts';
import { lakeBucket } from '../support/simulated-lake.ts';
import { alertsOf, bootSmall, changed, type PolicyChange, publish, sessionsFrom } from '../support/small-fund.ts';
import { at, fire, travel } from '../support/starter.ts';
import { startChannelServer } from '../unit/providers/alert-channels/channel-server.ts';

const planted = 'PLANTED-WEBHOOK-0042';

async function withChats(fund: TestFund, ...off: readonly ('telegram' | 'discord')[]) {
  const { url, ...server } = await startChannelServer();
  const all = {
    slack: { webhookUrl: `${url}/services/${planted}` },
    discord: { webhookUrl: `${url}/api/webhooks/${planted}` },
    telegram: { botToken: `1742:${planted}`, chatId: '1', baseUrl: url },
  };
  const on = Object.fromEntries(Object.entries(all).filter(([name]) => !(off as readonly string[]).includes(name)));
  await fund.call('secretsmanager', 'PutSecretValue', { SecretId: named('alert-channels'), SecretString: JSON.stringify(on) });
  const to = (address: string) => server.sent.filter(({ path }) => path.includes(address)).map(({ body }) => body);
  return {
    ...server,
    /** What each chat was sent, oldest first. */
    slack: () => to('/services/'),
    discord: () => to('/api/webhooks/'),
    telegram: () => to('/sendMessage'),
  };
}

const listed = ({ fund }: TestFund, severity: Severity) => fund.alerts.ofSeverity(severity);

async function invoked(fund: TestFund, name: string, event: object): Promise<Record<string, unknown>> {
  const { Payload } = await fund.call<{ Payload: Uint8Array }>('lambda', 'Invoke', {
    FunctionName: named(name),
    Payload: Buffer.from(JSON.stringify(event)),
  });
  return JSON.parse(Buffer.from(Payload).toString('utf8')) as Record<string, unknown>;
}

describe('CVaR over its limit in three cycles running', () => {
  const stuck: PolicyChange = (policy) =>
    changed('execution', { restricted: policy.universe.rule.kind === 'list' ? policy.universe.rule.symbols : [] })(
      changed('risk', { cvarFracMax: 1e-3 })(policy),
    );

  test('is one CRITICAL alert that says so, reminded of until trading is resumed; and nothing of the secret is written anywhere', async () => {
    await using fund = await bootSmall();
    await using chats = await withChats(fund, 'telegram', 'discord');
    const days = sessionsFrom('2024-12-02', 4) as [string, string, string, string];
    await fund.cycle(days[0]);
    await publish(fund, stuck);
    for (const day of days.slice(1)) await fund.cycle(day);
    await fund.fund.cloud.settle();

    const critical = await listed(fund, 'CRITICAL');
    expect(critical.map(({ alert }) => alert.title)).toEqual(['Trading is HALTED: CVaR was over its limit in 3 cycles running']);
    const [halt] = critical as [AlertRecord];
    expect(halt).toMatchObject({ alert: { category: 'RISK' }, escalation: { kind: 'open' }, deliveries: { '0:sns': 'by-rule' } });
    expect(halt.deliveries['0:slack']).toBeDefined();
    const told = (): number => chats.sent.filter(({ body }) => JSON.stringify(body).includes(halt.alert.alertId)).length;
    expect(told()).toBe(1);

    fund.fund.clock.travelTo(at(days[3], '16:05'));
    await invoked(fund, 'alerts-escalate-alerts', { scheduledAt: new Date(fund.fund.clock.now()).toISOString() });
    expect(told()).toBe(2);
    expect(alertsOf(fund).at(-1)).toContain('Nobody has acknowledged this for');

    await fund.fund.control.change({ kind: 'fund' }, { state: 'RUNNING', reason: 'looked at', actor: 'ann', at: fund.fund.clock.now() });
    await fund.fund.cloud.settle();
    expect((await listed(fund, 'CRITICAL'))[0]!.escalation).toMatchObject({ kind: 'acknowledged', by: 'TradingResumed' });
    expect(JSON.stringify([fund.events, await listed(fund, 'CRITICAL'), alertsOf(fund)])).not.toContain(planted);
  });
});

describe('a scheduled cycle', () => {
  test('that never ran is missed twenty minutes later, once; one that ran, and one that was refused, are not', async () => {
    await using fund = await bootSmall();
    await fire(fund, 'watch-1605', await travel(fund, session, '16:05'));
    await fire(fund, 'watch-1605', await travel(fund, session, '16:05'));
    const missed = await listed(fund, 'CRITICAL');
    expect(missed.map(({ alert }) => [alert.title, alert.lines[0]])).toEqual([
      ['A scheduled trading cycle did not run to its end', expect.stringContaining('it was never started')],
    ]);

    const [, next, third] = sessionsFrom(session, 3) as [string, string, string];
    await fund.cycle(next);
    await fire(fund, 'watch-1605', await travel(fund, next, '16:05'));
    await fund.fund.control.change({ kind: 'fund' }, { state: 'PAUSED', reason: 'a drill', actor: 'ann', at: fund.fund.clock.now() });
    await fund.cycle(third);
    await fire(fund, 'watch-1605', await travel(fund, third, '16:05'));
    expect(await listed(fund, 'CRITICAL')).toHaveLength(1);
    expect(await invoked(fund, 'alerts-watch-cycle', { scheduledAt: '2024-12-25T21:05:00Z' })).toMatchObject({ reason: 'market-closed' });
  });
});

/** As if the month before the session had been as wild as a crash. */
async function turnTheMarket(fund: TestFund): Promise<void> {
  const object = { Bucket: lakeBucket, Key: lakeKeys.market(datasetId) };
  const { Body } = await fund.call<{ Body: Uint8Array }>('s3', 'GetObject', object);
  const market = JSON.parse(Buffer.from(Body).toString('utf8')) as { name: string; day: number[]; simpleReturn: number[] };
  const today = parseDay(session);
  const simpleReturn = market.simpleReturn.map((value, index) =>
    market.day[index]! < today && market.day[index]! > today - 45 ? Math.max(-0.2, Math.min(0.2, 8 * value)) : value,
  );
  await fund.call('s3', 'PutObject', { ...object, Body: Buffer.from(JSON.stringify({ ...market, simpleReturn })) });
}

describe('what happens to the fund', () => {
  let fund: TestFund;
  let chats: Awaited<ReturnType<typeof withChats>>;
  beforeAll(async () => {
    fund = await bootSmall();
    chats = await withChats(fund);
  });
  afterAll(async () => {
    await fund[Symbol.asyncDispose]();
    await chats[Symbol.asyncDispose]();
  });

  async function checks(from: string, count: number, ...schedules: string[]): Promise<void> {
    for (let index = 0; index < count; index++) {
      const now = (at(session, from) + index * 300_000) as EpochMs;
      fund.fund.clock.travelTo(now);
      for (const schedule of schedules) await fire(fund, schedule, now);
    }
  }

  /** The alert of that title, once it has reached every channel that the rules name, in the words and the markup of each. */
  async function heard(severity: Severity, title: string): Promise<AlertRecord> {
    const record = (await listed(fund, severity)).find(({ alert }) => alert.title === title);
    expect(record, title).toBeDefined();
    const message = messageOf(record!.alert, {
      stage: 'dev',
      repeats: record!.before,
      round: 0,
      roundsMax: 3,
      sentAt: fund.fund.clock.now(),
    });
    const rendered = {
      slack: () => expect(chats.slack()).toContainEqual(slackBody(message)),
      discord: () => expect(chats.discord()).toContainEqual(discordBody(message)),
      telegram: () => expect(chats.telegram()).toContainEqual({ chat_id: '1', ...telegramBody(message) }),
      // A rule of the bus has put there what stops trading, in words of its own.
      sns: () => (record!.alert.onTopicByRule ? undefined : expect(alertsOf(fund)).toContain(snsMail(message).text)),
    };
    for (const channel of defaultAlertRules.channels[severity]) rendered[channel]();
    expect(Object.keys(record!.deliveries).sort()).toEqual(defaultAlertRules.channels[severity].map((channel) => `0:${channel}`).sort());
    return record!;
  }

  test('a market that turns, a broker that falls silent and comes back, and a halt reach every channel as they are rendered', async () => {
    await turnTheMarket(fund);
    await travel(fund, session, '09:20');
    await checks('09:30', 3, 'watch-health', 'check-broker', 'steer-fund');
    const flip = await heard('MEDIUM', 'Risk mode is now DEFENSIVE');
    expect(flip.alert.lines.join()).toContain('market-volatility-high');

    fund.wire.before = () => 'request-lost';
    await checks('10:00', 2, 'check-broker');
    const outage = await heard('HIGH', 'broker is down, was healthy');
    expect(outage.alert).toMatchObject({ category: 'TRADING', lines: ['broker-silent: no-answer'] });

    fund.wire.before = () => 'none';
    await checks('10:30', 3, 'check-broker');
    await heard('LOW', 'broker is healthy, was down');

    await fund.fund.control.change({ kind: 'fund' }, { state: 'HALTED', reason: 'a fire drill', actor: 'ann', at: fund.fund.clock.now() });
    await fund.fund.cloud.settle();
    const [halt] = await listed(fund, 'CRITICAL');
    await heard('CRITICAL', halt!.alert.title);
    expect(alertsOf(fund).filter((mail) => mail.includes('a fire drill'))).toHaveLength(1);
  });

  test('a replay of the day, handed to the functions again, tells nobody anything; one mark that was lost is set again', async () => {
    const bus = new EventBusAccess(fund.fund.stage, fund.fund.cloud.clientConfig(operator), () => fund.fund.cloud.settle());
    const rules = (await bus.rules()).filter(bearsRepeating);
    expect(rules.map(({ name }) => name)).toEqual(expect.arrayContaining(['send-alerts', 'tighten-at-once']));
    const failures = () =>
      fund.told('InvokeFailed').filter(({ details }) => /-(alerts|steering|analytics)-/.test(String(details.functionName)));
    const told = () => [chats.sent.length, alertsOf(fund).length, failures().length];
    const TableName = named('operations');
    type Item = Readonly<Record<'pk' | 'sk' | 'at', { readonly S: string }>>;
    const kept = async () => (await fund.call<{ Items: Item[] }>('dynamodb', 'Scan', { TableName })).Items;
    const [toldBefore, keptBefore] = [told(), await kept()];
    const lost = keptBefore.find(({ pk, sk }) => pk.S === 'consumed#alerts/send-alert' && sk.S.startsWith('HealthStatusChanged#'))!;
    await fund.call('dynamodb', 'DeleteItem', { TableName, Key: { pk: lost.pk, sk: lost.sk } });

    await bus.replay({ name: 'the-day-again', fromMs: at(session, '00:00'), toMs: at(session, '20:00'), rules });
    await fund.fund.cloud.settle();
    expect(told()).toEqual(toldBefore);
    const keptAfter = await kept();
    const again = keptAfter.find(({ pk, sk }) => pk.S === lost.pk.S && sk.S === lost.sk.S)!;
    expect(again.at.S > lost.at.S).toBe(true);
    // The signer takes any event for an occasion to look whether something is to be signed; its turn is all that it keeps here.
    const others = (items: readonly Item[]) =>
      items.filter(({ pk, sk }) => pk.S !== 'checkpoints' && (pk.S !== lost.pk.S || sk.S !== lost.sk.S));
    expect(others(keptAfter)).toEqual(others(keptBefore));
  });

  test.each(severities)('a trial at %s is shown on each of the four', async (severity) => {
    for (const channel of alertChannels) {
      const trial = await invoked(fund, 'alerts-try-channels', { severity, channel, actor: 'ann' });
      expect(trial).toEqual({ channels: { [channel]: 'delivered' } });
    }
    for (const last of [chats.slack().at(-1), chats.discord().at(-1), chats.telegram().at(-1), alertsOf(fund).at(-1)]) {
      expect(JSON.stringify(last)).toContain(`${severity} · SYSTEM · Ballast dev`);
      expect(JSON.stringify(last)).toContain('This is a test of the alert channels');
    }
  });
});

test('the heartbeat says what the fund may do, did and has; the chats hear it, and a trial of them', async () => {
  await using fund = await bootSmall();
  await using chats = await withChats(fund, 'telegram', 'discord');
  await fund.cycle();
  await fire(fund, 'heartbeat-1645', await travel(fund, session, '16:45'));
  const [beat] = (await listed(fund, 'LOW')).filter(({ alert }) => alert.title.startsWith('Alive'));
  expect(beat!.alert.title).toBe('Alive: RUNNING, NORMAL');
  expect(Object.fromEntries(beat!.alert.facts.map(({ name, value }) => [name, value]))).toMatchObject({
    'last cycle': expect.stringMatching(/^cycle-2024-12-02T20-45-00Z traded$/),
    equity: expect.stringMatching(/^[\d,]+\.\d\d USD$/),
    'open orders': '0',
    'audit head': expect.stringMatching(/^\d+ [0-9a-f]{16}$/),
    channels: 'sns on, telegram not-configured, slack on, discord not-configured',
  });
  expect(chats.sent).toHaveLength(1);
  const trial = await invoked(fund, 'alerts-try-channels', { severity: 'HIGH', channel: null, actor: 'ann' });
  expect(trial).toEqual({ channels: { sns: 'delivered', slack: 'delivered', discord: 'not-configured', telegram: 'not-configured' } });
});

test('an alarm on the topic reaches the chats, and what we publish there does not come round again', async () => {
  await using fund = await bootSmall();
  await using chats = await withChats(fund, 'telegram', 'discord');
  const TopicArn = `arn:aws:sns:${fund.fund.cloud.region}:${fund.fund.cloud.accountId}:${named('alerts')}`;
  const alarm = {
    AlarmName: 'ballast-dev-events-DeadLettersWaiting',
    AlarmDescription: 'An event could not be delivered. Runbook: docs/runbook.md#dead-letters-waiting',
    NewStateValue: 'ALARM',
    NewStateReason: 'Threshold Crossed',
    StateChangeTime: '2024-12-02T20:45:00.000+0000',
  };
  await fund.call('sns', 'Publish', { TopicArn, Message: JSON.stringify(alarm) });
  await fund.call('sns', 'Publish', { TopicArn, Message: 'Ballast RiskBreached: Risk says SCALE' });
  await fund.fund.cloud.settle();
  expect(chats.sent).toHaveLength(1);
  expect(fund.told('InvokeFailed').filter(({ details }) => String(details.functionName).includes('-alerts-'))).toEqual([]);
  expect((await listed(fund, 'HIGH'))[0]!.alert).toMatchObject({
    title: 'An event could not be delivered.',
    runbook: 'dead-letters-waiting',
  });
});
