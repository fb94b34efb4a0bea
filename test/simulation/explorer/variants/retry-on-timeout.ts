/** Broken: an order whose reply was lost is simply sent once more. Where the broker knows its ids that is harmless; where it does not, it is two orders. */
import type { Variant } from '../world.ts';

export const retryOnTimeout: Variant = {
  name: 'retry on timeout',
  broker: (real) => ({
    ...real,
    submit: async (order, ticket) => {
      const first = await real.submit(order, ticket);
      return first.kind === 'unknown' ? real.submit(order, ticket) : first;
    },
  }),
};
