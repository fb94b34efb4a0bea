/**
 * What became of every order that the ledger has as open: the broker is asked by client id, and what may be concluded from its answer
 * (`settle-order.ts`) is written down. A cycle that was cut off, a lost reply and a trade update that never came all end here.
 *
 * Idempotent, and safe beside a sender: the ledger takes cumulative quantities over the version it read; a PENDING order is withdrawn
 * only when it is older than any sender lives, and then too only if none has begun.
 */
import type { Broker, BrokerOrder } from '../brokers/broker.ts';
import { type Settlement, settlementOf, submissionWindowMs } from '../domain/execution/settle-order.ts';
import type { Clock } from '../kernel/clock.ts';
import { TransientFailure } from '../kernel/errors.ts';
import { inParallel } from '../stores/lake/in-parallel.ts';
import type { Ledger, LedgerOrder, OrderKey, OrderReport } from '../stores/ledger/index.ts';

const atOnce = 8;

export type SettlingLedger = Pick<Ledger, 'openOrders' | 'record' | 'withdraw' | 'ordersOfCycle'>;

export interface OrdersSettled {
  /** They were open; as they are now. */
  readonly orders: readonly LedgerOrder[];
  /** Not final yet. */
  readonly stillOpen: readonly LedgerOrder[];
  /** The broker had them, and says now that it has not. */
  readonly vanished: readonly LedgerOrder[];
}

/** @throws TransientFailure when the broker does not answer. */
export async function settleOpenOrders(
  broker: Pick<Broker, 'capabilities' | 'orderByClientId'>,
  ledger: SettlingLedger,
  clock: Clock,
  isWanted: (order: LedgerOrder) => boolean = () => true,
): Promise<OrdersSettled> {
  const open = (await ledger.openOrders()).filter(isWanted);
  const settlements = await inParallel(open, atOnce, async (order) => ({
    order,
    settlement: settlementOf<BrokerOrder>(
      order,
      await broker.orderByClientId(order.orderId),
      clock.now(),
      broker.capabilities.remembersOrders,
    ),
  }));
  await book(settlements, ledger, clock);
  const vanished = settlements.filter(({ settlement }) => settlement.kind === 'vanished').map(({ order }) => order);
  const [stillOpen, now] = await Promise.all([ledger.openOrders(), ordersNow(open, ledger)]);
  return { orders: now, stillOpen: stillOpen.filter(isWanted), vanished };
}

interface Settled {
  readonly order: LedgerOrder;
  readonly settlement: Settlement<BrokerOrder>;
}

async function book(settled: readonly Settled[], ledger: SettlingLedger, clock: Clock): Promise<void> {
  const now = clock.now();
  const reports: OrderReport[] = [];
  for (const { order, settlement } of settled) {
    if (settlement.kind === 'evidence') reports.push({ key: order, event: { kind: 'evidence', evidence: settlement.evidence } });
    if (settlement.kind === 'never-arrived')
      reports.push({ key: order, event: { kind: 'never-arrived', note: 'the broker never had it' } });
    if (settlement.kind === 'unanswered')
      throw new TransientFailure('The broker cannot be asked about an open order', { orderId: order.orderId, reason: settlement.reason });
    if (settlement.kind === 'unsent' && now - order.reservedAt >= submissionWindowMs)
      await ledger.withdraw(order, 'its sender ended before it began to send', now);
  }
  await ledger.record(reports, now);
}

/** Read again, for what was recorded may have met what another wrote. */
async function ordersNow(open: readonly OrderKey[], ledger: SettlingLedger): Promise<readonly LedgerOrder[]> {
  const ids = new Set(open.map(({ orderId }) => orderId));
  const cycles = [...new Set(open.map(({ cycleId }) => cycleId))];
  const orders = (await Promise.all(cycles.map((cycleId) => ledger.ordersOfCycle(cycleId)))).flat();
  return orders.filter(({ orderId }) => ids.has(orderId));
}
