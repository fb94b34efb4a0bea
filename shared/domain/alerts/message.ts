/**
 * An alert as it is put before a person, before any channel has its say on markup: heading, title, lines, facts, notes, and where to go on.
 * The notes say what the alert itself does not know: how often it happened again, and that nobody has acknowledged it.
 */
import { withoutSecrets } from '../../kernel/secret-texts.ts';
import type { EpochMs } from '../../kernel/units.ts';
import type { Severity } from '../policy/alert-rules.ts';
import { type Alert, type AlertFact, withTexts } from './alert.ts';

export interface AlertMessage {
  readonly severity: Severity;
  /** E.g. `CRITICAL · RISK · Ballast paper`. */
  readonly heading: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly facts: readonly AlertFact[];
  readonly notes: readonly string[];
  readonly footer: readonly string[];
}

export interface MessageContext {
  readonly stage: string;
  /** The same before this one, counted and not sent. */
  readonly repeats: { readonly count: number; readonly since: string } | null;
  readonly round: number;
  readonly roundsMax: number;
  readonly sentAt: EpochMs;
}

export function messageOf(alert: Alert, { stage, repeats, round, roundsMax, sentAt }: MessageContext): AlertMessage {
  const { severity, category, title, lines, facts, runbook, alertId, at } = alert;
  const openMinutes = Math.max(0, Math.round((sentAt - Date.parse(at)) / 60_000));
  return {
    severity,
    heading: `${severity} · ${category} · Ballast ${stage}`,
    title,
    lines,
    facts,
    notes: [
      ...(round > 0 ? [`Nobody has acknowledged this for ${openMinutes} minutes; reminder ${round} of ${roundsMax}.`] : []),
      ...(repeats && repeats.count > 0 ? [`and ${repeats.count} more since ${repeats.since.slice(11, 16)} UTC`] : []),
    ],
    footer: [
      `${at.slice(0, 19).replace('T', ' ')} UTC`,
      ...(runbook === null ? [] : [`docs/runbook.md#${runbook}`]),
      severity === 'CRITICAL' ? `ballast alerts ack ${alertId}` : alertId,
    ],
  };
}

/** The same without texts that are known to be secret. */
export function scrubbed(message: AlertMessage, secrets: readonly string[]): AlertMessage {
  const clean = (text: string): string => withoutSecrets(text, secrets);
  return { ...withTexts(message, clean), notes: message.notes.map(clean), footer: message.footer.map(clean) };
}
