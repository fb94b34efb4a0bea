/**
 * A CloudWatch alarm, as it arrives by the topic, as an alert. The alarm has put itself on the topic; here it comes to the other channels.
 *
 * Format: the JSON that CloudWatch publishes to SNS (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/
 * Notify_Users_Alarm_Changes.html). The description of an alarm here is a sentence and the section of the runbook (RunbookAlarm).
 * Alarms that are raised by an event of which people hear anyway are left to the event, which says more.
 */
import * as z from 'zod';
import { type Alert, alertOf } from '../../domain/alerts/alert.ts';
import { tryParseJson } from '../../kernel/json.ts';

const AlarmShape = z.object({
  AlarmName: z.string().min(1),
  AlarmDescription: z.string().nullish(),
  NewStateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  NewStateReason: z.string().default(''),
  StateChangeTime: z.string(),
});

export interface AlarmNotice {
  /** Null for one whose event has told already, and for one that has no data. */
  readonly alert: Alert | null;
  /** Put right by this notice; null while the alarm stands. */
  readonly ended: { readonly matter: string; readonly at: string } | null;
}

const toldByEvents: readonly string[] = ['trading-stopped', 'cycle-died', 'books-differ'];

/** Null for a message that is no alarm's. */
export function alarmNoticeOf(message: string): AlarmNotice | null {
  const parsed = AlarmShape.safeParse(tryParseJson(message));
  if (!parsed.success) return null;
  const { AlarmName: name, AlarmDescription, NewStateValue: state, NewStateReason: reason, StateChangeTime } = parsed.data;
  const [, says = name, runbook] = /^(.*?)(?: Runbook: docs\/runbook\.md#([a-z0-9-]+))?$/s.exec(AlarmDescription ?? name) ?? [];
  const matter = `alarm/${name}`;
  if (state === 'INSUFFICIENT_DATA' || (runbook !== undefined && toldByEvents.includes(runbook))) return { alert: null, ended: null };
  const at = Number.isNaN(Date.parse(StateChangeTime)) ? StateChangeTime : new Date(Date.parse(StateChangeTime)).toISOString();
  const alert = alertOf({
    kind: 'alarm',
    subject: `${name} ${state}`,
    occurrence: `${name} ${StateChangeTime}`,
    severity: state === 'ALARM' ? 'HIGH' : 'LOW',
    category: 'SYSTEM',
    title: state === 'ALARM' ? says : `Over: ${says}`,
    lines: reason === '' ? [] : [reason],
    facts: { alarm: name, state },
    ...(runbook !== undefined && { runbook }),
    at,
    matter,
    onTopicByRule: true,
  });
  return { alert, ended: state === 'OK' ? { matter, at } : null };
}
