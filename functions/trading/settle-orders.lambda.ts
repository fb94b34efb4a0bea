/**
 * State "Settle Earlier Orders": a cycle that was cut off may have left orders that its ledger knows as open. Before anything
 * is valued, the broker is asked about each by client id: what was filled is booked, what never arrived is closed.
 * This cycle holds the lease, so the earlier one reserves nothing any more; it came free only after that one's function had ended.
 * Idempotent: the ledger takes cumulative quantities, and a final order is not asked about again.
 */
import * as z from 'zod';
import type { BrokerOrder } from '../../shared/brokers/broker.ts';
import { CycleState } from '../../shared/contracts/cycle.ts';
import { TransientFailure } from '../../shared/kernel/errors.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { broker, ledger } from '../../shared/runtime/needs.ts';
import type { LedgerOrder, OrderEvent } from '../../shared/stores/ledger/index.ts';

const settleOrders = defineHandler({
  name: 'trading/settle-orders',
  needs: { broker, ledger },
  input: z.object({ cycle: CycleState }),
  output: z.object({ earlier: z.number().int(), stillOpen: z.number().int() }),

  async run({ cycle }, needs) {
    const earlier = await openBefore(needs.ledger, cycle.cycleId);
    if (earlier.length === 0) return { earlier: 0, stillOpen: 0 };
    const connected = await needs.broker();
    const reports = await Promise.all(
      earlier.map(async (key) => ({ key, event: eventFrom(key, await connected.orderByClientId(key.orderId)) })),
    );
    await needs.ledger.record(reports, needs.clock.now());
    const stillOpen = await openBefore(needs.ledger, cycle.cycleId);
    return { earlier: earlier.length, stillOpen: stillOpen.length };
  },
});

export const handler = onAws(settleOrders);

const openBefore = async (book: ReturnType<typeof ledger>, cycleId: string): Promise<readonly LedgerOrder[]> =>
  (await book.openOrders()).filter((order) => order.cycleId !== cycleId);

function eventFrom(order: LedgerOrder, answer: BrokerOrder | Refusal): OrderEvent {
  if (!isRefusal(answer)) return { kind: 'evidence', evidence: answer };
  if (answer.reason !== 'not-found')
    throw new TransientFailure('The broker cannot be asked about the orders of an earlier cycle', { reason: answer.reason });
  return order.state === 'PENDING'
    ? { kind: 'withdrawn', note: 'its-cycle-ended-before-sending' }
    : { kind: 'rejected', note: 'the broker never had it' };
}
