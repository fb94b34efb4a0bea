/**
 * A Lambda that hears events of the bus. What the bus promises is: at least once, in any order, perhaps long after (a retry, a redrive, a
 * replay). What this makes of it:
 *
 *   again            an event whose mark is set is not dealt with again.
 *   twice at once    both deliveries may find no mark, and then both run. A lock would be no better: it too must run out while a slow
 *                    holder still works. So `run` must leave the same when it runs twice, and the mark only saves the work.
 *   cut off half-way the mark is set after the work, so it is done again.
 *   out of order     what an event changes must not depend on what came before; test/simulation/event-streams.test.ts holds every
 *                    consumer of the fund to that.
 *   a newer producer members that the schema does not know are dropped; a member that is missing, or a word that is not known, is a
 *                    ContractViolation, and the event waits in the dead-letter queue for a consumer that understands it.
 *
 * StopRequested is put on the bus by anybody and has no id: its function is no consumer of this kind.
 */
import * as z from 'zod';
import { type BallastEvent, type EventType, eventSchemas } from '../contracts/events.ts';
import { ContractViolation } from '../kernel/errors.ts';
import { defineHandler, type Met, type Needs } from './handler.ts';
import { consumedEvents } from './needs.ts';

export type HeardType = Exclude<EventType, 'StopRequested'>;

export interface ConsumerDefinition<N extends Needs, Types extends HeardType> {
  /** As in the inventory, e.g. `analytics/measure-cycle`. */
  readonly name: string;
  readonly needs: N;
  readonly hears: readonly Types[];
  /** Dealing with the same event twice, even at once, must leave what dealing with it once leaves. */
  run(event: Extract<BallastEvent, { type: Types }>, needs: Met<N>): Promise<void>;
}

const Envelope = z.object({ 'detail-type': z.string(), detail: z.record(z.string(), z.unknown()) });
const Outcome = z.object({ outcome: z.enum(['done', 'done-before']) });

/** @throws ContractViolation, at the event, for one outside the catalogue or of a type that this consumer does not hear. */
export function defineConsumer<N extends Needs, Types extends HeardType>({ name, needs, hears, run }: ConsumerDefinition<N, Types>) {
  return defineHandler({
    name,
    needs: { ...needs, consumedEvents },
    input: Envelope,
    output: Outcome,
    async run(envelope, met) {
      const event = eventOf(envelope, hears);
      if (await met.consumedEvents.has(name, event)) return { outcome: 'done-before' as const };
      await run(event, met);
      await met.consumedEvents.mark(name, event, met.clock.now());
      return { outcome: 'done' as const };
    },
  });
}

function eventOf<Types extends HeardType>(
  { 'detail-type': type, detail }: z.infer<typeof Envelope>,
  hears: readonly Types[],
): Extract<BallastEvent, { type: Types }> {
  const heard = hears.find((one) => one === type);
  if (heard === undefined) throw new ContractViolation(`A consumer is given what it hears: ${hears.join(', ')}, not ${type}`, { type });
  const parsed = eventSchemas[heard].safeParse(detail);
  if (parsed.success) return { type: heard, detail: parsed.data } as Extract<BallastEvent, { type: Types }>;
  const issues = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ContractViolation(`The event ${type} is outside its schema: ${issues.join('; ')}`, { type, issues });
}
