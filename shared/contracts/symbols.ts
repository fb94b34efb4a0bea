import * as z from 'zod';

/** A symbol's governance as stored: state, reasons, and the day it came into that state. */
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
