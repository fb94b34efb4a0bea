/**
 * State "Compute Signals": what every agent in the policy thinks of every symbol, and what the market measures say.
 * A blocked symbol stays in the list with its reasons: it too gets a decision.
 * Idempotent: pure in the snapshot and the documents before it, written once.
 */
import * as z from 'zod';
import { PhaseInput } from '../../shared/contracts/cycle.ts';
import { runSignals } from '../../shared/domain/cycle/run-signals.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { lake } from '../../shared/runtime/needs.ts';

const computeSignals = defineHandler({
  name: 'trading/compute-signals',
  needs: { lake },
  input: PhaseInput,
  output: z.object({ symbols: z.number().int(), opinions: z.number().int() }),

  async run({ cycle, snapshotKey }, needs) {
    const documents = new CycleDocuments(needs.lake, cycle.cycleId);
    const [context, symbols, market, portfolio] = await Promise.all([
      documents.context(cycle),
      documents.symbols(needs.lake, snapshotKey),
      documents.market(),
      documents.read('portfolio'),
    ]);

    const signals = runSignals({ context, symbols, market, portfolio });
    await documents.write('signals', signals);

    const opinions = signals.symbols.flatMap((symbol) => symbol.opinions).filter(({ kind }) => kind === 'opinion').length;
    return { symbols: signals.symbols.length, opinions };
  },
});

export const handler = onAws(computeSignals);
