/**
 * Each of Alpaca's order states as exactly one of ours (Trading API, schema OrderStatus). A state not listed is UNKNOWN: it keeps its
 * exposure reserved until a person or a later report settles it.
 */
import type { OrderState } from './order-lifecycle.ts';

const table: Readonly<Record<string, OrderState>> = {
  pending_new: 'SUBMITTED',
  accepted: 'ACKNOWLEDGED',
  accepted_for_bidding: 'ACKNOWLEDGED',
  new: 'ACKNOWLEDGED',
  held: 'ACKNOWLEDGED',
  // A trade is guaranteed but has not occurred.
  stopped: 'ACKNOWLEDGED',
  suspended: 'ACKNOWLEDGED',
  pending_cancel: 'ACKNOWLEDGED',
  pending_replace: 'ACKNOWLEDGED',
  // Done for today, but Alpaca may still report: not final.
  done_for_day: 'ACKNOWLEDGED',
  calculated: 'ACKNOWLEDGED',
  partially_filled: 'PARTIAL',
  filled: 'FILLED',
  canceled: 'CANCELLED',
  // This id is over; the order that replaced it has its own.
  replaced: 'CANCELLED',
  expired: 'EXPIRED',
  rejected: 'REJECTED',
};

export const alpacaOrderStatuses: readonly string[] = Object.keys(table);

export const orderStateFromAlpaca = (status: string): OrderState => (Object.hasOwn(table, status) ? table[status]! : 'UNKNOWN');
