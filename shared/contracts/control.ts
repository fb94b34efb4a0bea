/**
 * The control item: one item in the policy table, written by hand in a console or by `ballast pause`.
 * Only this exact shape with state RUNNING lets new risk be taken.
 */
import * as z from 'zod';

export const controlKey = { pk: 'control', sk: 'trading' } as const;

export const ControlState = z.enum(['RUNNING', 'PAUSED', 'REDUCE_ONLY', 'HALTED']);
export type ControlState = z.infer<typeof ControlState>;

export const ControlItem = z.object({
  state: ControlState,
  /** Rises with every change; an order reserved under an older epoch is refused. */
  epoch: z.number().int().positive(),
  reason: z.string(),
  actor: z.string(),
  at: z.string(),
});
export type ControlItem = z.infer<typeof ControlItem>;
