/** What the audit trail says of a sale after a halt, as far as it is shown. */
import * as z from 'zod';

export const Liquidated = z.object({
  liquidation_id: z.string(),
  refusal: z.string().nullable(),
  orders: z.array(
    z.object({
      order_id: z.string(),
      symbol: z.string(),
      side: z.enum(['BUY', 'SELL']),
      quantity: z.number(),
      state: z.string(),
      filled: z.number(),
      average_price: z.number().nullable(),
      note: z.string().nullable(),
    }),
  ),
  left: z.array(z.object({ symbol: z.string(), quantity: z.number() })),
});
export type Liquidated = z.infer<typeof Liquidated>;
