/**
 * Whose turn it is to sign a checkpoint: of two signers at once each would follow the same checkpoint, and the chain of checkpoints would
 * fork. A turn that was never given back ends by itself.
 */
import type { EpochMs } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Table } from './table.ts';

const key = { pk: 'checkpoints', sk: 'turn' } as const;
/** Longer than the signer's own deadline. */
const turnMs = 3 * 60_000;

export class SigningTurn {
  readonly #table: Table;

  constructor(operationsTable: Table) {
    this.#table = operationsTable;
  }

  /** Whether it is the caller's now. */
  async take(now: EpochMs): Promise<boolean> {
    const item = { ...key, turnEndsAt: now + turnMs, expiresAt: Math.ceil((now + turnMs) / 1000) };
    try {
      await this.#table.put(item, 'attribute_not_exists(pk) OR turnEndsAt <= :now', { ':now': now });
      return true;
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }

  /** Ends it for every clock: a fund on a laptop may trade an earlier year next. */
  async giveBack(now: EpochMs): Promise<void> {
    await this.#table.put({ ...key, turnEndsAt: 0, expiresAt: Math.ceil(now / 1000) });
  }
}
