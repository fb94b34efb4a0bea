/**
 * What must stand, at the instant of writing, for an order to be reserved and again for it to be sent: the fund's control item, the stops
 * of its symbol, strategy and broker, and the lease of its cycle. Each is a condition check of the same transaction that writes the order,
 * so nothing can change between the look and the deed.
 */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { controlItemKey, type StopScope } from '../../contracts/control.ts';
import { ContractViolation, invariant } from '../../kernel/errors.ts';
import { leaseKey } from '../leases.ts';
import { type Key, toAttributes } from '../table.ts';
import type { OrderIntent } from './order.ts';

export interface ReservationGuard {
  /**
   * The policy table, the control epoch that the cycle (or the liquidation) read at its start, and what is done under it. A liquidation
   * goes on while everything else is halted: it only takes risk off, and neither a lease nor a scoped stop stands in its way.
   */
  readonly control: { readonly table: string; readonly epoch: number; readonly purpose: 'trade' | 'liquidate' };
  /** The lease table, and the token that the cycle was given; null where no cycle trades. */
  readonly lease: { readonly table: string; readonly token: number } | null;
  readonly openOrdersPerSymbolMax: number;
  /** What a cycle's entries may come to in all, at their worst. */
  readonly exposureUsdMax: number;
  readonly messagesPerMinuteMax: number;
}

export type StopReason = 'control-not-running' | 'symbol-stopped' | 'strategy-stopped' | 'broker-stopped' | 'lease-lost';

/** One part of a transaction, and the refusal that its failed condition means; null where a failure means a fault of ours. */
export interface GuardedPart<Reason extends string> {
  readonly part: TransactWriteItem;
  readonly reason: Reason | null;
}

/** @throws ContractViolation for a limit that is no number, InvariantViolation for a liquidation that would take risk on. */
export function stopChecks(order: OrderIntent, guard: ReservationGuard): GuardedPart<StopReason>[] {
  const { control, lease, openOrdersPerSymbolMax, exposureUsdMax, messagesPerMinuteMax } = guard;
  if (![openOrdersPerSymbolMax, exposureUsdMax, messagesPerMinuteMax].every((limit) => limit >= 0 && Number.isFinite(limit)))
    throw new ContractViolation('every limit of a reservation is a number, zero or more', { guard });
  const liquidates = control.purpose === 'liquidate';
  invariant(!liquidates || order.reducing, 'a liquidation only takes risk off', { orderId: order.orderId });
  invariant(liquidates || lease !== null, 'a cycle trades only under its lease', { orderId: order.orderId });

  const checks: GuardedPart<StopReason>[] = [{ part: fundCheck(order, control), reason: 'control-not-running' }];
  if (!liquidates) {
    const { symbol, strategy, broker } = order;
    checks.push({ part: scopeCheck({ kind: 'symbol', name: symbol }, order, control.table), reason: 'symbol-stopped' });
    checks.push({ part: scopeCheck({ kind: 'strategy', name: strategy }, order, control.table), reason: 'strategy-stopped' });
    checks.push({ part: scopeCheck({ kind: 'broker', name: broker }, order, control.table), reason: 'broker-stopped' });
  }
  if (lease !== null) checks.push({ part: leaseCheck(lease), reason: 'lease-lost' });
  return checks;
}

const fundCheck = ({ reducing }: OrderIntent, { table, epoch, purpose }: ReservationGuard['control']): TransactWriteItem =>
  stateCheck(table, controlItemKey({ kind: 'fund' }), [...allowing(reducing), ...(purpose === 'liquidate' ? ['HALTED'] : [])], {
    condition: '#epoch = :epoch',
    values: { ':epoch': epoch },
  });

/** Absent means not stopped; present, it must be whole: one without an epoch was written by hand, and stops. */
const scopeCheck = (scope: StopScope, { reducing }: OrderIntent, table: string): TransactWriteItem =>
  stateCheck(
    table,
    controlItemKey(scope),
    allowing(reducing),
    { condition: 'attribute_type(#epoch, :number)', values: { ':number': 'N' } },
    'attribute_not_exists(pk)',
  );

const allowing = (reducing: boolean): string[] => (reducing ? ['RUNNING', 'REDUCE_ONLY'] : ['RUNNING']);

function stateCheck(
  table: string,
  key: Key,
  states: readonly string[],
  epoch: { readonly condition: string; readonly values: Record<string, unknown> },
  otherwise?: string,
): TransactWriteItem {
  const named = Object.fromEntries(states.map((state, i) => [`:state${i}`, state]));
  const allowed = `#state IN (${Object.keys(named).join(', ')}) AND ${epoch.condition}`;
  return {
    ConditionCheck: {
      TableName: table,
      Key: toAttributes(key),
      ConditionExpression: otherwise === undefined ? allowed : `${otherwise} OR (${allowed})`,
      ExpressionAttributeNames: { '#state': 'state', '#epoch': 'epoch' },
      ExpressionAttributeValues: toAttributes({ ...named, ...epoch.values }),
    },
  };
}

const leaseCheck = ({ table, token }: NonNullable<ReservationGuard['lease']>): TransactWriteItem => ({
  ConditionCheck: {
    TableName: table,
    Key: toAttributes(leaseKey),
    ConditionExpression: '#token = :token',
    ExpressionAttributeNames: { '#token': 'token' },
    ExpressionAttributeValues: toAttributes({ ':token': token }),
  },
});
