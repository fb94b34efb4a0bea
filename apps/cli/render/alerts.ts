/** Alerts for a terminal: the list, what a trial said, and how a message reads on a channel. */
import type { AlertMessage } from '../../../shared/domain/alerts/message.ts';
import type { AlertChannel, Severity } from '../../../shared/domain/policy/alert-rules.ts';
import { discordBody, slackBody, snsMail, telegramBody } from '../../../shared/providers/alert-channels/index.ts';
import type { AlertRecord } from '../../../shared/stores/alerts.ts';
import type { Io } from '../io.ts';
import { renderTable } from './table.ts';

type Colors = Io['colors'];

/** What has become of an alert, in a word or two. */
export function standingOf({ escalation, heldUntilMs, digest, deliveries }: AlertRecord): string {
  if (escalation?.kind === 'open') return 'open';
  if (escalation?.kind === 'given-up') return 'given up';
  if (escalation?.kind === 'acknowledged') return 'acknowledged';
  if (heldUntilMs !== null) return digest === null ? 'waits' : 'in a digest';
  return Object.keys(deliveries).length > 0 ? 'told' : 'listed';
}

export function alertsText(records: readonly AlertRecord[], { colors }: Pick<Io, 'colors'>): string {
  if (records.length === 0) return 'No alerts.';
  const table = renderTable<AlertRecord>(
    [
      { title: 'at (UTC)', text: ({ alert }) => alert.at.slice(0, 16).replace('T', ' ') },
      { title: 'severity', text: ({ alert }) => alert.severity, dress: (cell, { alert }) => painted(alert.severity, colors)(cell) },
      { title: 'category', text: ({ alert }) => alert.category },
      { title: 'times', align: 'right', text: ({ repeats }) => String(1 + (repeats?.count ?? 0)) },
      { title: 'standing', text: standingText },
      { title: 'heard on', text: heardOn },
      { title: 'id', text: ({ alert }) => alert.alertId },
      { title: 'what', text: ({ alert }) => alert.title },
    ],
    records,
    colors.dim,
  );
  const open = records.filter((record) => standingOf(record) === 'open').length;
  return open === 0 ? table : `${table}\n${colors.yellow(`${open} CRITICAL not acknowledged: "ballast alerts ack <id>"`)}`;
}

function standingText(record: AlertRecord): string {
  const { escalation, heldUntilMs } = record;
  const standing = standingOf(record);
  if (escalation?.kind === 'acknowledged') return escalation.by.startsWith('put right') ? escalation.by : `${standing} by ${escalation.by}`;
  if (escalation?.kind === 'open') return `${standing}, ${escalation.roundsTold} reminder${escalation.roundsTold === 1 ? '' : 's'}`;
  return standing === 'waits' ? `${standing} until ${new Date(heldUntilMs!).toISOString().slice(11, 16)} UTC` : standing;
}

/** Of all rounds; a channel that did not take it stands in brackets, with the reason. */
function heardOn({ deliveries, failures }: AlertRecord): string {
  const channels = (of: Readonly<Record<string, string>>): string[] => [...new Set(Object.keys(of).map((key) => key.split(':')[1]!))];
  const heard = channels(deliveries);
  const unheard = Object.entries(failures).filter(([key]) => deliveries[key] === undefined);
  return [...heard, ...unheard.map(([key, why]) => `(${key.split(':')[1]}: ${why})`)].join(' ') || '-';
}

export function trialText(channels: Readonly<Record<string, string>>, { colors }: Pick<Io, 'colors'>): string {
  const entries = Object.entries(channels);
  if (entries.length === 0) return 'The policy names no channel for that severity.';
  return entries
    .map(
      ([channel, outcome]) =>
        `${channel.padEnd(9)} ${outcome === 'delivered' ? colors.green(outcome) : colors.yellow(said[outcome] ?? outcome)}`,
    )
    .join('\n');
}

const said: Readonly<Record<string, string>> = {
  'not-configured': 'not configured: its part of the secret alert-channels is missing',
  'not-understood': 'off: its part of the secret alert-channels is not understood',
  'not-authorised': 'refused: the token or the webhook is not valid (any more)',
  unreachable: 'could not be reached',
};

/** As it goes over the wire. */
export function wireBody(channel: AlertChannel, message: AlertMessage): object {
  switch (channel) {
    case 'telegram':
      return telegramBody(message);
    case 'slack':
      return slackBody(message);
    case 'discord':
      return discordBody(message);
    case 'sns':
      return snsMail(message);
  }
}

/** Read back from what goes over the wire, with the markup carried out as far as a terminal can. */
export function previewText(channel: AlertChannel, message: AlertMessage, { colors }: Pick<Io, 'colors'>): string {
  const bar = painted(message.severity, colors)('▌');
  const lines = readers[channel](wireBody(channel, message), colors).flatMap((line) => line.split('\n'));
  return [colors.dim(`${channel}, ${message.severity}`), ...lines.map((line) => `${bar} ${line}`), ''].join('\n');
}

const readers: Readonly<Record<AlertChannel, (body: object, colors: Colors) => string[]>> = {
  telegram: (body, colors) => [htmlRead((body as { text: string }).text, colors)],
  slack: (body, colors) => {
    type Block = { text?: { text: string }; fields?: { text: string }[]; elements?: { text: string }[] };
    const [{ blocks }] = (body as { attachments: [{ blocks: Block[] }] }).attachments;
    const texts = blocks.flatMap(({ text, fields = [], elements = [] }) => [...(text ? [text] : []), ...fields, ...elements]);
    return texts.map(({ text }) =>
      unescaped(text.replaceAll(/\*(?!\u2060)([^*]*?)\*(?!\u2060)/g, (_all, bold: string) => colors.bold(bold)).replaceAll('\u2060', '')),
    );
  },
  discord: (body, colors) => {
    type Embed = {
      author: { name: string };
      title: string;
      description?: string;
      fields: { name: string; value: string }[];
      footer: { text: string };
    };
    const [{ author, title, description = '', fields, footer }] = (body as { embeds: [Embed] }).embeds;
    const plain = (text: string): string => text.replaceAll(/\\(.)/gs, '$1').replaceAll('\u2060', '');
    return [
      author.name,
      colors.bold(plain(title)),
      ...(description === '' ? [] : [plain(description)]),
      ...fields.map(({ name, value }) => `${colors.bold(plain(name))}  ${plain(value)}`),
      colors.dim(footer.text),
    ];
  },
  sns: (body) => {
    const { subject, text } = body as { subject: string; text: string };
    return [`Subject: ${subject}`, '', text];
  },
};

function htmlRead(text: string, colors: Colors): string {
  const styled = text
    .replaceAll(/<b>(.*?)<\/b>/gs, (_all, bold: string) => colors.bold(bold))
    .replaceAll(/<(i|code)>(.*?)<\/\1>/gs, (_all, tag: string, inner: string) => (tag === 'i' ? colors.italic(inner) : inner));
  return unescaped(styled);
}

const unescaped = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const painted = (severity: Severity, colors: Colors): ((text: string) => string) =>
  ({ LOW: colors.dim, MEDIUM: colors.yellow, HIGH: colors.red, CRITICAL: (text: string) => colors.red(colors.bold(text)) })[severity];
