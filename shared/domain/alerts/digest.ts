/**
 * What waited through the quiet hours, as one alert: as severe as the most severe of them, a line for each, oldest first.
 * Its id follows from those of its members, so that a digest made again after a failure is the same one.
 */
import type { EpochMs } from '../../kernel/units.ts';
import { severities } from '../policy/alert-rules.ts';
import { type Alert, alertOf, secondText } from './alert.ts';

const linesMost = 11;

export interface Held {
  readonly alert: Alert;
  /** How often it happened again. */
  readonly repeats: number;
}

/** Null of nothing. */
export function digestOf(held: readonly Held[], at: EpochMs): Alert | null {
  if (held.length === 0) return null;
  const inOrder = held.toSorted((a, b) =>
    a.alert.at === b.alert.at ? compare(a.alert.alertId, b.alert.alertId) : compare(a.alert.at, b.alert.at),
  );
  const severity = severities.findLast((one) => held.some(({ alert }) => alert.severity === one))!;
  const shown = inOrder.slice(0, linesMost);
  const more = inOrder.length - shown.length;
  const occurrence = inOrder.map(({ alert }) => alert.alertId).join(' ');
  return alertOf({
    kind: 'digest',
    subject: 'quiet hours',
    occurrence,
    severity,
    category: 'SYSTEM',
    title: `${held.length === 1 ? 'One alert' : `${held.length} alerts`} waited through the quiet hours`,
    lines: [...shown.map(lineOf), ...(more > 0 ? [`and ${more} more: "ballast alerts" lists them all`] : [])],
    at: secondText(at),
  });
}

const lineOf = ({ alert, repeats }: Held): string =>
  `${alert.at.slice(5, 16).replace('T', ' ')} UTC ${alert.severity} ${alert.title}${repeats > 0 ? ` (${repeats + 1} times)` : ''}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
