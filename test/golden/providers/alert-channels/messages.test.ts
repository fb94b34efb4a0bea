/**
 * What each severity looks like on each channel, against files that people have read: `messages/<channel>-<severity>`, in the form in which
 * it is put on the wire. The limits and the markup they keep to are the services' own, as their documentation has them (the addresses stand
 * in shared/providers/alert-channels/). To accept a change that was meant: BALLAST_WRITE_GOLDEN=1, then read what git shows.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sampleMessage } from '../../../../apps/cli/alert-samples.ts';
import type { AlertMessage } from '../../../../shared/domain/alerts/message.ts';
import { type AlertChannel, alertChannels, severities } from '../../../../shared/domain/policy/alert-rules.ts';
import { discordBody, slackBody, snsMail, telegramBody } from '../../../../shared/providers/alert-channels/index.ts';

const folder = join(import.meta.dirname, 'messages');
const json = (body: object): string => `${JSON.stringify(body, null, 2)}\n`;
const rendered: Readonly<Record<AlertChannel, (message: AlertMessage) => string>> = {
  telegram: (message) => json(telegramBody(message)),
  slack: (message) => json(slackBody(message)),
  discord: (message) => json(discordBody(message)),
  sns: (message) => {
    const { subject, text } = snsMail(message);
    return `Subject: ${subject}\n\n${text}\n`;
  },
};

describe.each(alertChannels)('%s', (channel) => {
  test.each(severities)('shows %s as the file has it', (severity) => {
    const file = join(folder, `${channel}-${severity.toLowerCase()}.${channel === 'sns' ? 'txt' : 'json'}`);
    const text = rendered[channel](sampleMessage(severity));
    if (process.env.BALLAST_WRITE_GOLDEN === '1') {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, text);
    }
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});
