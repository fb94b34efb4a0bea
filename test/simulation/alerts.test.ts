/**
 * Alerts of a whole fund over the templates as they stand: from a breach, a stop, a cycle that never ran, to what stands on the list and on
 * the wire of a chat. The chats are a server on the loopback address.
 */
import { describe, expect, test } from 'vitest';
import type { AlertRecord } from '../../shared/stores/alerts.ts';
import { named, session, type TestFund } from '../support/boot-fund.ts';
import { alertsOf, bootSmall, changed, type PolicyChange, publish, sessionsFrom } from '../support/small-fund.ts';
import { at, fire, travel } from '../support/starter.ts';
import { startChannelServer } from '../unit/providers/alert-channels/channel-server.ts';

const planted = 'PLANTED-WEBHOOK-0042';

async function withChats(fund: TestFund) {
  const server = await startChannelServer();
  const SecretString = JSON.stringify({ slack: { webhookUrl: `${server.url}/services/${planted}` } });
  await fund.call('secretsmanager', 'PutSecretValue', { SecretId: named('alert-channels'), SecretString });
  return server;
}

const listed = ({ fund }: TestFund, severity: AlertRecord['alert']['severity']) => fund.alerts.ofSeverity(severity);

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
    await using chats = await withChats(fund);
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

test('the heartbeat says what the fund may do, did and has; the chats hear it, and a trial of them', async () => {
  await using fund = await bootSmall();
  await using chats = await withChats(fund);
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
  await using chats = await withChats(fund);
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
