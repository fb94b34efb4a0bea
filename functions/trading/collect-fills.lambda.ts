/**
 * State "Collect Fills": asks the broker about every order of this cycle that is not final and books what it says.
 * Idempotent: the ledger takes cumulative quantities, so the same report twice changes nothing.
 */
import * as z from 'zod';
import { CycleState } from '../../shared/contracts/cycle.ts';
import { isTerminal } from '../../shared/domain/execution/order-lifecycle.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { broker, ledger } from '../../shared/runtime/needs.ts';

const collectFills = defineHandler({
  name: 'trading/collect-fills',
  needs: { broker, ledger },
  input: z.object({ cycle: CycleState }),
  output: z.object({ orders: z.number().int(), filled: z.number().int(), working: z.number().int() }),

  async run({ cycle }, needs) {
    const before = await needs.ledger.ordersOfCycle(cycle.cycleId);
    const open = before.filter(({ state }) => !isTerminal(state));
    if (open.length > 0) {
      const connected = await needs.broker();
      const reports = await Promise.all(
        open.map(async (key) => {
          const evidence = await connected.orderByClientId(key.orderId);
          return isRefusal(evidence) ? [] : [{ key, event: { kind: 'evidence' as const, evidence } }];
        }),
      );
      await needs.ledger.record(reports.flat(), needs.clock.now());
    }
    const after = open.length > 0 ? await needs.ledger.ordersOfCycle(cycle.cycleId) : before;
    return {
      orders: after.length,
      filled: after.filter(({ state }) => state === 'FILLED').length,
      working: after.filter(({ state }) => !isTerminal(state)).length,
    };
  },
});

export const handler = onAws(collectFills);
