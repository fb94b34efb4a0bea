/** What an alert is made of, when people are left in peace, who hears, and how long somebody is reminded. */
import { describe, expect, test } from 'vitest';
import { alertIdOf, alertOf, severityOfId, tidy } from '../../../../shared/domain/alerts/alert.ts';
import { escalationChannels, planOf } from '../../../../shared/domain/alerts/delivery-plan.ts';
import { digestOf } from '../../../../shared/domain/alerts/digest.ts';
import { applyEscalation, type Escalation, opened } from '../../../../shared/domain/alerts/escalation.ts';
import { quietUntil } from '../../../../shared/domain/alerts/quiet-hours.ts';
import { withoutCredentials } from '../../../../shared/domain/alerts/redaction.ts';
import { type AlertRules, defaultAlertRules, type Severity } from '../../../../shared/domain/policy/alert-rules.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const instant = (text: string): EpochMs => Date.parse(text) as EpochMs;
const draft = { kind: 'RiskBreached', subject: 'FREEZE', occurrence: 'one', category: 'RISK', title: 'Risk says FREEZE' } as const;
const alert = (severity: Severity, more: object = {}) => alertOf({ ...draft, severity, at: '2024-12-02T20:45:00.000Z', ...more });

describe('an alert', () => {
  test('has an id that says how severe it is and when it happened, and is the same for the same event', () => {
    expect(alert('CRITICAL').alertId).toMatch(/^C-20241202-204500-[0-9a-f]{8}$/);
    expect(alert('CRITICAL').alertId).toBe(alert('CRITICAL').alertId);
    expect(alert('CRITICAL', { occurrence: 'two' }).alertId).not.toBe(alert('CRITICAL').alertId);
    expect(severityOfId(alertIdOf('MEDIUM', '2024-12-02', 'x'))).toBe('MEDIUM');
    expect(severityOfId('C-2024-1')).toBeUndefined();
  });

  test('is of visible text on one line, cut where it is too long and not inside a character', () => {
    expect(tidy('a\u0000b\u202Ec\n d\u200Be', 50)).toBe('a b c d e');
    expect(tidy(`${'x'.repeat(8)}😀tail`, 10)).toBe('xxxxxxxx…');
    expect(alert('LOW', { title: 'y'.repeat(500), lines: Array.from({ length: 99 }, () => 'z') })).toMatchObject({
      title: `${'y'.repeat(149)}…`,
      lines: { length: 12 },
    });
  });

  test.each([
    ['a bot token', 'POST https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/sendMessage', 'AAHdqTcv'],
    ['a Slack webhook', 'failed: https://hooks.slack.com/services/T000/B000/XXXXSECRET', 'XXXXSECRET'],
    ['a Discord webhook', 'https://discord.com/api/webhooks/123/abc-SECRET-def?wait=true', 'SECRET'],
    ['an AWS access key', 'user AKIAIOSFODNN7EXAMPLE is not authorised', 'AKIAIOSFODNN7EXAMPLE'],
    ['an Alpaca key', 'APCA-API-KEY-ID PKABCDEFGHIJKLMNOPQR was refused', 'PKABCDEFGHIJKLMNOPQR'],
    ['a bearer token', 'Authorization: Bearer abcdef.ghijkl-mnop', 'ghijkl'],
    ['a password in an address', 'postgres://fund:hunter2hunter@db.internal/x', 'hunter2hunter'],
    ['a named value', '{"secretKey": "s3cr3t/value+"}', 's3cr3t'],
    ['a private key', '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----', 'MHcCAQEE'],
  ])('holds no %s', (_what, text, secret) => {
    expect(withoutCredentials(text)).not.toContain(secret);
    expect(JSON.stringify(alert('LOW', { lines: [text], title: text, facts: { reason: text } }))).not.toContain(secret);
  });

  test('keeps what only looks a little like one', () => {
    const innocent = 'cycle-2024-12-02T20-45-00Z at 20:45:00, token ring, PK, 110201543:short, basic facts';
    expect(withoutCredentials(innocent)).toBe(innocent);
  });
});

describe('quiet hours from 22:00 to 06:00 in New York', () => {
  const night = { from: '22:00', to: '06:00' };
  test.each([
    ['in the evening', '2024-12-03T03:30:00Z', '2024-12-03T11:00:00Z'],
    ['as they begin', '2024-12-03T03:00:00Z', '2024-12-03T11:00:00Z'],
    ['after midnight', '2024-12-03T05:30:00Z', '2024-12-03T11:00:00Z'],
    ['in summer', '2024-07-02T02:00:00Z', '2024-07-02T10:00:00Z'],
    ['in the night that clocks go forward', '2024-03-10T04:00:00Z', '2024-03-10T10:00:00Z'],
    ['in the night that clocks go back', '2024-11-03T03:00:00Z', '2024-11-03T11:00:00Z'],
  ])('last until six %s', (_when, at, until) => {
    expect(new Date(quietUntil(night, instant(at))!).toISOString()).toBe(new Date(until).toISOString());
  });

  test.each([
    ['by day', '2024-12-02T20:45:00Z'],
    ['as they end', '2024-12-03T11:00:00Z'],
    ['a minute before they begin', '2024-12-03T02:59:00Z'],
  ])('do not hold %s', (_when, at) => expect(quietUntil(night, instant(at))).toBeNull());

  test('lie within a day when they end after they begin, and are none when they end as they begin', () => {
    expect(quietUntil({ from: '12:00', to: '13:00' }, instant('2024-12-02T17:30:00Z'))).toBe(instant('2024-12-02T18:00:00Z'));
    expect(quietUntil({ from: '12:00', to: '12:00' }, instant('2024-12-02T17:00:00Z'))).toBeNull();
    expect(quietUntil(null, instant('2024-12-03T05:30:00Z'))).toBeNull();
  });
});

