/** Broken: the order goes out first, and is written into the ledger when the broker has answered. */

import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Shares } from '../../../../shared/kernel/units.ts';
import type { LedgerOrder, OrderIntent, ReservationGuard } from '../../../../shared/stores/ledger/index.ts';
import type { Variant } from '../world.ts';
import { overLedger } from './over-ledger.ts';

export const recordAfterSend: Variant = {
  name: 'record after send',
  ledger: (real) => {
    const unwritten = new Map<string, { readonly intent: OrderIntent; readonly guard: ReservationGuard }>();
    const write = async (orderId: string, at: LedgerOrder['reservedAt']): Promise<void> => {
      const waiting = unwritten.get(orderId);
      unwritten.delete(orderId);
      if (waiting === undefined) return;
      const reserved = await real.reserveOrder(waiting.intent, waiting.guard, at);
      if (!isRefusal(reserved)) await real.beginSending(waiting.intent, waiting.guard, at);
    };
    return overLedger(real, {
      reserveOrder: async (intent, guard, at) => {
        unwritten.set(intent.orderId, { intent, guard });
        return { ...intent, state: 'PENDING', pending: 'none', cumulativeQuantity: 0 as Shares, reservedAt: at, updatedAt: at, version: 1 };
      },
      beginSending: async (order, guard, at, from) =>
        unwritten.has(order.orderId) ? { kind: 'begun', sentAt: at } : real.beginSending(order, guard, at, from),
      recordEvidence: async (key, evidence, at) => {
        await write(key.orderId, at);
        return real.recordEvidence(key, evidence, at);
      },
      recordRejection: async (key, note, at) => {
        await write(key.orderId, at);
        return real.recordRejection(key, note, at);
      },
    });
  },
};
