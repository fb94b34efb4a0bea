/**
 * The three writes that let an order go out, each one transaction whose conditions are the rules:
 *
 *  - reserve: the intent is written, PENDING, while nothing stops it, it does not exist yet, and there is room for it: open orders of the
 *    symbol, the cycle's exposure, messages a minute;
 *  - begin sending: PENDING becomes SUBMITTED, while still nothing stops it. From here on it was perhaps sent;
 *  - begin replacing: the order that takes another's place is written, SUBMITTED at once, and the other marked: a replacement is one
 *    message, so there is no time in which it is reserved and surely not sent.
 *
 * What refuses is read from the transaction's cancellation reasons, one for each part, in the order of the parts.
 *
 * The requests carry no token of ours. The SDK gives each call one of its own and keeps it over its retries, so a retry inside a call
 * changes nothing; a token derived from content would let two callers in the same millisecond both be told that they had won.
 *
 * The exposure of a cycle counts entries at their worst and gives nothing back when an order ends: within a cycle it errs towards less.
 * Messages are counted by the minute of the clock, at reservation, so across the turn of a minute twice as many may go.
 */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { ContractViolation } from '../../kernel/errors.ts';
import { parseMicroUsd } from '../../kernel/money.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochMs, OrderId, Price, Shares, Usd } from '../../kernel/units.ts';
import { type Table, toAttributes } from '../table.ts';
import { type GuardedPart, type ReservationGuard, type StopReason, stopChecks } from './guard.ts';
import { exposureKey, messagesKey, openItemKey, orderItem, orderItemKey, positionKey, usdNumber } from './items.ts';
import type { LedgerOrder, OrderIntent } from './order.ts';

export type ReservationReason =
  | StopReason
  | 'already-reserved'
  | 'too-many-open-orders'
  | 'exposure-over-limit'
  | 'message-rate-over-limit';

interface Standing<Reason extends string> extends Refusal<Reason> {
  /** `standing`: all that stands against it, `reason` among them. */
  readonly details: { readonly orderId: string; readonly symbol: string; readonly standing: readonly Reason[] };
}

export type ReservationRefusal = Standing<ReservationReason>;
/** `not-pending`: it was withdrawn, or another began before. */
export type SendingRefusal = Standing<StopReason | 'not-pending'>;
/** `not-replaceable`: it changed since it was read, ended, or something is asked of it already. */
export type ReplacementRefusal = Standing<ReservationReason | 'not-replaceable'>;

/** What an order becomes; the rest stays. */
export interface Replacing {
  readonly orderId: OrderId;
  readonly quantity: Shares;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
  readonly worstCaseUsd: Usd;
}

/** @throws ContractViolation for an order of nothing, and for one whose worst case would make room instead of taking it. */
export function reservedOrder(intent: OrderIntent, at: EpochMs): LedgerOrder {
  const { quantity, worstCaseUsd } = intent;
  if (!(quantity > 0 && Number.isFinite(quantity) && worstCaseUsd >= 0 && Number.isFinite(worstCaseUsd)))
    throw new ContractViolation('an order has a positive quantity, and a worst case of zero or more', { ...intent });
  return { ...intent, state: 'PENDING', pending: 'none', cumulativeQuantity: 0 as Shares, reservedAt: at, updatedAt: at, version: 1 };
}

export const reservationParts = (
  ledger: Table,
  order: LedgerOrder,
  guard: ReservationGuard,
  committedUsd = reservedUsdOf(order),
): GuardedPart<ReservationReason>[] => [
  ...stopChecks(order, guard),
  { part: ledger.putting(orderItem(order), 'attribute_not_exists(pk)'), reason: 'already-reserved' },
  { part: openOrderPart(ledger, order, guard.openOrdersPerSymbolMax), reason: 'too-many-open-orders' },
  ...(order.reducing
    ? []
    : [{ part: exposurePart(ledger, order, committedUsd, guard.exposureUsdMax), reason: 'exposure-over-limit' as const }]),
  { part: messagePart(ledger, order, guard.messagesPerMinuteMax), reason: 'message-rate-over-limit' },
  { part: ledger.putting({ ...openItemKey(order.orderId), cycleId: order.cycleId, symbol: order.symbol }), reason: null },
];

/**
 * `from`: PENDING for the first sender. SUBMITTED for one who follows a sender that died, after the broker said that it has no such order,
 * and only where the broker refuses a second order of the same id; the submission window then counts anew.
 */
export function sendingParts(
  ledger: Table,
  order: OrderIntent,
  guard: ReservationGuard,
  at: EpochMs,
  from: 'PENDING' | 'SUBMITTED',
): GuardedPart<StopReason | 'not-pending'>[] {
  const begin: TransactWriteItem = {
    Update: {
      TableName: ledger.name,
      Key: toAttributes(orderItemKey(order)),
      UpdateExpression: `SET #state = :submitted, sentAt = :at, updatedAt = :at${from === 'SUBMITTED' ? ', sentAgain = :true' : ''} ADD #version :one`,
      ConditionExpression: '#state = :from AND attribute_not_exists(brokerOrderId)',
      ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
      ExpressionAttributeValues: toAttributes({ ':submitted': 'SUBMITTED', ':at': at, ':one': 1, ':from': from, ...(from === 'SUBMITTED' && { ':true': true }) }),
    },
  };
  return [...stopChecks(order, guard), { part: begin, reason: 'not-pending' }];
}

