/**
 * Whose turn it is to sign a checkpoint: of two signers at once each would follow the same checkpoint, and the chain of checkpoints would
 * fork. A turn that was never given back ends by itself.
 */
import type { EpochMs } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Table } from './table.ts';

const key = { pk: 'checkpoints', sk: 'turn' } as const;
/** Longer than the signer's own deadline of two minutes, and over when it is called again a minute after it was cut off. */
const turnMs = 150_000;

export class SigningTurn {
  readonly #table: Table;

  constructor(operationsTable: Table) {
    this.#table = operationsTable;
  }

  /**
   * Whether it is the caller's now. A turn that would last twice as long as any was given by a clock that has gone back since, as that of a
   * fund on a laptop does, and binds nobody.
   */
  async take(now: EpochMs): Promise<boolean> {
    const item = { ...key, turnEndsAt: now + turnMs, expiresAt: Math.ceil((now + turnMs) / 1000) };
    try {
      await this.#table.put(item, 'attribute_not_exists(pk) OR turnEndsAt <= :now OR turnEndsAt > :longest', {
        ...{ ':now': now, ':longest': now + 2 * turnMs },
      });
      return true;
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }

  async giveBack(now: EpochMs): Promise<void> {
    await this.#table.put({ ...key, turnEndsAt: 0, expiresAt: Math.ceil(now / 1000) });
  }
}
