/**
 * Called by the event bus for CycleCompleted: writes the cycle's point and the metrics of its day under `analytics/` in the lake.
 * Refuses nothing: a cycle that completed left what is measured.
 * Idempotent: a point is written once, a day's metrics come out the same each time, whatever the order of events.
 */
import { CycleIdText, instantOf } from '../../shared/contracts/cycle.ts';
import { defineConsumer } from '../../shared/runtime/event-consumer.ts';
import { onAws } from '../../shared/runtime/handler.ts';
import { measureCycle } from '../../shared/runtime/measure-cycle.ts';
import { analytics, cashMovements, documents, ledger } from '../../shared/runtime/needs.ts';

const measureCycles = defineConsumer({
  name: 'analytics/measure-cycle',
  needs: { analytics, documents, ledger, cashMovements },
  hears: ['CycleCompleted'],

  async run({ detail: { cycleId, at } }, needs) {
    await measureCycle(CycleIdText.parse(cycleId), instantOf(at), needs);
  },
});

export const handler = onAws(measureCycles);
