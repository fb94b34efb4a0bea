/**
 * Reserving an order: one transaction that writes the intent only while trading is allowed, the lease still stands, the
 * order does not exist yet, and the symbol has room for another open order. What stops it is read from the
 * transaction's cancellation reasons, one for each part, in the order of the parts.
 */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { controlKey } from '../../contracts/control.ts';
import { contentHash } from '../../kernel/canonical-json.ts';
import { parseMicroUsd } from '../../kernel/money.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochMs, Shares } from '../../kernel/units.ts';
import { leaseKey } from '../leases.ts';
import { type Table, toAttributes } from '../table.ts';
import { openItemKey, orderItem, positionKey, usdNumber } from './items.ts';
import type { LedgerOrder, OrderIntent } from './order.ts';

export interface ReservationGuard {
  /** The policy table, and the control epoch that the cycle read at its start. */
  readonly control: { readonly table: string; readonly epoch: number };
  /** The lease table, and the token that the cycle was given. */
  readonly lease: { readonly table: string; readonly token: number };
  readonly openOrdersPerSymbolMax: number;
}

const reasons = ['control-not-running', 'lease-lost', 'already-reserved', 'too-many-open-orders'] as const;
type Reason = (typeof reasons)[number];

export interface ReservationRefusal extends Refusal<Reason> {
  /** `standing`: all that stands against it, `reason` among them. */
  readonly details: { readonly orderId: string; readonly symbol: string; readonly standing: readonly Reason[] };
}

export const reservedOrder = (intent: OrderIntent, at: EpochMs): LedgerOrder => ({
  ...intent,
  ...{ state: 'PENDING', cumulativeQuantity: 0 as Shares, reservedAt: at, updatedAt: at, version: 1 },
});

/** The parts, in the order that `reservationRefusal` reads the reasons in. */
export function reservationParts(
  ledger: Table,
  order: LedgerOrder,
  { control, lease, openOrdersPerSymbolMax }: ReservationGuard,
): TransactWriteItem[] {
  const allowedStates = order.reducing ? { ':running': 'RUNNING', ':reduceOnly': 'REDUCE_ONLY' } : { ':running': 'RUNNING' };
  return [
    {
      ConditionCheck: {
        TableName: control.table,
        Key: toAttributes(controlKey),
        ConditionExpression: `#state IN (${Object.keys(allowedStates).join(', ')}) AND #epoch = :epoch`,
        ExpressionAttributeNames: { '#state': 'state', '#epoch': 'epoch' },
        ExpressionAttributeValues: toAttributes({ ...allowedStates, ':epoch': control.epoch }),
      },
    },
    {
      ConditionCheck: {
        TableName: lease.table,
        Key: toAttributes(leaseKey),
        ConditionExpression: '#token = :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: toAttributes({ ':token': lease.token }),
      },
    },
    ledger.putting(orderItem(order), 'attribute_not_exists(pk)'),
    {
      Update: {
        TableName: ledger.name,
        Key: toAttributes(positionKey(order.symbol)),
        UpdateExpression: 'ADD openOrders :one, reservedUsd :reserved',
        ConditionExpression: 'attribute_not_exists(openOrders) OR openOrders < :max',
        ExpressionAttributeValues: toAttributes({ ':one': 1, ':reserved': reservedUsdOf(order), ':max': openOrdersPerSymbolMax }),
      },
    },
    ledger.putting({ ...openItemKey(order.orderId), cycleId: order.cycleId, symbol: order.symbol }),
  ];
}

/**
 * Undefined when no condition failed and the cause is another. That the order is there already comes before all else: it may
 * have been sent, so it must be followed up whatever else stands against it.
 */
export function reservationRefusal(order: LedgerOrder, codes: readonly (string | undefined)[]): ReservationRefusal | undefined {
  const standing = reasons.filter((_, part) => codes[part] === 'ConditionalCheckFailed');
  const reason = standing.find((one) => one === 'already-reserved') ?? standing[0];
  const details = { orderId: order.orderId, symbol: order.symbol, standing };
  return reason && { ...refuse(reason), details };
}

/** The same request has the same token, so that a retry inside the SDK changes nothing; any other request has another. */
export const requestToken = (...parts: readonly unknown[]): string => contentHash(parts).slice(0, 36);

/** Dollars to the cent upwards, so that what is added at reservation is exactly what is taken off at the end. */
export const reservedUsdOf = ({ worstCaseUsd }: OrderIntent): number =>
  usdNumber(parseMicroUsd((Math.ceil(worstCaseUsd * 100 - 1e-6) / 100).toFixed(2)));
