/**
 * The flag that stops trading. Whatever is not a whole, well-formed control item reads as a refusal: absent and garbled
 * both mean "do not trade".
 */
import { ControlItem, type ControlState, controlKey } from '../contracts/control.ts';
import { type Refusal, refuse } from '../kernel/refusal.ts';
import type { EpochMs } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Table } from './table.ts';

export interface ControlChange {
  readonly state: ControlState;
  readonly reason: string;
  readonly actor: string;
  readonly at: EpochMs;
}

export class ControlStore {
  readonly #policy: Table;

  constructor(policyTable: Table) {
    this.#policy = policyTable;
  }

  async read(): Promise<ControlItem | Refusal<'control-missing' | 'control-malformed'>> {
    const item = await this.#policy.get(controlKey);
    if (!item) return refuse('control-missing', { item: controlKey });
    const parsed = ControlItem.safeParse(item);
    if (!parsed.success)
      return refuse('control-malformed', {
        item: controlKey,
        problem: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      });
    return parsed.data;
  }

  /**
   * Writes the next control item. The epoch always rises, also over a missing or garbled item, so that orders reserved
   * before cannot match it. A change between read and write is read again, not overwritten unseen.
   */
  async change({ state, reason, actor, at }: ControlChange): Promise<ControlItem> {
    for (;;) {
      const current = await this.#policy.get(controlKey);
      const epochBefore = current?.epoch;
      const known = typeof epochBefore === 'number' && Number.isSafeInteger(epochBefore) && epochBefore > 0;
      const next: ControlItem = { state, epoch: known ? epochBefore + 1 : at, reason, actor, at: new Date(at).toISOString() };
      try {
        if (!current) await this.#policy.put({ ...controlKey, ...next }, 'attribute_not_exists(pk)');
        else if (epochBefore === undefined) await this.#policy.put({ ...controlKey, ...next }, 'attribute_not_exists(epoch)');
        else await this.#policy.put({ ...controlKey, ...next }, 'epoch = :before', { ':before': epochBefore });
        return next;
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      }
    }
  }
}
