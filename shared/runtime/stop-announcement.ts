/**
 * What a change of a control item means: the event that tells people, and whether what works in its scope is to be cancelled. One place
 * for every writer, since console, commands, events and programs all end in the same item.
 */
import { ControlItem, type ControlState, type StopScope, scopeText } from '../contracts/control.ts';
import type { BallastEvent } from '../contracts/events.ts';
import { sha256Hex } from '../kernel/canonical-json.ts';

export interface ControlItemChange {
  /** The stream's id of this change: the same at every delivery of it. */
  readonly eventId: string;
  readonly sortKey: string;
  /** Undefined for a sort key that stops nothing. */
  readonly scope: StopScope | undefined;
  readonly at: string;
  /** Undefined when it was deleted. */
  readonly item: Readonly<Record<string, unknown>> | undefined;
}

export interface StopAnnouncement {
  readonly event: BallastEvent;
  /** Only a whole item that says HALTED cancels anything: a garbled one stops, but nobody knows whether it wants that. */
  readonly halts: { readonly epoch: number; readonly flatten: boolean } | null;
}

export function announcementOf({ eventId, sortKey, scope, at, item }: ControlItemChange): StopAnnouncement {
  const told = { eventId: `control/${eventId}`, at };
  if (scope === undefined) return misplaced(told, sortKey, item !== undefined);
  const parsed = ControlItem.safeParse(item);
  if (!parsed.success) return { event: brokenItem(told, scope, item !== undefined), halts: null };
  const { state, reason, actor, epoch, flatten } = parsed.data;
  return {
    event: standing(told, scope, { state, reason, actor }),
    halts: state === 'HALTED' ? { epoch, flatten: flatten === true } : null,
  };
}

/** Legal as an execution name, and one for each change: the same state written again under the same epoch is swept again. */
export function stopIdOf(scope: StopScope | { readonly kind: 'cycle'; readonly cycleId: string }, cause: string): string {
  const readable = scope.kind === 'fund' ? 'fund' : `${scope.kind}-${scope.kind === 'cycle' ? scope.cycleId : scope.name}`;
  return `stop-${readable.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, 54)}-${sha256Hex(`${JSON.stringify(scope)} ${cause}`).slice(0, 16)}`;
}

interface Told {
  readonly eventId: string;
  readonly at: string;
}

function standing(
  told: Told,
  scope: StopScope,
  { state, reason, actor }: { readonly state: ControlState; readonly reason: string; readonly actor: string },
): BallastEvent {
  const detail = { ...told, reason, actor, scope };
  const what = scope.kind === 'fund' ? 'Trading' : `Trading of ${scopeText(scope)}`;
  const summary = `${what} is ${state} by ${actor}: ${reason}`;
  if (state === 'RUNNING') return { type: 'TradingResumed', detail: { ...detail, summary } };
  return { type: 'TradingPaused', detail: { ...detail, summary, state } };
}

/** The fund does not trade without a whole item. A part without an item trades; one with a garbled item does not. */
function brokenItem(told: Told, scope: StopScope, isThere: boolean): BallastEvent {
  const actor = 'unknown';
  if (!isThere && scope.kind !== 'fund') return standing(told, scope, { state: 'RUNNING', reason: 'its control item was deleted', actor });
  const reason = isThere ? 'its control item is not well formed' : 'its control item was deleted';
  return standing(told, scope, { state: 'PAUSED', reason: `${reason}, which means: do not trade`, actor });
}

/** Somebody meant to stop something and did not: that is worth waking a person for, as a stop of the fund is. */
function misplaced(told: Told, sortKey: string, isThere: boolean): StopAnnouncement {
  const reason = `the control item "${sortKey}" stops nothing: write trading, symbol#<ticker>, strategy#<name> or broker#<name>`;
  const detail = { ...told, reason, actor: 'unknown' };
  const event: BallastEvent = isThere
    ? { type: 'TradingPaused', detail: { ...detail, state: 'PAUSED', summary: `Nothing was stopped: ${reason}.` } }
    : { type: 'TradingResumed', detail: { ...detail, summary: `The control item "${sortKey}", which stopped nothing, was deleted.` } };
  return { event, halts: null };
}
