/**
 * State "Allocate": from proposals and the present book to target weights under every portfolio constraint.
 * Idempotent: pure in the documents before it, written once.
 */
import * as z from 'zod';
import { PhaseInput } from '../../shared/contracts/cycle.ts';
import { runAllocation } from '../../shared/domain/cycle/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { documents } from '../../shared/runtime/needs.ts';

/** No regime is detected yet, so none may loosen or tighten: the multiplier of a quiet bull market. */
const regimeFrac = 1;

const allocate = defineHandler({
  name: 'trading/allocate',
  needs: { documents },
  input: PhaseInput,
  output: z.object({ targets: z.number().int() }),

  async run({ cycle }, needs) {
    const ofCycle = new CycleDocuments(needs.documents, cycle.cycleId);
    const [context, signals, portfolio] = await Promise.all([ofCycle.context(cycle), ofCycle.read('signals'), ofCycle.read('portfolio')]);

    const allocation = runAllocation({ context, signals, portfolio, riskOverride: null, regimeFrac });
    if (isRefusal(allocation)) return allocation;
    await ofCycle.write('allocation', allocation);

    return { targets: allocation.symbols.filter(({ targetWeight }) => targetWeight !== 0).length };
  },
});

export const handler = onAws(allocate);
