/**
 * From an event of the bus to what people hear of it. Total over the catalogue: a type that is added does not compile before somebody has
 * said who hears of it, or why nobody does.
 */
import type { BallastEvent, EventType } from '../../contracts/events.ts';
import { type Alert, alertOf } from '../../domain/alerts/alert.ts';
import type { HeardType } from '../event-consumer.ts';
import type { AlertRoute } from './alert-route.ts';
import { controlRoutes } from './routes-of-control.ts';
import { onTopicByRule, tradingRoutes } from './routes-of-trading.ts';

export const alertRoutes: { readonly [Type in EventType]: AlertRoute<Type> } = { ...tradingRoutes, ...controlRoutes };

/** What the bus is to hand to the function that sends alerts; the rule in the template names the same. */
export const alertedTypes = (Object.keys(alertRoutes) as HeardType[]).filter((type) => alertRoutes[type].kind === 'told').sort();

/** Null for an event that nobody need hear of. */
export function alertOfEvent({ type, detail }: BallastEvent): Alert | null {
  const route = alertRoutes[type] as AlertRoute<EventType>;
  if (route.kind === 'silent' || !('eventId' in detail)) return null;
  const told = route.tell(detail);
  if (told === null) return null;
  const byRule = (onTopicByRule as readonly EventType[]).includes(type);
  return alertOf({ ...told, kind: type, occurrence: detail.eventId, at: detail.at, onTopicByRule: byRule });
}

/** The matter that this event says is put right, and when; null for one that ends nothing. */
export function matterEndedBy({ type, detail }: BallastEvent): { readonly matter: string; readonly at: string } | null {
  const route = alertRoutes[type] as AlertRoute<EventType>;
  const matter = route.kind === 'told' ? (route.ends?.(detail) ?? null) : null;
  return matter === null || !('at' in detail) ? null : { matter, at: detail.at };
}
