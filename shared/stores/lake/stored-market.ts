/** The market's returns as they lie in the lake and in the documents of a cycle: plain numbers in place of typed arrays. */
import * as z from 'zod';
import type { MarketHistory } from '../../domain/market/market-history.ts';

export const StoredMarket = /* @__PURE__ */ z.object({
  name: /* @__PURE__ */ z.string().min(1),
  day: /* @__PURE__ */ z.array(/* @__PURE__ */ z.int()),
  simpleReturn: /* @__PURE__ */ z.array(/* @__PURE__ */ z.number()),
});

export type StoredMarket = z.output<typeof StoredMarket>;

export const storedMarket = ({ name, day, simpleReturn }: MarketHistory): StoredMarket => ({
  name,
  day: [...day],
  simpleReturn: [...simpleReturn],
});
