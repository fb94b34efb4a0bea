/** A symbol's governance as stored: state, reasons, and the instant of the cycle that put it into that state. */
import * as z from 'zod';

export const SymbolRecord = z.object({
  symbol: z.string(),
  state: z.enum(['ACTIVE', 'DEGRADED', 'QUARANTINED']),
  previousState: z.enum(['ACTIVE', 'DEGRADED', 'QUARANTINED', 'NEW']),
  reasons: z.array(z.string()),
  rows: z.number().int(),
  score: z.number(),
  since: z.string(),
});
export type SymbolRecord = z.infer<typeof SymbolRecord>;
