/**
 * What may be concluded of an order from the broker's answer when asked for it by client id.
 *
 * Found: what the broker says. Not found, and perhaps sent: nothing, until `submissionWindowMs` after the sender began, because it may
 * still be about to send (a zombie); after that, it never arrived. The argument for the window:
 *  - a sender has `sendingWindowMs` from beginning to the broker call (`maySendNow` is asked just before it), and the function it runs in
 *    ends within the same time;
 *  - the broker call takes at most its own timeout of 10 s, and what is accepted can be looked up at once;
 *  - two clocks of AWS functions differ by much less than what is left of the 30 s between the two windows.
 * Not found, though the broker once acknowledged it: nothing, ever; a person must look.
 *
 * Not covered: a broker that shows an accepted order by client id only after longer than that.
 */
import { invariant } from '../../kernel/errors.ts';
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import type { EpochMs } from '../../kernel/units.ts';
import { newYorkDay } from '../market/new-york-time.ts';
import { isTerminal, type OrderState } from './order-lifecycle.ts';

export const sendingWindowMs = 120_000;
export const submissionWindowMs = 150_000;

export interface OrderToSettle {
  readonly orderId: string;
  readonly state: OrderState;
  /** When the last sender began; absent while it is PENDING. */
  readonly sentAt?: EpochMs;
  readonly brokerOrderId?: string;
}

export type Settlement<Found> =
  | { readonly kind: 'evidence'; readonly evidence: Found }
  /** Never sent: withdraw it. */
  | { readonly kind: 'unsent' }
  | { readonly kind: 'never-arrived' }
  /** Too early to say; ask again at `until`. */
  | { readonly kind: 'wait'; readonly until: EpochMs }
  /** The broker had it, or may have had it on an earlier day that it does not remember, and says that it has not: a person must look. */
  | { readonly kind: 'vanished' }
  /** Final, and the broker adds nothing. */
  | { readonly kind: 'settled' }
  /** The broker did not answer the question. */
  | { readonly kind: 'unanswered'; readonly reason: string };

/** `answer`: the broker's order, or its refusal, of which only `not-found` says anything. @throws InvariantViolation for one sent at no time. */
export function settlementOf<Found extends object>(
  order: OrderToSettle,
  answer: Found | Refusal,
  now: EpochMs,
  remembers: 'always' | 'same-day',
): Settlement<Found> {
  if (!isRefusal(answer)) return { kind: 'evidence', evidence: answer };
  if (answer.reason !== 'not-found') return { kind: 'unanswered', reason: answer.reason };
  if (isTerminal(order.state)) return { kind: 'settled' };
  if (order.brokerOrderId !== undefined) return { kind: 'vanished' };
  if (order.state === 'PENDING') return { kind: 'unsent' };
  const until = windowEndOf(order);
  // A broker that forgets what ended on an earlier day cannot say of that day that it never had it.
  if (remembers === 'same-day' && newYorkDay(order.sentAt!) !== newYorkDay(now)) return { kind: 'vanished' };
  return now >= until ? { kind: 'never-arrived' } : { kind: 'wait', until };
}

/** The first instant at which "the broker has none" means that it never arrived. @throws InvariantViolation for one sent at no time. */
export function windowEndOf({ orderId, sentAt }: Pick<OrderToSettle, 'orderId' | 'sentAt'>): EpochMs {
  invariant(sentAt !== undefined && Number.isFinite(sentAt), 'an order that may have been sent says when its sender began', { orderId });
  return (sentAt + submissionWindowMs) as EpochMs;
}

/** Asked just before the broker call: whoever was held up for longer since it began does not send any more. */
export const maySendNow = (sentAt: EpochMs, now: EpochMs): boolean => now - sentAt < sendingWindowMs;
