/** Which channels a secret sets up, and that nothing of the secret comes out again, whatever a service or a network does. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { sampleMessage } from '../../../apps/cli/alert-samples.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import { alertChannelsFrom } from '../../../shared/runtime/connect-alert-channels.ts';
import { type Answer, startChannelServer, taken } from '../providers/alert-channels/channel-server.ts';

const planted = ['110201543:PLANTED-TELEGRAM-TOKEN-000000000001', 'PLANTED-SLACK-0001', 'PLANTED-DISCORD-0001', '-1009876543210'] as const;
const sns = mockClient(SNSClient);
beforeEach(() => {
  sns.reset();
  sns.on(PublishCommand).resolves({ MessageId: '1' });
});

const topic = { sns: new SNSClient({ region: 'us-east-1' }), topicArn: 'arn:aws:sns:us-east-1:111122223333:ballast-dev-alerts' };
const parts = { fetch: globalThis.fetch, clock: systemClock, rng: seededRng(3), wait: async () => {} };
const secretFor = (url: string): string =>
  JSON.stringify({
    telegram: { botToken: planted[0], chatId: planted[3], baseUrl: url },
    slack: { webhookUrl: `${url}/services/${planted[1]}` },
    discord: { webhookUrl: `${url}/api/webhooks/1/${planted[2]}` },
  });

async function sentTo(answer: (count: number) => Answer, timeoutMs = 10_000) {
  await using server = await startChannelServer(answer);
  const { senders } = alertChannelsFrom(secretFor(server.url), topic, { ...parts, limits: { timeoutMs, attemptsMax: 2 } });
  const outcomes = await Promise.all(
    [...senders.values()].map(async ({ channel, send }) => [channel, await send(sampleMessage('CRITICAL'))] as const),
  );
  return { outcomes: Object.fromEntries(outcomes), sent: server.sent };
}

describe('a secret with three chats', () => {
  test('sends to each at its own address, and mail to the topic', async () => {
    const { outcomes, sent } = await sentTo(() => taken);
    expect(Object.values(outcomes)).toEqual(Array.from({ length: 4 }, () => ({ kind: 'delivered', attempts: 1 })));
    expect(sent.map(({ path }) => path).sort()).toEqual([
      `/api/webhooks/1/${planted[2]}?wait=true`,
      `/bot${planted[0]}/sendMessage`,
      `/services/${planted[1]}`,
    ]);
    expect(sent.find(({ path }) => path.startsWith('/bot'))!.body).toMatchObject({ chat_id: planted[3], parse_mode: 'HTML' });
    const [publish] = sns.commandCalls(PublishCommand);
    expect(publish!.args[0].input).toMatchObject({ TopicArn: topic.topicArn, Subject: expect.stringMatching(/^CRITICAL RISK/) });
  });

  test.each([
    ['refuse', () => ({ status: 403, body: `no such webhook ${planted[1]}` })],
    ['fail', () => ({ status: 500, body: planted.join(' ') })],
    ['do not answer', () => null],
    ['break off', () => 'cut'],
  ] as const satisfies readonly (readonly [string, () => Answer])[])('says nothing of the secret when they %s', async (_what, answer) => {
    const { outcomes } = await sentTo(answer, 100);
    expect(outcomes.telegram).toMatchObject({ kind: 'refused' });
    for (const secret of planted) expect(JSON.stringify(outcomes)).not.toContain(secret);
  });

  test('is taken out of what an alert says, by whomever it was written into it', async () => {
    await using server = await startChannelServer();
    const { senders } = alertChannelsFrom(secretFor(server.url), topic, parts);
    const leaky = {
      ...sampleMessage('HIGH'),
      title: `failed at ${server.url}/services/${planted[1]}`,
      lines: planted,
      facts: [{ name: 'url', value: planted[2] }],
    };
    for (const sender of senders.values()) await sender.send(leaky);
    const bodies = JSON.stringify([
      server.sent.map(({ body: { chat_id: _chat, ...body } }) => body),
      sns.commandCalls(PublishCommand).map(({ args }) => args[0].input),
    ]);
    for (const secret of planted) expect(bodies).not.toContain(secret);
  });
});

describe('what is set up', () => {
  const statusOf = (text: string) => alertChannelsFrom(text, topic, parts).status;
  test('is the topic alone, of the secret that a fund is born with', () => {
    expect(statusOf('{"unused": "x"}')).toEqual({
      sns: 'on',
      telegram: 'not-configured',
      slack: 'not-configured',
      discord: 'not-configured',
    });
  });

  test.each([
    ['an address without TLS', { slack: { webhookUrl: 'http://hooks.slack.com/services/x' } }],
    ['no address', { slack: { webhookUrl: 'not-set' } }],
    ['another shape', { slack: 'https://hooks.slack.com/services/x' }],
  ])('leaves out a channel with %s, says so, and keeps the others', (_what, part) => {
    const others = { discord: { webhookUrl: 'https://discord.com/api/webhooks/1/x' } };
    expect(statusOf(JSON.stringify({ ...part, ...others }))).toMatchObject({ slack: 'not-understood', discord: 'on' });
  });

  test('is not known of a secret that is no JSON', () => {
    expect(statusOf('hunter2')).toEqual({ sns: 'on', telegram: 'not-understood', slack: 'not-understood', discord: 'not-understood' });
  });

  test('takes a chat by number, and Telegram where it is', () => {
    expect(statusOf('{"telegram": {"botToken": "110201543:AAH", "chatId": -100987}}')).toMatchObject({ telegram: 'on' });
  });
});

test('a topic that refuses is a refusal with its name', async () => {
  sns
    .on(PublishCommand)
    .rejects(Object.assign(new Error('no'), { name: 'AuthorizationErrorException', $metadata: { httpStatusCode: 403 } }));
  const { senders } = alertChannelsFrom('{}', topic, parts);
  expect(await senders.get('sns')!.send(sampleMessage('HIGH'))).toMatchObject({ reason: 'not-authorised', details: { status: 403 } });
});
