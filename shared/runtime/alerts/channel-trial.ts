/**
 * A message for trying the channels out: past quiet hours, de-duplication and the list, to one channel or to those of its severity. Says of
 * each what it said, and of one that is off why.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import type { Alert } from '../../domain/alerts/alert.ts';
import { messageOf } from '../../domain/alerts/message.ts';
import type { AlertChannel, AlertRules } from '../../domain/policy/alert-rules.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { EpochMs } from '../../kernel/units.ts';
import type { AlertChannels } from '../connect-alert-channels.ts';

export interface ChannelTrial {
  readonly alert: Alert;
  /** Null: those that the rules name for its severity. */
  readonly channel: AlertChannel | null;
  readonly rules: AlertRules;
  readonly channels: AlertChannels;
  readonly stage: string;
  readonly at: EpochMs;
  /** Hears what a channel that did not take it said. */
  readonly log: Pick<Logger, 'warn'>;
}

export async function triedOut({ alert, channel, rules, channels, stage, at, log }: ChannelTrial): Promise<Record<string, string>> {
  const message = messageOf(alert, { stage, repeats: null, round: 0, roundsMax: 0, sentAt: at });
  const wanted = channel === null ? rules.channels[alert.severity] : [channel];
  const outcomes = wanted.map(async (name) => {
    const delivery = await channels.senders.get(name)?.send(message);
    if (delivery !== undefined && isRefusal(delivery)) {
      log.warn('channel-did-not-take-it', { alertId: alert.alertId, channel: name, reason: delivery.reason, details: delivery.details });
    }
    return [name, delivery === undefined ? channels.status[name] : isRefusal(delivery) ? delivery.reason : 'delivered'] as const;
  });
  return Object.fromEntries(await Promise.all(outcomes));
}