describe('who hears', () => {
  const all = ['sns', 'telegram', 'slack', 'discord'] as const;
  const night = instant('2024-12-03T05:30:00Z');
  const day = instant('2024-12-02T20:45:00Z');
  const rules = defaultAlertRules;

  test('is who the policy names for the severity and is set up', () => {
    expect(planOf(alert('MEDIUM'), rules, ['sns', 'slack'], day)).toEqual({ kind: 'now', channels: ['slack'], byRule: false });
    expect(planOf(alert('CRITICAL'), rules, all, day)).toMatchObject({ channels: ['sns', 'slack', 'discord', 'telegram'] });
  });

  test('waits for the end of the quiet hours below HIGH, and never from HIGH on', () => {
    for (const severity of ['LOW', 'MEDIUM'] as const)
      expect(planOf(alert(severity), rules, all, night)).toEqual({ kind: 'later', untilMs: instant('2024-12-03T11:00:00Z') });
    for (const severity of ['HIGH', 'CRITICAL'] as const) expect(planOf(alert(severity), rules, all, night)).toMatchObject({ kind: 'now' });
  });

  test('is the topic when nobody who is named is set up, from HIGH on', () => {
    const telegramOnly: AlertRules = {
      ...rules,
      channels: { ...rules.channels, LOW: ['telegram'], HIGH: ['telegram'], CRITICAL: ['telegram'] },
    };
    expect(planOf(alert('CRITICAL'), telegramOnly, ['sns', 'slack'], day)).toMatchObject({ channels: ['sns'] });
    expect(planOf(alert('HIGH'), telegramOnly, ['sns'], day)).toMatchObject({ channels: ['sns'] });
    expect(planOf(alert('LOW'), telegramOnly, ['sns'], day)).toMatchObject({ channels: [] });
  });

  test('is not the topic again for what a rule has put there, but is for a reminder', () => {
    expect(planOf(alert('CRITICAL', { onTopicByRule: true }), rules, all, day)).toEqual({
      kind: 'now',
      channels: ['slack', 'discord', 'telegram'],
      byRule: true,
    });
    expect(escalationChannels(['sns', 'discord'])).toEqual(['sns', 'discord']);
    expect(escalationChannels([])).toEqual(['sns']);
  });
});

describe('a CRITICAL alert that nobody acknowledges', () => {
  const rules = { escalateAfterMinutes: 15, escalationsMax: 3 };
  const minute = 60_000;

  test('is told again every quarter of an hour, three times, and then left', () => {
    let state: Escalation = opened(0);
    const told: number[] = [];
    for (let at = 0; at <= 120 * minute; at += 5 * minute) {
      const step = applyEscalation(state, { kind: 'looked', atMs: at }, rules);
      state = step.state;
      for (const effect of step.effects) {
        if (effect.kind === 'give-up') continue;
        told.push(at / minute);
        state = applyEscalation(state, { kind: 'told', round: effect.round, atMs: at }, rules).state;
      }
    }
    expect(told).toEqual([15, 30, 45]);
    expect(state).toMatchObject({ kind: 'given-up', roundsTold: 3 });
  });

  test('is due again when a round was cut short', () => {
    const first = applyEscalation(opened(0), { kind: 'looked', atMs: 15 * minute }, rules);
    expect(first.effects).toEqual([{ kind: 'tell-again', round: 1 }]);
    expect(applyEscalation(first.state, { kind: 'looked', atMs: 20 * minute }, rules).effects).toEqual([{ kind: 'tell-again', round: 1 }]);
  });

  test('is left once somebody acknowledged it, whatever was under way', () => {
    const { state } = applyEscalation(opened(0), { kind: 'acknowledged', by: 'operator/ann', atMs: minute }, rules);
    expect(applyEscalation(state, { kind: 'told', round: 1, atMs: 2 * minute }, rules).state).toBe(state);
    expect(applyEscalation(state, { kind: 'looked', atMs: 99 * minute }, rules)).toEqual({ state, effects: [] });
    const again = applyEscalation(state, { kind: 'acknowledged', by: 'operator/bob', atMs: 3 * minute }, rules);
    expect(again.state).toMatchObject({ by: 'operator/ann' });
  });
});

describe('a digest', () => {
  const at = instant('2024-12-03T11:00:00Z');
  const held = (severity: Severity, occurrence: string, repeats = 0, when = '2024-12-03T05:00:00.000Z') => ({
    alert: alert(severity, { occurrence, at: when, title: `Title ${occurrence}` }),
    repeats,
  });

  test('is as severe as the most severe of what waited, with a line for each, oldest first', () => {
    const digest = digestOf([held('MEDIUM', 'late', 2), held('LOW', 'early', 0, '2024-12-03T03:30:00.000Z')], at)!;
    expect(digest).toMatchObject({ severity: 'MEDIUM', title: '2 alerts waited through the quiet hours', at: '2024-12-03T11:00:00Z' });
    expect(digest.lines).toEqual(['12-03 03:30 UTC LOW Title early', '12-03 05:00 UTC MEDIUM Title late (3 times)']);
  });

  test('is the same one for the same members in any order, names how many more there are, and is none of nothing', () => {
    const many = Array.from({ length: 30 }, (_, index) => held('LOW', `n${index}`));
    expect(digestOf(many, at)!.alertId).toBe(digestOf(many.toReversed(), at)!.alertId);
    expect(digestOf(many, at)!.lines).toHaveLength(12);
    expect(digestOf(many, at)!.lines.at(-1)).toBe('and 19 more: "ballast alerts" lists them all');
    expect(digestOf([], at)).toBeNull();
  });
});
