/** What an event means to people: an alert, the end of what an alert was about, or neither, with the reason. */

import type * as z from 'zod';
import type { EventType, eventSchemas } from '../../contracts/events.ts';
import type { AlertDraft } from '../../domain/alerts/alert.ts';

export type Detail<Type extends EventType> = z.infer<(typeof eventSchemas)[Type]>;

/** What a route fills in; kind, occurrence and time are the event's. */
export type Told = Omit<AlertDraft, 'kind' | 'occurrence' | 'at'>;

export type AlertRoute<Type extends EventType> =
  | { readonly kind: 'silent'; readonly because: string }
  | {
      readonly kind: 'told';
      /** Null for one that nobody need hear of. */
      tell(detail: Detail<Type>): Told | null;
      /** The matter that this event says is put right. */
      ends?(detail: Detail<Type>): string | null;
    };
