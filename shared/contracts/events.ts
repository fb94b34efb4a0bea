/**
 * Every event on the bus, by detail type. `eventId` is derived from what happened, so a consumer that sees it twice can tell;
 * `summary` is one line for a person, and alerts print it.
 */
import * as z from 'zod';

const base = { eventId: z.string().min(1), at: z.string(), summary: z.string().min(1) };
const cycle = { ...base, cycleId: z.string() };

export const eventSchemas = {
  DataIngested: z.object({ ...base, datasetId: z.string(), symbols: z.number().int(), quarantined: z.number().int() }),
  CycleCompleted: z.object({
    ...cycle,
    outcome: z.enum(['traded', 'no-trade']),
    decisions: z.number().int(),
    orders: z.number().int(),
    auditHead: z.string(),
  }),
  CycleRefused: z.object({ ...cycle, reason: z.string() }),
  CycleFailed: z.object({ ...cycle, error: z.string() }),
  RiskBreached: z.object({ ...cycle, decision: z.string(), breaches: z.array(z.string()) }),
  TradeExecuted: z.object({
    ...cycle,
    orderId: z.string(),
    symbol: z.string(),
    side: z.enum(['buy', 'sell']),
    quantity: z.number(),
    price: z.number(),
  }),
  TradingPaused: z.object({ ...base, state: z.enum(['PAUSED', 'REDUCE_ONLY', 'HALTED']), reason: z.string(), actor: z.string() }),
  TradingResumed: z.object({ ...base, reason: z.string(), actor: z.string() }),
} as const;

export type EventType = keyof typeof eventSchemas;

export type BallastEvent = {
  [Type in EventType]: { readonly type: Type; readonly detail: z.infer<(typeof eventSchemas)[Type]> };
}[EventType];
