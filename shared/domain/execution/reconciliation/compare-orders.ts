/**
 * The orders' side of a reconciliation: which of our orders the broker knows more of than the ledger does, and which of the orders that
 * work at the broker the ledger does not have as open.
 *
 * A fill names its order by the broker's id. An order of ours is asked about when the fills that are known of it are more than what is
 * booked, or when it is final and short of its quantity: the fills listed go back only so far, so their sum alone cannot tell that none
 * came late. An order that was executed in full has nothing more to tell unless it was overfilled, which the sum shows.
 */
import { nanoSharesFromFloat } from '../../../kernel/money.ts';
import type { OrderId, Shares, Ticker } from '../../../kernel/units.ts';
import type { FillActivity } from './account-activity.ts';

export interface BookedOrder {
  readonly orderId: OrderId;
  readonly brokerOrderId?: string;
  readonly quantity: Shares;
  readonly cumulativeQuantity: Shares;
}

export interface WorkingOrder {
  readonly brokerOrderId: string;
  readonly clientOrderId: OrderId;
  readonly symbol: Ticker;
}

/** In the order they were given in. */
export function ordersToAskAbout<Order extends BookedOrder>(orders: readonly Order[], fills: readonly FillActivity[]): Order[] {
  const filled = new Map<string, bigint>();
  for (const { brokerOrderId, quantity } of fills) {
    filled.set(brokerOrderId, (filled.get(brokerOrderId) ?? 0n) + nanoSharesFromFloat(quantity));
  }
  return orders.filter(({ brokerOrderId, quantity, cumulativeQuantity }) => {
    const known = brokerOrderId === undefined ? undefined : filled.get(brokerOrderId);
    if (known === undefined) return false;
    return nanoSharesFromFloat(cumulativeQuantity) < nanoSharesFromFloat(quantity) || known > nanoSharesFromFloat(cumulativeQuantity);
  });
}

export interface StrayOrders<Order> {
  /** They carry this fund's name, and the ledger does not have them as open: something sent them that the ledger does not know of. */
  readonly ours: readonly Order[];
  /** Somebody else's, e.g. entered by hand. What they execute comes as a manual trade. */
  readonly foreign: readonly Order[];
}

/** `fund`: what our client order ids begin with. */
export function strayOrders<Order extends WorkingOrder>(
  working: readonly Order[],
  openInLedger: ReadonlySet<OrderId>,
  fund: string,
): StrayOrders<Order> {
  const strays = working.filter(({ clientOrderId }) => !openInLedger.has(clientOrderId));
  const isOurs = ({ clientOrderId }: Order): boolean => clientOrderId.startsWith(`${fund}-`);
  return { ours: strays.filter(isOurs), foreign: strays.filter((order) => !isOurs(order)) };
}
