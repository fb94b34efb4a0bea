/**
 * Streams as a bus may deliver them, and the question every consumer must answer: do repeats and another order leave the same? The fold of
 * what a consumer keeps over any such stream is held against its fold over the plain one.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect } from 'vitest';

/** A consumer, or several, over stores of their own. */
export interface StreamFold<Event, World> {
  /** Nothing has been heard there yet; alike at every call. */
  open(): Promise<World>;
  /** One delivery. Throwing is a dead letter, and no consumer of a whole stream has one. */
  deliver(world: World, event: Event): Promise<void>;
  /** What must not depend on repeats and order. */
  stateOf(world: World): Promise<unknown>;
  close?(world: World): Promise<void>;
}

/** Every event at least once, up to two of three again, in any order. */
export const disordered = <Event>(events: readonly Event[]): fc.Arbitrary<Event[]> =>
  fc
    .subarray([...events], { minLength: 0, maxLength: Math.ceil((2 * events.length) / 3) })
    .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }));

/** Fails with the stream that leaves something else. */
export async function expectOrderFree<Event, World>(
  events: readonly Event[],
  fold: StreamFold<Event, World>,
  { streams, seed = 1 }: { readonly streams: number; readonly seed?: number },
): Promise<void> {
  const plain = await stateAfter(events, fold);
  await fc.assert(
    fc.asyncProperty(disordered(events), async (stream) => {
      const state = await stateAfter(stream, fold);
      if (!isDeepStrictEqual(state, plain)) expect(state).toEqual(plain);
    }),
    { numRuns: streams, seed, endOnFailure: true },
  );
}

async function stateAfter<Event, World>(events: readonly Event[], fold: StreamFold<Event, World>): Promise<unknown> {
  const world = await fold.open();
  try {
    for (const event of events) await fold.deliver(world, event);
    return await fold.stateOf(world);
  } finally {
    await fold.close?.(world);
  }
}
