/**
 * Mail, by an SNS topic: plain text, nothing to escape. A subject is ASCII of at most 100 characters that begins with a letter, number or
 * mark and has no line breaks (docs.aws.amazon.com/sns/latest/api/API_Publish.html); what it cannot show is written as `?`.
 * The SDK tries three times by itself. The rendered message of an alert stays far below SNS's 256 KiB.
 */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { shortened } from '../../domain/alerts/alert.ts';
import type { AlertMessage } from '../../domain/alerts/message.ts';
import { refuse } from '../../kernel/refusal.ts';
import type { AlertSender } from './alert-sender.ts';

const subjectCharactersMax = 100;

export const createSnsTopic = (client: SNSClient, topicArn: string): AlertSender => ({
  channel: 'sns',
  async send(message) {
    const { subject, text } = snsMail(message);
    try {
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
      return { kind: 'delivered', attempts: 1 };
    } catch (error) {
      const { name, message: says, $metadata } = error as { name?: string; message?: string; $metadata?: { httpStatusCode?: number } };
      const reason = /^(AuthorizationError|AccessDenied|KMSAccessDenied)/.test(name ?? '') ? 'not-authorised' : 'service-failed';
      return refuse(reason, { code: name ?? 'unknown', status: $metadata?.httpStatusCode ?? null, says: says ?? '' });
    }
  },
});

export function snsMail({ heading, title, lines, facts, notes, footer }: AlertMessage): {
  readonly subject: string;
  readonly text: string;
} {
  const subject = shortened(`${heading.replaceAll(' · ', ' ')}: ${title}`, subjectCharactersMax).replaceAll('…', '.');
  const width = Math.max(0, ...facts.map(({ name }) => name.length));
  const parts = [[heading, title], lines, facts.map(({ name, value }) => `${name.padEnd(width)}  ${value}`), notes, footer];
  return {
    subject: subject.replaceAll(/[^\x20-\x7e]/g, '?'),
    text: parts
      .filter((part) => part.length > 0)
      .map((part) => part.join('\n'))
      .join('\n\n'),
  };
}