/** The broker lets only one of the two trade, so what is committed grows by the difference; until the old one has ended, both are reserved. */
export function replacementParts(
  ledger: Table,
  before: LedgerOrder,
  { orderId, ...by }: Replacing,
  guard: ReservationGuard,
  at: EpochMs,
): { readonly parts: GuardedPart<ReplacementRefusal['reason']>[]; readonly replacement: LedgerOrder; readonly replaced: LedgerOrder } {
  const intent = intentOf(before);
  const replacement: LedgerOrder = {
    ...reservedOrder({ ...intent, ...by, orderId }, at),
    ...{ state: 'SUBMITTED', sentAt: at, replaces: before.orderId },
  };
  const replaced: LedgerOrder = { ...before, pending: 'replace', replacedBy: orderId, updatedAt: at, version: before.version + 1 };
  const grownUsd = Math.max(0, usdNumber(parseMicroUsd((reservedUsdOf(replacement) - reservedUsdOf(before)).toFixed(2))));
  const parts: GuardedPart<ReplacementRefusal['reason']>[] = [
    ...reservationParts(ledger, replacement, guard, grownUsd),
    {
      part: ledger.putting(orderItem(replaced), '#version = :before', { ':before': before.version }, { '#version': 'version' }),
      reason: 'not-replaceable',
    },
  ];
  return { parts, replacement, replaced };
}

/**
 * Undefined when no condition failed and the cause is another. That the order is there already comes before all else: it may
 * have been sent, so it must be followed up whatever else stands against it.
 */
export function standingAgainst<Reason extends string>(
  order: OrderIntent,
  parts: readonly GuardedPart<Reason>[],
  codes: readonly (string | undefined)[],
): Standing<Reason> | undefined {
  const standing = parts.flatMap(({ reason }, i) => (reason !== null && codes[i] === 'ConditionalCheckFailed' ? [reason] : []));
  const reason = standing.find((one) => one === 'already-reserved') ?? standing[0];
  const details = { orderId: order.orderId, symbol: order.symbol, standing };
  return reason && { ...refuse(reason), details };
}

/** Dollars to the cent upwards, so that what is added at reservation is exactly what is taken off at the end. */
export const reservedUsdOf = ({ worstCaseUsd }: Pick<OrderIntent, 'worstCaseUsd'>): number =>
  usdNumber(parseMicroUsd((Math.ceil(worstCaseUsd * 100 - 1e-6) / 100).toFixed(2)));

const openOrderPart = (ledger: Table, order: OrderIntent, max: number): TransactWriteItem =>
  counterPart(ledger, positionKey(order.symbol), 'ADD openOrders :one, reservedUsd :reserved', {
    condition: max >= 1 ? 'attribute_not_exists(openOrders) OR openOrders < :max' : 'openOrders < :max',
    values: { ':one': 1, ':reserved': reservedUsdOf(order), ':max': max },
  });

/** An order that alone is beyond the limit must not pass for being the first. */
const exposurePart = (ledger: Table, order: OrderIntent, committedUsd: number, max: number): TransactWriteItem =>
  counterPart(ledger, exposureKey(order.cycleId), 'ADD committedUsd :usd', {
    condition: committedUsd <= max ? 'attribute_not_exists(committedUsd) OR committedUsd <= :room' : 'committedUsd <= :room',
    values: { ':usd': committedUsd, ':room': Math.floor((max - committedUsd) * 100 + 1e-6) / 100 },
  });

const messagePart = (ledger: Table, order: LedgerOrder, max: number): TransactWriteItem =>
  counterPart(ledger, messagesKey(order.cycleId, order.reservedAt), 'ADD messages :one', {
    condition: max >= 1 ? 'attribute_not_exists(messages) OR messages < :max' : 'messages < :max',
    values: { ':one': 1, ':max': max },
  });

const counterPart = (
  ledger: Table,
  key: Parameters<typeof toAttributes>[0],
  UpdateExpression: string,
  { condition, values }: { readonly condition: string; readonly values: Record<string, unknown> },
): TransactWriteItem => ({
  Update: {
    TableName: ledger.name,
    Key: toAttributes(key),
    UpdateExpression,
    ConditionExpression: condition,
    ExpressionAttributeValues: toAttributes(values),
  },
});

/** Without what became of the order. */
function intentOf(order: LedgerOrder): OrderIntent {
  const { cycleId, orderId, strategy, broker, symbol, side, type, timeInForce, quantity, limitPrice, stopPrice } = order;
  const { shortSale, attached, reducing, worstCaseUsd, decisionPriceUsd, arrivalPriceUsd, parentId } = order;
  return {
    ...{ cycleId, orderId, strategy, broker, symbol, side, type, timeInForce, quantity, reducing, worstCaseUsd, decisionPriceUsd },
    ...(limitPrice !== undefined && { limitPrice }),
    ...(stopPrice !== undefined && { stopPrice }),
    ...(shortSale !== undefined && { shortSale }),
    ...(attached !== undefined && { attached }),
    ...(arrivalPriceUsd !== undefined && { arrivalPriceUsd }),
    ...(parentId !== undefined && { parentId }),
  };
}
