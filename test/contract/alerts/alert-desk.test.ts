/**
 * Contract cards of the alert desk, on the local DynamoDB through the real SDK.
 *
 * ALR-01 an alert is told once on each channel, and an event delivered twice tells nobody twice
 * ALR-02 the same within ten minutes is counted, not sent; the next message says how many there were, and since when
 * ALR-03 of many senders at once exactly one sends
 * ALR-04 a channel that does not take it does not keep it from the others; one that no channel took is an error, and is tried again
 * ALR-05 quiet hours hold LOW and MEDIUM, and one message tells of them at their end; HIGH and CRITICAL are told
 * ALR-06 a CRITICAL alert is told again to every channel until it is acknowledged, so often as the policy says
 * ALR-07 what is put right ends the reminders, and the same again after that is told again
 * ALR-08 a sender that died half-way is followed by one that tells those who were not told
 * ALR-09 a fund whose policy is broken can still say so
 * ALR-10 a clock that is set back keeps nobody silent: windows, holds, ends of matters and waits from later count no more
 * ALR-11 what stands in the channels' secret is taken out before an alert is stored
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Alert, alertOf } from '../../../shared/domain/alerts/alert.ts';
import type { Severity } from '../../../shared/domain/policy/alert-rules.ts';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { alertBench, webhook } from './alert-bench.ts';

let bench: Awaited<ReturnType<typeof alertBench>>;
beforeEach(async () => {
  bench = await alertBench();
});
afterEach(() => bench[Symbol.dispose]());

const everyone = ['discord', 'slack', 'sns', 'telegram'];

function alert(severity: Severity, occurrence: string, more: Partial<Parameters<typeof alertOf>[0]> = {}): Alert {
  const at = new Date(bench.world.at).toISOString();
  return alertOf({
    kind: 'RiskBreached',
    subject: 'FREEZE',
    occurrence,
    severity,
    category: 'RISK',
    title: 'Risk says FREEZE',
    at,
    ...more,
  });
}

test('ALR-01 tells each channel of the severity once, and knows an event that comes again', async () => {
  const one = alert('HIGH', 'a');
  expect(await bench.desk.raise(one)).toMatchObject({ kind: 'told', channels: { sns: 'delivered', slack: 'delivered' } });
  expect(bench.hearers()).toEqual(everyone);
  bench.pass(60);
  expect(await bench.desk.raise(one)).toMatchObject({ kind: 'told', channels: { sns: 'told-before' } });
  expect(bench.hearers()).toEqual([]);
});

describe('ALR-02', () => {
  test('counts what comes within ten minutes, once for each event, and says so in the next message', async () => {
    const first = alert('HIGH', 'a');
    await bench.desk.raise(first);
    for (const [minutes, occurrence] of [
      [2, 'b'],
      [3, 'c'],
      [1, 'c'],
      [1, 'd'],
    ] as const) {
      bench.pass(minutes);
      const again = occurrence === 'c' ? alert('HIGH', 'c', { at: '2024-12-02T20:50:00.000Z' }) : alert('HIGH', occurrence);
      expect(await bench.desk.raise(again)).toEqual({ kind: 'repeated', alertId: first.alertId });
    }
    expect(bench.hearers()).toEqual(everyone);
    bench.pass(5);
    expect(await bench.desk.raise(alert('HIGH', 'e'))).toMatchObject({ kind: 'told' });
    expect(bench.heard[0]!.message.notes).toEqual(['and 3 more since 20:47 UTC']);
    expect(await bench.alerts.find(first.alertId)).toMatchObject({ repeats: { count: 3, since: '2024-12-02T20:47:00.000Z' } });
  });

  test('tells of another subject, and of the same at another severity, within the ten minutes', async () => {
    await bench.desk.raise(alert('MEDIUM', 'a'));
    await bench.desk.raise(alert('MEDIUM', 'b', { subject: 'SCALE' }));
    await bench.desk.raise(alert('HIGH', 'c'));
    expect(bench.hearers()).toHaveLength(3 + 3 + 4);
  });
});

test('ALR-03 of twelve senders at once one sends, and eleven are counted', async () => {
  const outcomes = await Promise.all(Array.from({ length: 12 }, (_, index) => bench.desk.raise(alert('HIGH', `sender ${index}`))));
  expect(outcomes.filter(({ kind }) => kind === 'told')).toHaveLength(1);
  expect(bench.hearers()).toEqual(everyone);
  const [standing] = await bench.alerts.ofSeverity('HIGH');
  expect(standing!.repeats!.count).toBe(11);
});

test('ALR-03 the same event twice at once is told by one; the other comes back later and finds it told', async () => {
  const one = alert('HIGH', 'a');
  let go = (): void => {};
  bench.world.slow = new Promise((done) => {
    go = done;
  });
  const first = bench.desk.raise(one);
  await expect.poll(async () => bench.alerts.find(one.alertId)).toBeDefined();
  await expect.poll(async () => bench.alerts.hold(one.alertId, bench.world.at)).toBeNull();
  await expect(bench.desk.raise(one)).rejects.toThrow(TransientFailure);
  go();
  await first;
  expect(await bench.desk.raise(one)).toMatchObject({ channels: { slack: 'told-before' } });
  expect(bench.hearers()).toEqual(everyone);
});

describe('ALR-04', () => {
  test('tells the others when one channel does not take it, and notes why', async () => {
    bench.down.add('slack');
    const one = alert('HIGH', 'a');
    expect(await bench.desk.raise(one)).toMatchObject({ kind: 'told', channels: { slack: 'unreachable', telegram: 'delivered' } });
    expect(bench.hearers()).toEqual(['discord', 'sns', 'telegram']);
    expect(await bench.alerts.find(one.alertId)).toMatchObject({ failures: { '0:slack': 'unreachable' } });
  });

  test('is an error when no channel took it, and told when it is tried again', async () => {
    for (const channel of ['slack', 'discord', 'telegram'] as const) bench.down.add(channel);
    const one = alert('MEDIUM', 'a');
    await expect(bench.desk.raise(one)).rejects.toThrow(/No channel took the alert/);
    bench.down.delete('discord');
    expect(await bench.desk.raise(one)).toMatchObject({ channels: { discord: 'delivered', slack: 'unreachable' } });
    expect(bench.hearers()).toEqual(['discord']);
  });

  test('goes to the topic when no channel of a HIGH alert is set up, and is on the list alone below that', async () => {
    for (const channel of ['slack', 'discord', 'telegram'] as const) bench.off.add(channel);
    await bench.desk.raise(alert('HIGH', 'a'));
    expect(bench.hearers()).toEqual(['sns']);
    expect(await bench.desk.raise(alert('LOW', 'b'))).toMatchObject({ kind: 'listed' });
    expect(bench.logged).toContain('alert-unheard');
  });

  test('leaves to the topic what a rule has put there', async () => {
    const one = alert('CRITICAL', 'a', { onTopicByRule: true });
    await bench.desk.raise(one);
    expect(bench.hearers()).toEqual(['discord', 'slack', 'telegram']);
    expect(await bench.alerts.find(one.alertId)).toMatchObject({ deliveries: { '0:sns': 'by-rule' } });
  });
});

describe('ALR-05', () => {
  const night = Date.parse('2024-12-03T05:30:00Z') as EpochMs;

  test('holds LOW and MEDIUM through the night and tells of them once, at six in New York', async () => {
    bench.world.at = night;
    expect(await bench.desk.raise(alert('LOW', 'a', { subject: 'one' }))).toMatchObject({ kind: 'held' });
    expect(await bench.desk.raise(alert('MEDIUM', 'b', { subject: 'two' }))).toMatchObject({ kind: 'held' });
    bench.pass(5);
    expect(await bench.desk.raise(alert('MEDIUM', 'c', { subject: 'two' }))).toMatchObject({ kind: 'repeated' });
    expect(await bench.desk.tellHeld()).toBeNull();
    expect(bench.hearers()).toEqual([]);
    bench.world.at = Date.parse('2024-12-03T11:00:00Z') as EpochMs;
    expect((await bench.desk.tellHeld())!.members).toHaveLength(2);
    expect(bench.heard[0]!.message).toMatchObject({
      severity: 'MEDIUM',
      lines: [expect.stringContaining('LOW'), expect.stringMatching(/MEDIUM .*\(2 times\)/)],
    });
    expect(bench.hearers()).toEqual(['discord', 'slack', 'telegram']);
    expect(await bench.desk.tellHeld()).toBeNull();
  });

  test('never holds HIGH or CRITICAL', async () => {
    bench.world.at = night;
    await bench.desk.raise(alert('HIGH', 'a'));
    await bench.desk.raise(alert('CRITICAL', 'b'));
    expect(bench.hearers()).toHaveLength(8);
  });

  test('tells of what waited again when nobody took the digest, and not twice on a channel that did', async () => {
    bench.world.at = night;
    await bench.desk.raise(alert('LOW', 'a'));
    bench.world.at = Date.parse('2024-12-03T11:00:00Z') as EpochMs;
    bench.down.add('slack').add('discord');
    await expect(bench.desk.tellHeld()).rejects.toThrow(TransientFailure);
    bench.down.delete('discord');
    bench.pass(5);
    expect(await bench.desk.tellHeld()).not.toBeNull();
    expect(bench.hearers()).toEqual(['discord']);
  });
});

describe('ALR-06', () => {
  test('reminds every channel after a quarter of an hour, three times, and then leaves it on the list', async () => {
    bench.off.add('telegram');
    const one = alert('CRITICAL', 'a');
    await bench.desk.raise(one);
    bench.heard.splice(0);
    const told: number[] = [];
    for (let minutes = 5; minutes <= 120; minutes += 5) {
      bench.pass(5);
      if ((await bench.desk.remind()).told.length > 0) told.push(minutes);
    }
    expect(told).toEqual([15, 30, 45]);
    expect(bench.heard[0]!.message.notes).toEqual(['Nobody has acknowledged this for 15 minutes; reminder 1 of 3.']);
    expect(bench.hearers()).toHaveLength(9);
    expect(bench.logged).toContain('alert-given-up');
    expect((await bench.alerts.find(one.alertId))!.escalation).toMatchObject({ kind: 'given-up' });
  });

  test('says in a reminder how often it happened again', async () => {
    await bench.desk.raise(alert('CRITICAL', 'a'));
    bench.pass(2);
    await bench.desk.raise(alert('CRITICAL', 'b'));
    bench.heard.splice(0);
    bench.pass(14);
    await bench.desk.remind();
    expect(bench.heard[0]!.message.notes).toContain('and 1 more since 20:47 UTC');
  });

  test('stops when a person acknowledges it, and tells of the same again at once', async () => {
    const one = alert('CRITICAL', 'a');
    await bench.desk.raise(one);
    expect(await bench.alerts.acknowledge(one.alertId, 'operator/ann', bench.world.at)).toMatchObject({
      escalation: { by: 'operator/ann' },
    });
    expect(await bench.alerts.acknowledge(one.alertId, 'operator/bob', bench.world.at)).toMatchObject({ reason: 'already-acknowledged' });
    bench.heard.splice(0);
    bench.pass(5);
    expect(await bench.desk.raise(alert('CRITICAL', 'b'))).toMatchObject({ kind: 'told' });
    expect(bench.hearers()).toEqual(everyone);
    bench.pass(10);
    expect(await bench.desk.remind()).toEqual({ told: [], untold: [] });
  });

  test('refuses to acknowledge what there is not, and what asks for no acknowledgement', async () => {
    expect(await bench.alerts.acknowledge('C-20241202-204500-00000000', 'x', bench.world.at)).toMatchObject({ reason: 'alert-unknown' });
    expect(await bench.alerts.acknowledge('nonsense', 'x', bench.world.at)).toMatchObject({ reason: 'alert-unknown' });
    const one = alert('HIGH', 'a');
    await bench.desk.raise(one);
    expect(await bench.alerts.acknowledge(one.alertId, 'x', bench.world.at)).toMatchObject({ reason: 'nothing-to-acknowledge' });
  });

  test('is due again at the next look when no channel took the reminder', async () => {
    const one = alert('CRITICAL', 'a');
    await bench.desk.raise(one);
    for (const channel of ['sns', 'slack', 'discord', 'telegram'] as const) bench.down.add(channel);
    bench.pass(15);
    expect(await bench.desk.remind()).toEqual({ told: [], untold: [one.alertId] });
    bench.down.clear();
    bench.heard.splice(0);
    bench.pass(5);
    expect(await bench.desk.remind()).toEqual({ told: [one.alertId], untold: [] });
    expect(bench.hearers()).toEqual(everyone);
  });
});

describe('ALR-07', () => {
  const stopped = (occurrence: string) => alert('CRITICAL', occurrence, { matter: 'stop/the fund' });

  test('ends the reminders of what was put right, and tells when it happens again within the ten minutes', async () => {
    const one = stopped('a');
    await bench.desk.raise(one);
    bench.pass(3);
    const resumed = { matter: 'stop/the fund', at: new Date(bench.world.at).toISOString() };
    expect(await bench.desk.end(resumed, 'TradingResumed')).toEqual([one.alertId]);
    expect(await bench.desk.end(resumed, 'TradingResumed')).toEqual([]);
    bench.pass(1);
    bench.heard.splice(0);
    expect(await bench.desk.raise(stopped('b'))).toMatchObject({ kind: 'told' });
    bench.pass(15);
    expect((await bench.desk.remind()).told).toHaveLength(1);
  });

  test('tells once of what arrives after its end, and reminds nobody of it', async () => {
    const late = stopped('a');
    bench.pass(3);
    await bench.desk.end({ matter: 'stop/the fund', at: new Date(bench.world.at).toISOString() }, 'TradingResumed');
    expect(await bench.desk.raise(late)).toMatchObject({ kind: 'told' });
    bench.pass(20);
    expect(await bench.desk.remind()).toEqual({ told: [], untold: [] });
  });

  test('takes no earlier end for a later one', async () => {
    const noon = '2024-12-02T17:00:00.000Z';
    await bench.desk.end({ matter: 'stop/the fund', at: noon }, 'TradingResumed');
    await bench.desk.end({ matter: 'stop/the fund', at: '2024-12-02T15:00:00.000Z' }, 'TradingResumed');
    const before = alert('CRITICAL', 'a', { matter: 'stop/the fund', at: '2024-12-02T16:00:00.000Z' });
    await bench.desk.raise(before);
    expect((await bench.alerts.find(before.alertId))!.escalation).toMatchObject({ kind: 'acknowledged' });
  });
});

test('ALR-08 tells those who were not told, a minute after a sender died half-way', async () => {
  const one = alert('HIGH', 'a');
  const { at } = bench.world;
  await bench.alerts.open({ alert: one, at, windowMs: 600_000, heldUntilMs: null, escalation: null });
  await bench.alerts.hold(one.alertId, at);
  await bench.alerts.markDelivered(one.alertId, 0, 'slack', 'then it died');
  await expect(bench.desk.raise(one)).rejects.toThrow(/Another sender/);
  bench.pass(1);
  await bench.desk.raise(one);
  expect(bench.hearers()).toEqual(['discord', 'sns', 'telegram']);
});

test('ALR-09 tells by the rules of a new fund when the policy in force is not what was published', async () => {
  bench.world.policyIsBroken = true;
  await bench.desk.raise(alert('CRITICAL', 'a'));
  expect(bench.hearers()).toEqual(everyone);
  expect(bench.logged).toContain('alert-rules-by-default');
});

describe('ALR-10 after the clock was set back by a month', () => {
  const setBack = (): void => bench.pass(-31 * 24 * 60);

  test('the same alert is told though its window of later is open', async () => {
    await bench.desk.raise(alert('HIGH', 'a'));
    bench.hearers();
    setBack();
    const again = alert('HIGH', 'b');
    expect(await bench.desk.raise(again)).toMatchObject({ kind: 'told', alertId: again.alertId });
    expect(bench.hearers()).toEqual(everyone);
    bench.pass(1);
    expect(await bench.desk.raise(alert('HIGH', 'c'))).toEqual({ kind: 'repeated', alertId: again.alertId });
  });

  test('a stop is open though trading was resumed later, and ends when trading is resumed now', async () => {
    const resumed = () => bench.desk.end({ matter: 'stop/the fund', at: new Date(bench.world.at).toISOString() }, 'TradingResumed');
    await resumed();
    setBack();
    const stop = alert('CRITICAL', 'a', { matter: 'stop/the fund' });
    await bench.desk.raise(stop);
    expect((await bench.alerts.find(stop.alertId))!.escalation).toMatchObject({ kind: 'open' });
    bench.pass(1);
    expect(await resumed()).toEqual([stop.alertId]);
    const late = alert('CRITICAL', 'b', { matter: 'stop/the fund', at: stop.at });
    await bench.desk.raise(late);
    expect((await bench.alerts.find(late.alertId))!.escalation).toMatchObject({ kind: 'acknowledged' });
  });

  test('what nobody acknowledged is told again at the next look, and then in its time', async () => {
    await bench.desk.raise(alert('CRITICAL', 'a'));
    setBack();
    expect((await bench.desk.remind()).told).toHaveLength(1);
    bench.pass(10);
    expect((await bench.desk.remind()).told).toEqual([]);
    bench.pass(5);
    expect((await bench.desk.remind()).told).toHaveLength(1);
  });

  test('an alert that a dead sender held later is free', async () => {
    const one = alert('HIGH', 'a');
    const { at } = bench.world;
    await bench.alerts.open({ alert: one, at, windowMs: 600_000, heldUntilMs: null, escalation: null });
    await bench.alerts.hold(one.alertId, at);
    setBack();
    expect(await bench.desk.raise(one)).toMatchObject({ kind: 'told' });
  });

  test('what waited through a night to come is told by day', async () => {
    bench.world.at = Date.parse('2024-12-03T05:30:00Z') as EpochMs;
    const held = alert('LOW', 'a');
    expect(await bench.desk.raise(held)).toMatchObject({ kind: 'held' });
    bench.world.at = Date.parse('2024-11-04T17:00:00Z') as EpochMs;
    expect((await bench.desk.tellHeld())!.members).toEqual([held.alertId]);
  });
});

test('ALR-11 stores and sends an alert without what stands in the secret of the channels', async () => {
  const one = alert('HIGH', 'a', { title: `no answer from ${webhook}`, lines: [`POST ${webhook}`], facts: { url: webhook } });
  await bench.desk.raise(one);
  const stored = await bench.alerts.find(one.alertId);
  expect(stored!.alert).toMatchObject({ title: 'no answer from [removed]', facts: [{ name: 'url', value: '[removed]' }] });
  expect(JSON.stringify([stored, bench.heard])).not.toContain('1742-0042');
});
