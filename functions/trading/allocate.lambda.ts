/**
 * State "Allocate": from proposals and the present book to target weights under every portfolio constraint.
 * Idempotent: pure in the documents before it, written once.
 */
import * as z from 'zod';
import { PhaseInput } from '../../shared/contracts/cycle.ts';
import { runAllocation } from '../../shared/domain/cycle/run-allocation.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { lake } from '../../shared/runtime/needs.ts';

const allocate = defineHandler({
  name: 'trading/allocate',
  needs: { lake },
  input: PhaseInput,
  output: z.object({ targets: z.number().int() }),

  async run({ cycle, snapshotKey }, needs) {
    const documents = new CycleDocuments(needs.lake, cycle.cycleId);
    const [context, symbols, market, signals, portfolio] = await Promise.all([
      documents.context(cycle),
      documents.symbols(needs.lake, snapshotKey),
      documents.market(),
      documents.read('signals'),
      documents.read('portfolio'),
    ]);

    const allocation = runAllocation({ context, signals, symbols, market, portfolio, riskOverride: null });
    if (isRefusal(allocation)) return allocation;
    await documents.write('allocation', allocation);

    return { targets: allocation.symbols.filter(({ targetWeight }) => targetWeight !== 0).length };
  },
});

export const handler = onAws(allocate);
