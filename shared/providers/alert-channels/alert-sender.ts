/** Somebody who puts a message before people: the port that each channel is behind. */
import type { AlertMessage } from '../../domain/alerts/message.ts';
import type { AlertChannel } from '../../domain/policy/alert-rules.ts';
import type { Refusal } from '../../kernel/refusal.ts';

export interface Delivered {
  readonly kind: 'delivered';
  readonly attempts: number;
}

/** The first four may pass: the same message may be taken later. The others were told no, and would be again. */
export type UndeliveredReason = 'throttled' | 'timed-out' | 'unreachable' | 'service-failed' | 'message-refused' | 'not-authorised';

export type Delivery = Delivered | Refusal<UndeliveredReason>;

export interface AlertSender {
  readonly channel: AlertChannel;
  /** Never throws for what the channel's service did. Details of a refusal hold a status or an error's name, and no text of the service. */
  send(message: AlertMessage): Promise<Delivery>;
}
