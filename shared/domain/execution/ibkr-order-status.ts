/**
 * Each of TWS's order states as exactly one of ours (TWS API, "Possible Order States"). A state not listed is UNKNOWN: it keeps its exposure
 * reserved until a person or a later report settles it.
 *
 * Two words are used both of orders that are over and of orders that may yet trade, so a working order that bears one is UNKNOWN too:
 *  - Inactive: rejected, or held (shares for a short sale are being located, the exchange is closed, a precaution waits for a click);
 *  - ApiCancelled: its cancellation was asked for before it was acknowledged, and has not been confirmed.
 * Among TWS's completed orders they are final.
 */
import type { OrderState } from './order-lifecycle.ts';

const working: Readonly<Record<string, OrderState>> = {
  // In TWS, waiting for the definition of its security; not sent on yet.
  ApiPending: 'SUBMITTED',
  // Sent on, not confirmed by the destination.
  PendingSubmit: 'SUBMITTED',
  // Held by IB until a condition is met: a stop price, the open, a located share.
  PreSubmitted: 'ACKNOWLEDGED',
  Submitted: 'ACKNOWLEDGED',
  // Asked for, not confirmed: it may still fill.
  PendingCancel: 'ACKNOWLEDGED',
  ApiCancelled: 'UNKNOWN',
  Cancelled: 'CANCELLED',
  Filled: 'FILLED',
  Inactive: 'UNKNOWN',
};

const completed: Readonly<Record<string, OrderState>> = {
  Filled: 'FILLED',
  Cancelled: 'CANCELLED',
  ApiCancelled: 'CANCELLED',
  Inactive: 'REJECTED',
};

export const ibkrOrderStatuses: readonly string[] = Object.keys(working);

/** Of an order that TWS lists or reports as working, or reports as just over. */
export const orderStateFromIbkr = (status: string): OrderState => (Object.hasOwn(working, status) ? working[status]! : 'UNKNOWN');

/** Of an order in TWS's list of completed orders. */
export const completedStateFromIbkr = (status: string): OrderState => (Object.hasOwn(completed, status) ? completed[status]! : 'UNKNOWN');
