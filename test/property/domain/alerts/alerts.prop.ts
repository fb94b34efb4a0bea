/** Whatever a text says: no markup gets through a channel, no limit is passed, and a fingerprint holds what lasts and leaves what does not. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertOf } from '../../../../shared/domain/alerts/alert.ts';
import { fingerprintOf, lasting } from '../../../../shared/domain/alerts/fingerprint.ts';
import { messageOf } from '../../../../shared/domain/alerts/message.ts';
import { quietUntil } from '../../../../shared/domain/alerts/quiet-hours.ts';
import { type AlertChannel, severities } from '../../../../shared/domain/policy/alert-rules.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { escapeDiscord } from '../../../../shared/providers/alert-channels/discord.ts';
import { discordBody, slackBody, snsMail, telegramBody } from '../../../../shared/providers/alert-channels/index.ts';
import { escapeMrkdwn } from '../../../../shared/providers/alert-channels/slack.ts';
import { escapeHtml } from '../../../../shared/providers/alert-channels/telegram.ts';

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 900 }),
  fc
    .array(
      fc.constantFrom(
        '<b>',
        '</b>',
        '&amp;',
        '<!channel>',
        '<@U1>',
        '@everyone',
        '*',
        '_',
        '`',
        '```',
        '||',
        '\\',
        '[x](http://y)',
        '\n',
        '😀',
        'a',
        '…',
      ),
      { maxLength: 300 },
    )
    .map((parts) => parts.join('')),
);
const message = fc
  .record({
    severity: fc.constantFrom(...severities),
    title: nasty,
    lines: fc.array(nasty, { maxLength: 20 }),
    facts: fc.dictionary(nasty, nasty, { maxKeys: 20 }),
    count: fc.nat(5),
    round: fc.nat(3),
  })
  .map(({ severity, title, lines, facts, count, round }) => {
    const at = '2024-12-02T20:45:00.000Z';
    const alert = alertOf({
      kind: 'k',
      subject: 's',
      occurrence: 'o',
      severity,
      category: 'SYSTEM',
      title,
      lines,
      facts,
      runbook: 'cycle-died',
      at,
    });
    return messageOf(alert, { stage: 'dev', repeats: { count, since: at }, round, roundsMax: 3, sentAt: Date.parse(at) as EpochMs });
  });

/** Every text in a body, however deep. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];

describe('a message of any text', () => {
  test('is HTML in which only the tags of ours stand, closed, within 4,096 characters, on Telegram', () => {
    fc.assert(
      fc.property(message, (one) => {
        const { text } = telegramBody(one) as { text: string };
        expect(text.length).toBeLessThanOrEqual(4_096);
        const withoutOurs = text.replaceAll(/<(b|i|code)>([^<>]*)<\/\1>/g, '$2');
        expect(withoutOurs).not.toMatch(/[<>]/);
        expect(withoutOurs.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toContain('&');
      }),
    );
  });

  test('holds no live mention, link or markup, within the limits of its blocks, on Slack', () => {
    fc.assert(
      fc.property(message, (one) => {
        const body = slackBody(one) as {
          attachments: [{ blocks: { type: string; text?: { text: string }; fields?: { text: string }[] }[] }];
        };
        for (const { type, text, fields = [] } of body.attachments[0].blocks) {
          if (text) expect(text.text.length).toBeLessThanOrEqual(type === 'header' ? 150 : 3_000);
          if (text) expect(text.text.length).toBeGreaterThan(0);
          expect(fields.length).toBeLessThanOrEqual(10);
          for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2_000);
        }
        for (const text of textsIn(body)) expect(text).not.toMatch(/[<>]/);
      }),
    );
  });

  test('calls nobody and keeps within the limits of an embed, on Discord', () => {
    fc.assert(
      fc.property(message, (one) => {
        const body = discordBody(one) as { embeds: [Record<string, unknown>]; allowed_mentions: object };
        expect(body.allowed_mentions).toEqual({ parse: [] });
        const [embed] = body.embeds;
        const {
          title,
          description = '',
          fields,
        } = embed as { title: string; description?: string; fields: { name: string; value: string }[] };
        expect(title.length).toBeLessThanOrEqual(256);
        expect(description.length).toBeLessThanOrEqual(4_096);
        expect(fields.length).toBeLessThanOrEqual(25);
        expect(textsIn({ ...embed, color: undefined }).join('').length).toBeLessThanOrEqual(6_000);
        for (const text of textsIn(body)) expect(text).not.toMatch(/@(everyone|here)/);
      }),
    );
  });

  test('has a subject of at most 100 printable ASCII characters by mail', () => {
    fc.assert(fc.property(message, (one) => void expect(snsMail(one).subject).toMatch(/^[A-Z][\x20-\x7e]{0,99}$/)));
  });

  test.each([
    ['telegram', escapeHtml, /[<>]/],
    ['slack', escapeMrkdwn, /[<>]|[*_~`@](?!\u2060)/],
    ['discord', escapeDiscord, /(?<!\\)(?:\\\\)*[*_~`|[\]()<>]/],
  ] as const satisfies readonly (readonly [AlertChannel, (text: string) => string, RegExp])[])(
    'has no markup of its own left on %s',
    (_channel, escaped, markup) => {
      fc.assert(fc.property(nasty, (text) => void expect(escaped(text)).not.toMatch(markup)));
    },
  );
});

describe('a fingerprint', () => {
  const identity = { severity: 'HIGH', category: 'RISK', kind: 'CycleFailed', subject: '' };
  const instants = fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true });
  const occurrence = fc.record({ at: instants, id: fc.uuid(), hash: fc.stringMatching(/^[0-9a-f]{63}1$/), count: fc.integer() });
  const said = (ticker: string, { at, id, hash, count }: { at: Date; id: string; hash: string; count: number }): string =>
    `order ${id} of ${ticker} in cycle-${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z at ${at.toISOString()}: ${count} of ${hash}`;

  test('is the same whatever time, id, hash and number the subject names', () => {
    fc.assert(
      fc.property(occurrence, occurrence, (one, other) => {
        const of = (what: typeof one): string => fingerprintOf({ ...identity, subject: said('AAPL', what) });
        expect(of(one)).toBe(of(other));
      }),
    );
  });

  test('is another for another ticker, severity, category or kind', () => {
    fc.assert(
      fc.property(occurrence, fc.constantFrom('MSFT', 'BRK.B', 'AAP'), (what, ticker) => {
        const here = fingerprintOf({ ...identity, subject: said('AAPL', what) });
        expect(fingerprintOf({ ...identity, subject: said(ticker, what) })).not.toBe(here);
        expect(fingerprintOf({ ...identity, severity: 'CRITICAL', subject: said('AAPL', what) })).not.toBe(here);
        expect(fingerprintOf({ ...identity, category: 'SYSTEM', subject: said('AAPL', what) })).not.toBe(here);
        expect(fingerprintOf({ ...identity, kind: 'CycleDied', subject: said('AAPL', what) })).not.toBe(here);
      }),
    );
  });

  test('rests on a text that is settled: what lasts of what lasts is itself', () => {
    fc.assert(fc.property(nasty, (text) => void expect(lasting(lasting(text))).toBe(lasting(text))));
  });
});

test('quiet hours end after every instant in them, at the time on the wall that they name, and less than a day later', () => {
  const wall = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit' });
  const clock = fc
    .tuple(fc.integer({ min: 3, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  const instants = fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2035, 0, 1) });
  fc.assert(
    fc.property(clock, clock, instants, (from, to, at) => {
      const until = quietUntil({ from, to }, at as EpochMs);
      const now = wall.format(at);
      const inside = from < to ? now >= from && now < to : from > to && (now >= from || now < to);
      expect(until !== null).toBe(inside);
      if (until === null) return;
      expect(wall.format(until)).toBe(to);
      expect(until).toBeGreaterThan(at);
      expect(until - at).toBeLessThanOrEqual(25 * 3_600_000);
    }),
  );
});
