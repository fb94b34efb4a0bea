/**
 * A Lambda that hears events of the bus: what arrives is checked against the catalogue, and an event that was dealt with
 * before is not dealt with again. The order of events means nothing; what an event changes must not depend on it.
 */
import * as z from 'zod';
import { type BallastEvent, type EventType, eventSchemas } from '../contracts/events.ts';
import { ContractViolation } from '../kernel/errors.ts';
import { defineHandler, type Met, type Needs } from './handler.ts';
import { consumedEvents } from './needs.ts';

export interface ConsumerDefinition<N extends Needs, Types extends EventType> {
  /** As in the inventory, e.g. `analytics/measure-cycle`. */
  readonly name: string;
  readonly needs: N;
  readonly hears: readonly Types[];
  /** Dealing with the same event twice must leave what dealing with it once leaves. */
  run(event: Extract<BallastEvent, { type: Types }>, needs: Met<N>): Promise<void>;
}

const Envelope = z.object({ 'detail-type': z.string(), detail: z.record(z.string(), z.unknown()) });
const Outcome = z.object({ outcome: z.enum(['done', 'done-before']) });

/** @throws ContractViolation, at the event, for one outside the catalogue or of a type that this consumer does not hear. */
export function defineConsumer<N extends Needs, Types extends EventType>({ name, needs, hears, run }: ConsumerDefinition<N, Types>) {
  return defineHandler({
    name,
    needs: { ...needs, consumedEvents },
    input: Envelope,
    output: Outcome,
    async run(envelope, met) {
      const event = eventOf(envelope, hears);
      const { eventId } = event.detail as { eventId: string };
      if (await met.consumedEvents.has(name, eventId)) return { outcome: 'done-before' as const };
      await run(event, met as Met<N>);
      await met.consumedEvents.mark(name, eventId, met.clock.now());
      return { outcome: 'done' as const };
    },
  });
}

function eventOf<Types extends EventType>(
  { 'detail-type': type, detail }: z.infer<typeof Envelope>,
  hears: readonly Types[],
): Extract<BallastEvent, { type: Types }> {
  const heard = hears.find((one) => one === type);
  if (heard === undefined) throw new ContractViolation(`This consumer does not hear ${type}`, { hears });
  const parsed = eventSchemas[heard].safeParse(detail);
  if (!parsed.success) throw new ContractViolation(`The event ${type} is outside its schema`, { issues: parsed.error.issues.slice(0, 3) });
  return { type: heard, detail: parsed.data } as Extract<BallastEvent, { type: Types }>;
}
