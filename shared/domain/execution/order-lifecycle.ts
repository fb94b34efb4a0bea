/**
 * The life of one order, as a reducer over what we did and what the broker reported.
 *
 * PENDING → SUBMITTED → ACKNOWLEDGED → PARTIAL → FILLED, or CANCELLED, REJECTED, EXPIRED; UNKNOWN when a reply was lost, until the broker
 * answers by client id. What always holds:
 *  - leaves = quantity − cumulative;
 *  - cumulative falls only by a bust;
 *  - a terminal state is final: a fill that arrives later is booked and raises an incident;
 *  - a report delivered twice, or after a newer one, changes nothing.
 */

export type OrderState = 'PENDING' | 'SUBMITTED' | 'ACKNOWLEDGED' | 'PARTIAL' | 'FILLED' | 'CANCELLED' | 'REJECTED' | 'EXPIRED' | 'UNKNOWN';

export interface OrderRecord {
  readonly quantity: number;
  readonly state: OrderState;
  readonly cumulative: number;
  readonly leaves: number;
  /** The most the broker ever reported as filled; a bust does not lower it, so an old report cannot book a busted fill again. */
  readonly highestReported: number;
  /** Mean price of what is filled; null while nothing is. */
  readonly averagePriceUsd: number | null;
  readonly brokerOrderId: string | null;
}

export type OrderEvent =
  | { readonly kind: 'submitted' }
  | { readonly kind: 'reply-lost' }
  /** What the broker says; `state` comes from the broker's own table. */
  | {
      readonly kind: 'report';
      readonly state: OrderState;
      readonly brokerOrderId: string;
      readonly cumulative: number;
      readonly averagePriceUsd: number | null;
    }
  /** Asked by client id, the broker knows no such order. */
  | { readonly kind: 'never-arrived' }
  /** The exchange took a fill back. */
  | { readonly kind: 'bust'; readonly quantity: number };

export type OrderEffect =
  | { readonly kind: 'fill'; readonly quantity: number; readonly priceUsd: number }
  | { readonly kind: 'bust'; readonly quantity: number }
  | {
      readonly kind: 'incident';
      readonly reason: 'late-fill' | 'overfill' | 'fill-without-price' | 'state-after-terminal' | 'bust-exceeds-filled';
    };

export const newOrder = (quantity: number): OrderRecord => ({
  quantity,
  state: 'PENDING',
  cumulative: 0,
  leaves: quantity,
  highestReported: 0,
  averagePriceUsd: null,
  brokerOrderId: null,
});

export const isTerminal = (state: OrderState): boolean => rank[state] === TERMINAL;

/** Shares that may still trade: what an exposure check must assume. A terminal order has none. */
export const workingShares = ({ state, leaves }: OrderRecord): number => (isTerminal(state) ? 0 : Math.max(0, leaves));

export function applyOrderEvent(order: OrderRecord, event: OrderEvent): { order: OrderRecord; effects: readonly OrderEffect[] } {
  switch (event.kind) {
    case 'submitted':
      return unaffected(order.state === 'PENDING' ? { ...order, state: 'SUBMITTED' } : order);
    case 'reply-lost':
      return unaffected(order.state === 'PENDING' || order.state === 'SUBMITTED' ? { ...order, state: 'UNKNOWN' } : order);
    case 'never-arrived':
      return unaffected(order.state === 'UNKNOWN' && order.cumulative === 0 ? { ...order, state: 'REJECTED' } : order);
    case 'bust':
      return applyBust(order, event.quantity);
    case 'report':
      return applyReport(order, event);
  }
}

const TERMINAL = 4;
const rank: Readonly<Record<OrderState, number>> = {
  PENDING: 0,
  UNKNOWN: 0,
  SUBMITTED: 1,
  ACKNOWLEDGED: 2,
  PARTIAL: 3,
  FILLED: TERMINAL,
  CANCELLED: TERMINAL,
  REJECTED: TERMINAL,
  EXPIRED: TERMINAL,
};

const unaffected = (order: OrderRecord): { order: OrderRecord; effects: readonly OrderEffect[] } => ({ order, effects: [] });

function applyReport(order: OrderRecord, report: Extract<OrderEvent, { kind: 'report' }>): ReturnType<typeof applyOrderEvent> {
  const effects: OrderEffect[] = [];
  const terminal = isTerminal(order.state);
  const added = Math.max(0, report.cumulative - order.highestReported);
  const grew = added > 0;
  const cumulative = order.cumulative + added;
  if (grew) {
    effects.push(...fillEffects(order, report, added));
    if (terminal) effects.push({ kind: 'incident', reason: 'late-fill' });
    if (cumulative > order.quantity) effects.push({ kind: 'incident', reason: 'overfill' });
  }
  if (terminal && isTerminal(report.state) && report.state !== order.state)
    effects.push({ kind: 'incident', reason: 'state-after-terminal' });

  const state = terminal ? order.state : later(order.state, stateFor(report.state, cumulative, order.quantity));
  const averagePriceUsd = grew ? (report.averagePriceUsd ?? order.averagePriceUsd) : order.averagePriceUsd;
  return {
    order: {
      ...order,
      state,
      cumulative,
      leaves: order.quantity - cumulative,
      highestReported: order.highestReported + added,
      averagePriceUsd,
      brokerOrderId: order.brokerOrderId ?? report.brokerOrderId,
    },
    effects,
  };
}

/** A working order that has filled in part is PARTIAL, and one that has filled in full is FILLED, whatever the broker calls it. */
function stateFor(reported: OrderState, cumulative: number, quantity: number): OrderState {
  if (cumulative >= quantity) return 'FILLED';
  return cumulative > 0 && rank[reported] < TERMINAL ? 'PARTIAL' : reported;
}

const later = (held: OrderState, reported: OrderState): OrderState => (rank[reported] >= rank[held] ? reported : held);

/** The part that is new, at the price that explains the change of the average. */
function fillEffects(order: OrderRecord, report: Extract<OrderEvent, { kind: 'report' }>, quantity: number): OrderEffect[] {
  if (report.averagePriceUsd === null) return [{ kind: 'incident', reason: 'fill-without-price' }];
  const valueBefore = order.highestReported * (order.averagePriceUsd ?? 0);
  return [{ kind: 'fill', quantity, priceUsd: (report.cumulative * report.averagePriceUsd - valueBefore) / quantity }];
}

function applyBust(order: OrderRecord, quantity: number): ReturnType<typeof applyOrderEvent> {
  if (!(quantity > 0 && quantity <= order.cumulative)) return { order, effects: [{ kind: 'incident', reason: 'bust-exceeds-filled' }] };
  const cumulative = order.cumulative - quantity;
  return {
    order: { ...order, cumulative, leaves: order.quantity - cumulative },
    effects: [{ kind: 'bust', quantity }],
  };
}
