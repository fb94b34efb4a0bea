/** The market's returns as they lie in the lake and in the documents of a cycle: plain numbers in place of typed arrays. */
import * as z from 'zod';
import type { MarketHistory } from '../../domain/market/market-history.ts';

export const StoredMarket = z.object({ name: z.string().min(1), day: z.array(z.int()), simpleReturn: z.array(z.number()) });

export type StoredMarket = z.output<typeof StoredMarket>;

export const storedMarket = ({ name, day, simpleReturn }: MarketHistory): StoredMarket => ({
  name,
  day: [...day],
  simpleReturn: [...simpleReturn],
});
