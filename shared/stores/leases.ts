/**
 * One cycle trades at a time. The lease carries a fencing token that rises with every new holder; each order is reserved
 * only while the token still stands (Kleppmann, "How to do distributed locking", 2016), so a holder that lost its lease
 * without noticing cannot reserve anything.
 */
import { type Refusal, refuse } from '../kernel/refusal.ts';
import type { CycleId, EpochMs } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Table } from './table.ts';

export const leaseKey = { pk: 'trading-cycle', sk: 'lease' } as const;

export interface Lease {
  readonly holder: CycleId;
  readonly token: number;
}

/** `held`: its time runs. `expired`: its time ran out, and its holder never let it go. */
export interface LeaseStanding extends Lease {
  readonly state: 'held' | 'expired' | 'released';
}

export class LeaseStore {
  readonly #leases: Table;

  constructor(leaseTable: Table) {
    this.#leases = leaseTable;
  }

  /**
   * Taken when free or expired; a second delivery of the same cycle gets the same lease back. A cycle scheduled before the
   * last one that held the lease is refused: the book would already know what that cycle must not.
   */
  async acquire(
    holder: CycleId,
    scheduledAt: EpochMs,
    now: EpochMs,
    durationMs: number,
  ): Promise<Lease | Refusal<'lease-held' | 'cycle-out-of-order'>> {
    for (;;) {
      const held = await this.#leases.get(leaseKey);
      // Whatever is no instant that has passed stands.
      const stands = held !== undefined && !(Number(held.expiresAt) <= now);
      if (stands && held.holder === holder) return { holder, token: Number(held.token) };
      if (held && Number(held.scheduledAt) > scheduledAt) return refuse('cycle-out-of-order', { lastCycle: held.holder });
      if (stands) return refuse('lease-held', { holder: held.holder, expiresAt: held.expiresAt });
      const token = await this.#take(holder, scheduledAt, now + durationMs, held?.token);
      if (token !== undefined) return { holder, token };
    }
  }

  /** The new token; undefined when another took the lease since it was read. */
  async #take(holder: CycleId, scheduledAt: EpochMs, expiresAt: number, tokenBefore: unknown): Promise<number | undefined> {
    const names = { '#token': 'token' };
    const values = { ':holder': holder, ':scheduledAt': scheduledAt, ':expiresAt': expiresAt, ':one': 1 };
    try {
      const item = await this.#leases.update(leaseKey, {
        UpdateExpression: 'SET holder = :holder, scheduledAt = :scheduledAt, expiresAt = :expiresAt ADD #token :one',
        ConditionExpression: tokenBefore === undefined ? 'attribute_not_exists(#token)' : '#token = :before',
        ExpressionAttributeNames: names,
        values: tokenBefore === undefined ? values : { ...values, ':before': tokenBefore },
      });
      return Number(item.token);
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return undefined;
      throw error;
    }
  }

  /** Who had it last; null before the first cycle. */
  async standing(now: EpochMs): Promise<LeaseStanding | null> {
    const item = await this.#leases.get(leaseKey);
    if (item === undefined) return null;
    const { holder, token, expiresAt } = item;
    const state = expiresAt === RELEASED ? 'released' : Number(expiresAt) <= now ? 'expired' : 'held';
    return { holder: holder as CycleId, token: Number(token), state };
  }

  /**
   * Takes the lease from a holder that is dead: the token rises, so whatever of it still runs reserves and sends nothing more. A lease
   * that is another's by now is left as it is. Says whether it was taken.
   */
  async revoke({ holder, token }: Lease): Promise<boolean> {
    return this.#end({ holder, token }, 'SET expiresAt = :released ADD #token :one', { ':one': 1 });
  }

  /** Lets the next cycle in at once. A lease that is no longer ours is left as it is. */
  async release(lease: Lease): Promise<void> {
    await this.#end(lease, 'SET expiresAt = :released');
  }

  async #end({ holder, token }: Lease, UpdateExpression: string, values: Readonly<Record<string, number>> = {}): Promise<boolean> {
    try {
      await this.#leases.update(leaseKey, {
        UpdateExpression,
        ConditionExpression: 'holder = :holder AND #token = :token',
        ExpressionAttributeNames: { '#token': 'token' },
        values: { ':released': RELEASED, ':holder': holder, ':token': token, ...values },
      });
      return true;
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      return false;
    }
  }
}

/** The time at which a lease that was let go runs out. */
const RELEASED = 0;
