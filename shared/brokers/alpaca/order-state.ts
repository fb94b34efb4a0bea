/** Every order status Alpaca documents, and the one state it is to us. A status that is not here is `UNKNOWN`. */
import type { BrokerOrderState } from '../broker.ts';

const stateOfStatus: Readonly<Record<string, BrokerOrderState>> = {
  accepted: 'ACKNOWLEDGED',
  pending_new: 'ACKNOWLEDGED',
  accepted_for_bidding: 'ACKNOWLEDGED',
  new: 'ACKNOWLEDGED',
  held: 'ACKNOWLEDGED',
  // A request is under way; until it is done the order may still trade.
  pending_cancel: 'ACKNOWLEDGED',
  pending_replace: 'ACKNOWLEDGED',
  // A trade is guaranteed but has not happened.
  stopped: 'ACKNOWLEDGED',
  suspended: 'ACKNOWLEDGED',
  // No more today; what is left goes on tomorrow or ends with a status of its own.
  done_for_day: 'ACKNOWLEDGED',
  calculated: 'ACKNOWLEDGED',
  partially_filled: 'PARTIAL',
  filled: 'FILLED',
  canceled: 'CANCELLED',
  // The order that took its place has an id of its own.
  replaced: 'CANCELLED',
  rejected: 'REJECTED',
  expired: 'EXPIRED',
};

export const documentedStatuses: readonly string[] = Object.keys(stateOfStatus);

export const orderStateOf = (status: string): BrokerOrderState => stateOfStatus[status] ?? 'UNKNOWN';
