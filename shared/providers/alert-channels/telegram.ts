/**
 * Telegram, by the Bot API's `sendMessage` (core.telegram.org/bots/api#sendmessage).
 *
 * Text is HTML, in which three characters mean something (`<`, `>`, `&`) and nothing else does; MarkdownV2 has eighteen, and a message with
 * one of them unescaped is refused whole. A message holds 4,096 characters "after entities parsing", in UTF-16 units. Parts are dropped
 * from the end until it fits, never cut inside: a cut could fall into a tag. Link previews are off: a link in an alert is not fetched.
 * HTTP 200 with `"ok": true` means that it was taken; 429 names the wait in `parameters.retry_after`.
 */
import { shortened } from '../../domain/alerts/alert.ts';
import type { AlertMessage } from '../../domain/alerts/message.ts';
import type { AlertSender } from './alert-sender.ts';
import { type PostParts, postJson } from './post-json.ts';

export interface TelegramSettings {
  readonly botToken: string;
  readonly chatId: string;
  readonly baseUrl: string;
}

const charactersMax = 4_096;

export function createTelegram({ botToken, chatId, baseUrl }: TelegramSettings, parts: PostParts): AlertSender {
  const url = `${baseUrl.replace(/\/+$/, '')}/bot${botToken}/sendMessage`;
  return {
    channel: 'telegram',
    send: (message) => postJson(url, { chat_id: chatId, ...telegramBody(message) }, parts, wasTaken),
  };
}

/** Without the chat it goes to. */
export function telegramBody({ severity, heading, title, lines, facts, notes, footer }: AlertMessage): object {
  const head = [`${badges[severity]} <b>${escapeHtml(heading)}</b>`, `<b>${escapeHtml(title)}</b>`];
  const body = [
    ...lines.map(escapeHtml),
    ...facts.map(({ name, value }) => `${escapeHtml(name)}: <code>${escapeHtml(value)}</code>`),
    ...notes.map((note) => `<i>${escapeHtml(note)}</i>`),
  ];
  const foot = `<i>${escapeHtml(footer.join(' · '))}</i>`;
  while (body.length > 0 && [...head, ...body, foot].join('\n').length > charactersMax) body.pop();
  const text = [...head, ...body, foot].join('\n');
  return {
    text: text.length <= charactersMax ? text : escapeHtml(shortened(title, charactersMax / 8)),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    disable_notification: severity === 'LOW',
  };
}

const badges = { LOW: '⚪', MEDIUM: '🟡', HIGH: '🟠', CRITICAL: '🔴' } as const;

export const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const wasTaken = (answer: unknown): boolean => (answer as { ok?: unknown } | null | undefined)?.ok === true;
