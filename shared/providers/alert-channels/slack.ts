/**
 * Slack, by an incoming webhook (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
 *
 * Blocks: a header (plain text, at most 150 characters), sections of mrkdwn (at most 3,000 characters of text, ten fields of at most 2,000)
 * and a context line. In mrkdwn `&`, `<` and `>` are escaped, which takes every link, mention and channel call away
 * (docs.slack.dev/messaging/formatting-message-text, "Escaping text"). Slack offers no escape for `*`, `_`, `~` and `` ` ``: they are
 * followed by a word joiner, so that they stand as themselves; `@`, and the colon of an address or an emoji's name, get one too. `verbatim`
 * keeps Slack from making links of its own. `text` is what a notification shows.
 * A webhook that was revoked answers 403 or 404, a message that it does not take 400; a full quota 429 with Retry-After in seconds.
 */
import { shortened } from '../../domain/alerts/alert.ts';
import type { AlertMessage } from '../../domain/alerts/message.ts';
import type { AlertSender } from './alert-sender.ts';
import { type PostParts, postJson } from './post-json.ts';

const sectionCharactersMax = 3_000;
const headerCharactersMax = 150;
const fieldsMost = 10;

export const createSlack = ({ webhookUrl }: { readonly webhookUrl: string }, parts: PostParts): AlertSender => ({
  channel: 'slack',
  send: (message) => postJson(webhookUrl, slackBody(message), parts),
});

export function slackBody({ severity, heading, title, lines, facts, notes, footer }: AlertMessage): object {
  const prose = [`*${escapeMrkdwn(title)}*`, ...lines.map(escapeMrkdwn)];
  const fields = facts.map(({ name, value }) => markdown(`*${escapeMrkdwn(name)}*\n${escapeMrkdwn(value)}`));
  return {
    text: escapeMrkdwn(`${heading}: ${title}`),
    attachments: [
      {
        color: colours[severity],
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: shortened(heading, headerCharactersMax), emoji: false } },
          { type: 'section', text: markdown(fitting(prose, sectionCharactersMax)) },
          ...inGroups(fields, fieldsMost).map((group) => ({ type: 'section', fields: group })),
          ...(notes.length > 0 ? [{ type: 'section', text: markdown(fitting(notes.map(escapeMrkdwn), sectionCharactersMax)) }] : []),
          { type: 'context', elements: [markdown(escapeMrkdwn(footer.join(' · ')))] },
        ],
      },
    ],
  };
}

const colours = { LOW: '#8a8f98', MEDIUM: '#d9a400', HIGH: '#e8710a', CRITICAL: '#c5221f' } as const;

const markdown = (text: string): object => ({ type: 'mrkdwn', text, verbatim: true });

/** Entities first; a word joiner after each mark that has no entity. */
export const escapeMrkdwn = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[*_~`@]|:(?=\/\/|[\w+-]+:)/g, '$&\u2060');

/** As many whole lines as fit. The first is always there: alerts keep their lines short. */
function fitting(lines: readonly string[], charactersMax: number): string {
  const kept = [...lines];
  while (kept.length > 1 && kept.join('\n').length > charactersMax) kept.pop();
  return kept.join('\n');
}

const inGroups = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
