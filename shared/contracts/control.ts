/**
 * What stops trading: items of one partition of the policy table, written by hand in a console or by `ballast pause`, `reduce`, `halt`.
 *
 *   control | trading           the fund. Only this exact shape with state RUNNING lets new risk be taken; absent means stopped.
 *   control | symbol#<ticker>   one symbol; absent means not stopped. Malformed means stopped.
 *   control | strategy#<name>   one strategy, likewise.
 *   control | broker#<name>     one broker, likewise.
 *
 * PAUSED: nothing new goes out, what works goes on. REDUCE_ONLY: only what makes a position smaller. HALTED: nothing goes out, and what
 * works is cancelled.
 */
import * as z from 'zod';

export const controlPartition = 'control';
export const controlKey = { pk: controlPartition, sk: 'trading' } as const;

export type PartScope = { readonly kind: 'strategy' | 'symbol' | 'broker'; readonly name: string };
export type StopScope = { readonly kind: 'fund' } | PartScope;

export const wholeFund: StopScope = { kind: 'fund' };

export const StopScopeShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fund') }),
  z.object({ kind: z.enum(['strategy', 'symbol', 'broker']), name: z.string().min(1).max(64) }),
]);

export const controlItemKey = (scope: StopScope): { readonly pk: string; readonly sk: string } =>
  scope.kind === 'fund' ? controlKey : { pk: controlPartition, sk: `${scope.kind}#${scope.name}` };

/** What an item of the control partition is about; undefined for a sort key that stops nothing, e.g. `symbl#AAPL`. */
export function scopeOfControlItem(sk: string): StopScope | undefined {
  if (sk === controlKey.sk) return wholeFund;
  const [, kind, name] = /^(strategy|symbol|broker)#(.{1,64})$/.exec(sk) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind: kind as PartScope['kind'], name };
}

/** As an operator reads it: `the fund`, `symbol AAPL`. */
export const scopeText = (scope: StopScope): string => (scope.kind === 'fund' ? 'the fund' : `${scope.kind} ${scope.name}`);

export const ControlState = z.enum(['RUNNING', 'PAUSED', 'REDUCE_ONLY', 'HALTED']);
export type ControlState = z.infer<typeof ControlState>;

/** How much a state forbids; a request that nobody looks at, e.g. an event, only ever moves a scope to a higher one. */
export const strictnessOf = (state: ControlState): number => ['RUNNING', 'REDUCE_ONLY', 'PAUSED', 'HALTED'].indexOf(state);

export const ControlItem = z.object({
  state: ControlState,
  /** Rises with every change; an order reserved under an older epoch of the fund is refused. */
  epoch: z.number().int().positive(),
  reason: z.string(),
  actor: z.string(),
  at: z.string(),
  /** With HALTED: once nothing works at the broker any more, what the fund holds in that scope is sold. */
  flatten: z.boolean().optional(),
});
export type ControlItem = z.infer<typeof ControlItem>;
