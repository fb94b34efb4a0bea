/**
 * Who hears an alert, and when: now on these channels, or when the quiet hours are over.
 *
 * The channels are those that the policy names for the severity and that are set up. Nobody set up for a HIGH or CRITICAL alert: it goes
 * to the topic, which always is. LOW and MEDIUM are then on the list alone (`ballast alerts`). A round of an escalation goes to every
 * channel that is set up, whatever the policy names.
 */
import type { EpochMs } from '../../kernel/units.ts';
import { type AlertChannel, type AlertRules, alertChannels } from '../policy/alert-rules.ts';
import type { Alert } from './alert.ts';
import { quietUntil, waitsInQuietHours } from './quiet-hours.ts';

export type DeliveryPlan =
  | { readonly kind: 'now'; readonly channels: readonly AlertChannel[]; readonly byRule: boolean }
  | { readonly kind: 'later'; readonly untilMs: EpochMs };

export function planOf(alert: Alert, rules: AlertRules, setUp: readonly AlertChannel[], at: EpochMs): DeliveryPlan {
  const until = waitsInQuietHours(alert.severity) ? quietUntil(rules.quietHours, at) : null;
  if (until !== null) return { kind: 'later', untilMs: until };
  const named = rules.channels[alert.severity].filter((channel) => setUp.includes(channel));
  const heard: readonly AlertChannel[] = named.length === 0 && !waitsInQuietHours(alert.severity) ? ['sns'] : named;
  // What a rule of the bus has put on the topic is not put there a second time.
  const byRule = alert.onTopicByRule && heard.includes('sns');
  return { kind: 'now', channels: byRule ? heard.filter((channel) => channel !== 'sns') : heard, byRule };
}

export const escalationChannels = (setUp: readonly AlertChannel[]): readonly AlertChannel[] =>
  alertChannels.filter((channel) => channel === 'sns' || setUp.includes(channel));
