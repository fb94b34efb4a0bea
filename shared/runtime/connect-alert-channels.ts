/**
 * From the secret of the alert channels to those that are set up. The secret's text is parsed, used and dropped; it is never logged, and
 * its values are taken out of every message, whoever wrote them into one. A channel whose part is missing is off; one whose part is not
 * understood is off too, and said to be so, and does not switch off the others. The topic needs no secret.
 */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { scrubbed } from '../domain/alerts/message.ts';
import { type AlertChannel, alertChannels } from '../domain/policy/alert-rules.ts';
import { tryParseJson } from '../kernel/json.ts';
import { withoutSecrets } from '../kernel/secret-texts.ts';
import {
  type AlertSender,
  createDiscord,
  createSlack,
  createSnsTopic,
  createTelegram,
  type PostParts,
} from '../providers/alert-channels/index.ts';
import { awsCall } from '../stores/aws-errors.ts';

export type ChannelStatus = 'on' | 'not-configured' | 'not-understood';

export interface AlertChannels {
  readonly status: Readonly<Record<AlertChannel, ChannelStatus>>;
  /** Those that are on. */
  readonly senders: ReadonlyMap<AlertChannel, AlertSender>;
  /** The text without what stands in the secret. */
  readonly withoutSecrets: (text: string) => string;
}

const address = /* @__PURE__ */ z.string().refine(keepsTheSecret);
const partShapes = {
  telegram: /* @__PURE__ */ z.object({
    botToken: /* @__PURE__ */ z.string().regex(/^\d+:[A-Za-z0-9_-]+$/),
    chatId: /* @__PURE__ */ z.union([z.string().min(1), z.number().int()]).transform(String),
    baseUrl: address.default('https://api.telegram.org'),
  }),
  slack: /* @__PURE__ */ z.object({ webhookUrl: address }),
  discord: /* @__PURE__ */ z.object({ webhookUrl: address }),
} as const;

export interface TopicParts {
  readonly sns: SNSClient;
  readonly topicArn: string;
}

export async function connectAlertChannels(
  secrets: SecretsManagerClient,
  secretId: string,
  topic: TopicParts,
  parts: PostParts,
): Promise<AlertChannels> {
  const reply = await awsCall("Reading the alert channels' secret", () => secrets.send(new GetSecretValueCommand({ SecretId: secretId })));
  return alertChannelsFrom(reply.SecretString ?? '', topic, parts);
}

/** Of the secret's text. */
export function alertChannelsFrom(text: string, { sns, topicArn }: TopicParts, parts: PostParts): AlertChannels {
  const given = tryParseJson(text);
  const document = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>;
  const status: Record<AlertChannel, ChannelStatus> = {
    sns: 'on',
    telegram: 'not-configured',
    slack: 'not-configured',
    discord: 'not-configured',
  };
  const found: AlertSender[] = [createSnsTopic(sns, topicArn)];
  const connect = <Name extends keyof typeof partShapes>(
    name: Name,
    create: (settings: z.output<(typeof partShapes)[Name]>) => AlertSender,
  ): void => {
    const part = document[name];
    if (part === undefined || part === null) return;
    const parsed = partShapes[name].safeParse(part);
    status[name] = parsed.success ? 'on' : 'not-understood';
    if (parsed.success) found.push(create(parsed.data as z.output<(typeof partShapes)[Name]>));
  };
  connect('telegram', (settings) => createTelegram(settings, parts));
  connect('slack', (settings) => createSlack(settings, parts));
  connect('discord', (settings) => createDiscord(settings, parts));
  if (given === undefined || typeof given !== 'object')
    for (const name of alertChannels) if (name !== 'sns') status[name] = 'not-understood';

  const secret = secretsIn(document);
  const senders = found.map(
    ({ channel, send }) =>
      [channel, { channel, send: (message) => send(scrubbed(message, secret)) }] as const satisfies readonly [AlertChannel, AlertSender],
  );
  return {
    status,
    senders: new Map<AlertChannel, AlertSender>(senders),
    withoutSecrets: (text) => withoutSecrets(text, secret),
  };
}

/** What must not be read anywhere: every text in the secret, whole, and the long parts of an address, which are what makes it one. */
function secretsIn(value: unknown): string[] {
  if (typeof value === 'string')
    return [value, ...(URL.parse(value)?.pathname ?? '').split('/').filter((part) => part.length >= segmentCharactersMin)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

/** `services` and `webhooks` are no secret. */
const segmentCharactersMin = 12;

/** The secret travels in the path or in a header, in the clear without TLS. */
function keepsTheSecret(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(parsed.hostname));
}
