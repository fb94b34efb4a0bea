/**
 * The life of one order, as a reducer over what we did and what the broker reported, in the sense of FIX 4.4 (ExecutionReport, order state
 * changes of appendix D): PENDING → SUBMITTED → ACKNOWLEDGED → PARTIAL → FILLED, or CANCELLED, REJECTED, EXPIRED; UNKNOWN when a reply was
 * lost, until the broker answers by client id. PENDING was surely never sent, SUBMITTED and UNKNOWN perhaps.
 *
 * What always holds:
 *  - leaves = quantity − cumulative; the quantity changes only by a confirmed replace;
 *  - cumulative falls only by a bust;
 *  - a terminal state is final, and says what closed it: a fill that arrives later is booked and raises an incident;
 *  - a report or bust delivered twice, or after a newer one, changes nothing;
 *  - a cancel or replace that is pending lies beside the state, so fills meanwhile count, and its rejection takes nothing back.
 * A report that cannot be read (no price for its fills, another broker order, no number) books nothing: it marks the order's status as
 * unknown until a report comes that can be.
 *
 * Not covered: a broker correcting the price of an execution without busting it; reconciliation finds the cash.
 */
import type { EpochMs } from '../../kernel/units.ts';
import { type Bust, bustKnownTo, withoutBusts } from './busts.ts';
import { exactShares } from './exact-shares.ts';

export type OrderState = 'PENDING' | 'SUBMITTED' | 'ACKNOWLEDGED' | 'PARTIAL' | 'FILLED' | 'CANCELLED' | 'REJECTED' | 'EXPIRED' | 'UNKNOWN';

/** What was asked of a working order and not answered yet. */
export type PendingRequest = 'none' | 'cancel' | 'replace';

/** On whose word an order is over. */
export type ClosedBy =
  | 'broker-report'
  /** The broker answered the submission with no. */
  | 'broker-refusal'
  /** The broker turned the request away unread. */
  | 'broker-throttle'
  /** Asked by client id, after nothing could still be under way, the broker had no such order. */
  | 'broker-has-none'
  | 'never-sent';

export interface OrderRecord {
  readonly quantity: number;
  readonly state: OrderState;
  readonly pending: PendingRequest;
  /** The broker has it, in a status that we have no name for or could not read: nothing may be concluded, and no risk added. */
  readonly statusUnknown: boolean;
  readonly cumulative: number;
  readonly leaves: number;
  /** Mean price of what is filled; null while nothing is. */
  readonly averagePriceUsd: number | null;
  readonly busts: readonly Bust[];
  readonly brokerOrderId: string | null;
  /** Null while it is not terminal. */
  readonly closedBy: ClosedBy | null;
}

/** What the broker says; `state` comes from the broker's own table. */
export interface OrderReport {
  readonly kind: 'report';
  readonly state: Exclude<OrderState, 'PENDING'>;
  readonly brokerOrderId: string;
  readonly cumulative: number;
  readonly averagePriceUsd: number | null;
  /** The broker's instant of its last change to the order; null when it gives none. */
  readonly at: EpochMs | null;
}

/**
 * `refused`: the broker read the submission and said no. `turned-away`: it did not read it, as with HTTP 429. `never-arrived`: asked by
 * client id, it knows no such order (settle-order.ts says when that may be concluded). `withdrawn`: reserved and then not sent.
 */
export type OrderEvent =
  | { readonly kind: 'sending-begun' | 'reply-lost' | 'refused' | 'turned-away' | 'never-arrived' | 'withdrawn' }
  | { readonly kind: 'cancel-requested' | 'cancel-rejected' | 'replace-requested' | 'replace-rejected' }
  | OrderReport
  /** Taken under the same broker id. Where the broker makes a new order of it, the old one ends by its own report. */
  | { readonly kind: 'replace-confirmed'; readonly quantity: number }
  /** The exchange took an execution back. */
  | ({ readonly kind: 'bust' } & Bust);

export const incidentReasons = [
  'late-fill',
  'overfill',
  'fill-without-price',
  'report-unreadable',
  'two-broker-orders',
  'state-after-terminal',
  'exists-after-closed',
  'cumulative-fell',
  'report-unclear-after-bust',
  'bust-exceeds-filled',
] as const;
export type IncidentReason = (typeof incidentReasons)[number];

export type OrderEffect =
  | { readonly kind: 'fill' | 'bust'; readonly quantity: number; readonly priceUsd: number }
  | { readonly kind: 'incident'; readonly reason: IncidentReason };

export interface OrderStep {
  readonly order: OrderRecord;
  readonly effects: readonly OrderEffect[];
}

