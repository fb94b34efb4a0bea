/**
 * State "Collect Fills": asks the broker about every order of this cycle that is not final, and books what may be concluded from what it says.
 * Idempotent: the ledger takes cumulative quantities, so the same report twice changes nothing.
 */
import * as z from 'zod';
import { CycleState } from '../../shared/contracts/cycle.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { broker, ledger } from '../../shared/runtime/needs.ts';
import { settleOpenOrders } from '../../shared/runtime/settle-open-orders.ts';
import type { LedgerOrder } from '../../shared/stores/ledger/index.ts';

const collectFills = defineHandler({
  name: 'trading/collect-fills',
  needs: { broker, ledger },
  input: z.object({ cycle: CycleState }),
  output: z.object({ orders: z.number().int(), filled: z.number().int(), working: z.number().int() }),

  async run({ cycle: { cycleId } }, needs) {
    // A parent's slices have a machine of their own, which may work for hours.
    const isOurs = (order: LedgerOrder): boolean => order.cycleId === cycleId && order.parentId === undefined;
    const { stillOpen } = await settleOpenOrders(await needs.broker(), needs.ledger, needs.clock, isOurs);
    const orders = await needs.ledger.ordersOfCycle(cycleId);
    return { orders: orders.length, filled: orders.filter(({ state }) => state === 'FILLED').length, working: stillOpen.length };
  },
});

export const handler = onAws(collectFills);
