/**
 * The items that stop trading: the fund's, and one for each symbol, strategy or broker that was ever stopped.
 *
 * Whatever is not a whole, well-formed item of the fund reads as a refusal: absent and garbled both mean "do not trade". A scoped
 * item that is absent stops nothing; one that is garbled stops its scope. Resuming a scope writes RUNNING and keeps the item, so
 * that its epoch goes on rising.
 */
import * as z from 'zod';
import {
  ControlItem,
  ControlState,
  controlItemKey,
  controlKey,
  controlPartition,
  type PartScope,
  type StopScope,
  scopeOfControlItem,
  strictnessOf,
} from '../contracts/control.ts';
import { type Refusal, refuse } from '../kernel/refusal.ts';
import type { EpochMs } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Item, Table } from './table.ts';

export interface ControlChange {
  readonly state: ControlState;
  readonly reason: string;
  readonly actor: string;
  readonly at: EpochMs;
  /** Only with HALTED: sell what is held in that scope once nothing works any more. */
  readonly flatten?: boolean;
}

/** What stands against one symbol, strategy or broker. */
export interface Stop extends Omit<ControlItem, 'state' | 'epoch'> {
  readonly scope: PartScope;
  readonly state: Exclude<ControlState, 'RUNNING'>;
  /** Absent from an item that is not well formed. */
  readonly epoch?: number;
}

export class ControlStore {
  readonly #policy: Table;

  constructor(policyTable: Table) {
    this.#policy = policyTable;
  }

  /** The fund's own item. */
  async read(): Promise<ControlItem | Refusal<'control-missing' | 'control-malformed'>> {
    const item = await this.#policy.get(controlKey);
    if (!item) return refuse('control-missing', { item: controlKey });
    const parsed = ControlItem.safeParse(item);
    if (!parsed.success) return refuse('control-malformed', { item: controlKey, problem: problemOf(parsed.error) });
    return parsed.data;
  }

  /** Null when nothing stops that scope. An item that is not well formed reads as PAUSED: nothing new, and no sweep on a guess. */
  async readStop(scope: PartScope): Promise<Stop | null> {
    const item = await this.#policy.get(controlItemKey(scope));
    return item ? stopIn(scope, item) : null;
  }

  /** Every scope that is stopped, in the order of their keys. The fund's own item is not among them. */
  async stops(): Promise<readonly Stop[]> {
    const items = await this.#policy.query(controlPartition);
    return items.flatMap((item) => {
      const scope = scopeOfControlItem(String(item.sk));
      const stop = scope === undefined || scope.kind === 'fund' ? null : stopIn(scope, item);
      return stop ? [stop] : [];
    });
  }

  /** Whether what works in that scope is to be cancelled now. */
  async isHalted(scope: StopScope): Promise<boolean> {
    const standing = scope.kind === 'fund' ? await this.read() : await this.readStop(scope);
    return standing !== null && 'state' in standing && standing.state === 'HALTED';
  }

  /**
   * Writes the next item of that scope. The epoch always rises, also over a missing or garbled item, so that orders reserved
   * before cannot match it. A change between read and write is read again, not overwritten unseen.
   */
  async change(scope: StopScope, change: ControlChange): Promise<ControlItem> {
    return (await this.#write(scope, change, () => true))!;
  }

  /**
   * As `change`, but a scope that is already as strict or stricter is left as it is: null. For whoever does not look first: a
   * program that pauses a symbol never loosens a halt that a person put there.
   */
  tighten(scope: StopScope, change: ControlChange & { readonly state: Stop['state'] }): Promise<ControlItem | null> {
    return this.#write(scope, change, (current) => {
      const parsed = ControlItem.safeParse(current);
      if (parsed.success) return strictnessOf(parsed.data.state) < strictnessOf(change.state);
      // No item: the fund does not trade then, but it is not halted either, and a part of it trades.
      return true;
    });
  }

  async #write(scope: StopScope, change: ControlChange, may: (current: Item | undefined) => boolean): Promise<ControlItem | null> {
    const key = controlItemKey(scope);
    for (;;) {
      const current = await this.#policy.get(key);
      if (!may(current)) return null;
      const epochBefore = current?.epoch;
      const next = nextItem(change, epochBefore);
      try {
        if (!current) await this.#policy.put({ ...key, ...next }, 'attribute_not_exists(pk)');
        else if (epochBefore === undefined) await this.#policy.put({ ...key, ...next }, 'attribute_not_exists(epoch)');
        else await this.#policy.put({ ...key, ...next }, 'epoch = :before', { ':before': epochBefore });
        return next;
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      }
    }
  }
}

/** Where no epoch was counted it begins at the time in milliseconds, above any counted one. */
function nextItem({ state, reason, actor, at, flatten }: ControlChange, epochBefore: unknown): ControlItem {
  const known = typeof epochBefore === 'number' && Number.isSafeInteger(epochBefore) && epochBefore > 0;
  const item = { state, epoch: known ? epochBefore + 1 : at, reason, actor, at: new Date(at).toISOString() };
  return flatten && state === 'HALTED' ? { ...item, flatten } : item;
}

/** What the reservation of an order holds against a part's item: a state and a numeric epoch. What else is missing stops nothing. */
const PartItem = z.object({
  state: ControlState,
  epoch: z.number(),
  reason: z.string().catch('not given'),
  actor: z.string().catch('unknown'),
  at: z.string().catch('unknown'),
  flatten: z.boolean().optional().catch(undefined),
});

function stopIn(scope: PartScope, item: Item): Stop | null {
  const parsed = PartItem.safeParse(item);
  if (!parsed.success) {
    const reason = `the control item is not well formed: ${problemOf(parsed.error)}`;
    return { scope, state: 'PAUSED', reason, actor: String(item.actor ?? 'unknown'), at: String(item.at ?? 'unknown') };
  }
  const { state, ...standing } = parsed.data;
  return state === 'RUNNING' ? null : { scope, ...standing, state };
}

const problemOf = ({ issues }: z.ZodError): string => issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
