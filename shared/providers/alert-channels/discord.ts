/**
 * Discord, by a webhook (docs.discord.com/developers/resources/webhook#execute-webhook).
 *
 * One embed with the colour of the severity. Limits: title 256 characters, description 4,096, 25 fields of name 256 and value 1,024, footer
 * 2,048, and 6,000 for all of them together (docs.discord.com/developers/resources/message, "Embed Limits"); facts are dropped from the end
 * until the sum fits. Every character that means something in Discord's markdown gets a backslash, and `allowed_mentions.parse` is empty,
 * so that no text of an alert calls anybody (`@everyone`), whatever it says. `wait=true` has Discord answer after the message was stored.
 * 429 carries `retry_after` in seconds, with fractions, in its JSON.
 */
import { shortened } from '../../domain/alerts/alert.ts';
import type { AlertMessage } from '../../domain/alerts/message.ts';
import type { AlertSender } from './alert-sender.ts';
import { type PostParts, postJson } from './post-json.ts';

const limits = { title: 256, description: 4_096, fields: 25, fieldName: 256, fieldValue: 1_024, footer: 2_048, together: 6_000 } as const;

export function createDiscord({ webhookUrl }: { readonly webhookUrl: string }, parts: PostParts): AlertSender {
  const url = new URL(webhookUrl);
  url.searchParams.set('wait', 'true');
  return { channel: 'discord', send: (message) => postJson(url.href, discordBody(message), parts) };
}

export function discordBody({ severity, heading, title, lines, facts, notes, footer }: AlertMessage): object {
  const embed = {
    author: shortened(heading, limits.title),
    title: fitting([escapeDiscord(title)], limits.title),
    description: fitting([...lines.map(escapeDiscord), ...notes.map((note) => `*${escapeDiscord(note)}*`)], limits.description),
    footer: shortened(footer.join(' · '), limits.footer),
  };
  let room = limits.together - Object.values(embed).reduce((sum, text) => sum + text.length, 0);
  const fields = facts.slice(0, limits.fields).flatMap(({ name, value }) => {
    const field = { name: fitting([escapeDiscord(name)], limits.fieldName), value: fitting([escapeDiscord(value)], limits.fieldValue) };
    room -= field.name.length + field.value.length;
    return room >= 0 ? [{ ...field, inline: value.length <= 40 }] : [];
  });
  return {
    embeds: [
      {
        author: { name: embed.author },
        title: embed.title,
        ...(embed.description === '' ? {} : { description: embed.description }),
        color: colours[severity],
        fields,
        footer: { text: embed.footer },
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

const colours = { LOW: 0x8a8f98, MEDIUM: 0xd9a400, HIGH: 0xe8710a, CRITICAL: 0xc5221f } as const;

/** A backslash before what would be markup; `@` is parted from what follows, so that it does not even look like a call. */
export const escapeDiscord = (text: string): string =>
  text.replaceAll(/[\\*_~`|[\]()<>]|^[#-]|:(?=\/\/|\w+:)/gm, '\\$&').replaceAll('@', '@\u2060');

/** As many whole lines as fit; a single line that does not is cut, and not inside an escape. */
function fitting(lines: readonly string[], charactersMax: number): string {
  const kept = [...lines];
  while (kept.length > 1 && kept.join('\n').length > charactersMax) kept.pop();
  const text = kept.join('\n');
  if (text.length <= charactersMax) return text;
  const cut = shortened(text, charactersMax);
  return /(?:^|[^\\])(?:\\\\)*\\…$/.test(cut) ? `${cut.slice(0, -2)}…` : cut;
}