export const newOrder = (quantity: number): OrderRecord => ({
  ...{ quantity, state: 'PENDING', pending: 'none', statusUnknown: false },
  ...{ cumulative: 0, leaves: quantity, averagePriceUsd: null, busts: [] },
  ...{ brokerOrderId: null, closedBy: null },
});

export const isTerminal = (state: OrderState): boolean => rank[state] === TERMINAL;

/** Shares that may still trade: what an exposure check must assume. A terminal order has none. */
export const workingShares = ({ state, leaves }: Pick<OrderRecord, 'state' | 'leaves'>): number =>
  isTerminal(state) ? 0 : Math.max(0, leaves);

/** Nobody knows what became of it: no new risk in its symbol until somebody does. */
export const isUnsettled = (order: {
  readonly state: OrderState;
  readonly statusUnknown?: boolean;
  readonly brokerOrderId?: string | null;
}): boolean =>
  !isTerminal(order.state) &&
  (order.state === 'UNKNOWN' || order.statusUnknown === true || (order.state === 'SUBMITTED' && (order.brokerOrderId ?? null) === null));

export function applyOrderEvent(order: OrderRecord, event: OrderEvent): OrderStep {
  switch (event.kind) {
    case 'report':
      return applyReport(order, event);
    case 'bust':
      return applyBust(order, event);
    case 'sending-begun':
      return to(order, order.state === 'PENDING' && { state: 'SUBMITTED' });
    case 'reply-lost':
      return to(order, order.state === 'SUBMITTED' && { state: 'UNKNOWN' });
    case 'refused':
      return to(order, perhapsSent(order) && closed('REJECTED', 'broker-refusal'));
    case 'turned-away':
      return to(order, perhapsSent(order) && closed('REJECTED', 'broker-throttle'));
    case 'never-arrived':
      return to(order, perhapsSent(order) && closed('REJECTED', 'broker-has-none'));
    case 'withdrawn':
      return to(order, order.state === 'PENDING' && closed('CANCELLED', 'never-sent'));
    case 'cancel-requested':
      // Also over a pending replace: what stops an order waits for nothing.
      return to(order, isSent(order) && { pending: 'cancel' });
    case 'cancel-rejected':
      return to(order, order.pending === 'cancel' && { pending: 'none' });
    case 'replace-requested':
      return to(order, isSent(order) && order.brokerOrderId !== null && order.pending === 'none' && { pending: 'replace' });
    case 'replace-confirmed':
      return applyReplace(order, event.quantity);
    case 'replace-rejected':
      return to(order, order.pending === 'replace' && { pending: 'none' });
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

const to = (order: OrderRecord, change: Partial<OrderRecord> | false): OrderStep => ({
  order: change === false ? order : { ...order, ...change },
  effects: [],
});

const closed = (state: OrderState, closedBy: ClosedBy): Partial<OrderRecord> => ({
  state,
  closedBy,
  pending: 'none',
  statusUnknown: false,
});

/** May be under way, and the broker has not said a word of it. Once it has, only its own reports end the order. */
const perhapsSent = ({ state, brokerOrderId }: OrderRecord): boolean =>
  brokerOrderId === null && (state === 'SUBMITTED' || state === 'UNKNOWN');

const isSent = ({ state }: OrderRecord): boolean => state !== 'PENDING' && !isTerminal(state);

const incident = (reason: IncidentReason): OrderEffect => ({ kind: 'incident', reason });

function applyReport(order: OrderRecord, report: OrderReport): OrderStep {
  if (!readable(report)) return unread(order, report, 'report-unreadable');
  const told = withoutBusts(order.busts, report);
  const trouble = troubleWith(order, report, told.cumulative);
  if (trouble !== null) return unread(order, report, trouble);

  const terminal = isTerminal(order.state);
  const grew = told.cumulative > order.cumulative;
  const cumulative = grew ? told.cumulative : order.cumulative;
  const reported = stateFor(report.state, cumulative, order.quantity);
  const state = terminal ? order.state : later(order.state, reported);
  const closes = !terminal && isTerminal(state);
  return {
    order: {
      ...order,
      state,
      pending: closes ? 'none' : order.pending,
      statusUnknown: !isTerminal(state) && report.state === 'UNKNOWN',
      cumulative,
      leaves: order.quantity - cumulative,
      averagePriceUsd: grew ? told.averagePriceUsd : order.averagePriceUsd,
      brokerOrderId: order.brokerOrderId ?? report.brokerOrderId,
      closedBy: closes ? 'broker-report' : order.closedBy,
    },
    effects: [...(grew ? [fillOf(order, told)] : []), ...incidentsOf(order, report, told.cumulative).map(incident)],
  };
}

const readable = ({ cumulative, averagePriceUsd }: OrderReport): boolean =>
  Number.isFinite(cumulative) && cumulative >= 0 && (averagePriceUsd === null || (Number.isFinite(averagePriceUsd) && averagePriceUsd > 0));

function troubleWith(order: OrderRecord, report: OrderReport, cumulative: number): IncidentReason | null {
  if (order.brokerOrderId !== null && report.brokerOrderId !== order.brokerOrderId) return 'two-broker-orders';
  return cumulative > order.cumulative && report.averagePriceUsd === null ? 'fill-without-price' : null;
}

/** Nothing is booked, but the broker has it: no longer surely unsent. */
function unread(order: OrderRecord, report: OrderReport, reason: IncidentReason): OrderStep {
  const effects = [incident(reason)];
  if (isTerminal(order.state)) return { order, effects };
  const state = order.state === 'PENDING' ? 'UNKNOWN' : order.state;
  return { order: { ...order, state, statusUnknown: true, brokerOrderId: order.brokerOrderId ?? report.brokerOrderId }, effects };
}

function incidentsOf(order: OrderRecord, report: OrderReport, told: number): IncidentReason[] {
  const reasons: IncidentReason[] = [];
  const terminal = isTerminal(order.state);
  const cumulative = Math.max(order.cumulative, told);
  if (told > order.cumulative && terminal) reasons.push('late-fill');
  if (told > order.cumulative && told > order.quantity) reasons.push('overfill');
  // Only the last report of an order says how much it filled in all; an earlier one may be late and say less.
  if (isTerminal(report.state) && told < order.cumulative) reasons.push('cumulative-fell');
  if (report.at === null && order.busts.length > 0 && report.cumulative > cumulative) reasons.push('report-unclear-after-bust');
  const contradicts = terminal && report.state !== order.state && stateFor(report.state, cumulative, order.quantity) !== order.state;
  if (contradicts && order.closedBy !== 'broker-report') reasons.push('exists-after-closed');
  else if (contradicts && isTerminal(report.state)) reasons.push('state-after-terminal');
  return reasons;
}

/** A working order that has filled in part is PARTIAL, and one that has filled in full is FILLED, whatever the broker calls it. */
function stateFor(reported: OrderState, cumulative: number, quantity: number): OrderState {
  if (cumulative >= quantity) return 'FILLED';
  return cumulative > 0 && rank[reported] < TERMINAL ? 'PARTIAL' : reported;
}

const later = (held: OrderState, reported: OrderState): OrderState => (rank[reported] >= rank[held] ? reported : held);

/** The part that is new, at the price that explains the change of the average. */
function fillOf(order: OrderRecord, told: { readonly cumulative: number; readonly averagePriceUsd: number | null }): OrderEffect {
  const quantity = exactShares(told.cumulative - order.cumulative);
  const paidBefore = order.cumulative * (order.averagePriceUsd ?? 0);
  return { kind: 'fill', quantity, priceUsd: (told.cumulative * (told.averagePriceUsd ?? 0) - paidBefore) / quantity };
}

function applyBust(order: OrderRecord, { executionId, quantity, priceUsd, at }: Bust): OrderStep {
  if (bustKnownTo(order.busts, executionId)) return to(order, false);
  if (!(quantity > 0 && quantity <= order.cumulative)) return { order, effects: [incident('bust-exceeds-filled')] };
  if (!(priceUsd > 0 && Number.isFinite(priceUsd))) return { order, effects: [incident('report-unreadable')] };
  const cumulative = exactShares(order.cumulative - quantity);
  const paid = order.cumulative * (order.averagePriceUsd ?? 0) - quantity * priceUsd;
  const busts = [...order.busts, { executionId, quantity, priceUsd, at }];
  return {
    order: { ...order, cumulative, leaves: order.quantity - cumulative, averagePriceUsd: cumulative > 0 ? paid / cumulative : null, busts },
    effects: [{ kind: 'bust', quantity, priceUsd }],
  };
}

function applyReplace(order: OrderRecord, quantity: number): OrderStep {
  if (order.pending !== 'replace') return to(order, false);
  if (!(quantity > 0 && Number.isFinite(quantity))) return { order, effects: [incident('report-unreadable')] };
  const filled = order.cumulative >= quantity;
  const change = { quantity, leaves: quantity - order.cumulative, pending: 'none' } as const;
  return to(order, filled ? { ...change, ...closed('FILLED', 'broker-report') } : change);
}
