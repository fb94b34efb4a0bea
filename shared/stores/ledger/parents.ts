/**
 * Parent orders: an order that is worked in slices, and never sent itself. It lies beside its children, and is the one place where they are
 * counted together:
 *
 *   cycle#<cycleId> | parent#<parentId>              the parent, its schedule, and `claimed`: what its children filled or may still fill
 *   cycle#<cycleId> | claim#<parentId>#<slice>       what one child may fill, and once it is over, what it did
 *
 * A child is claimed before it is reserved, in one transaction with the parent, under the condition that the claims stay within the parent's
 * quantity and that the parent still works. A claim is taken back only for a child that is over. So the children's quantities never exceed
 * the parent's, whoever works it, however often, and wherever a worker dies: what is left behind is a claim without an order, which keeps
 * shares from being sent and sends none.
 *
 * Not covered: shares that the exchange takes back (a bust) are not worked again.
 */
import * as z from 'zod';
import { ContractViolation, TransientFailure } from '../../kernel/errors.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares } from '../../kernel/units.ts';
import { cancellationCodes, isNamed } from '../aws-errors.ts';
import { type Item, type Key, type Table, toAttributes } from '../table.ts';
import { cyclePartition } from './items.ts';
import type { OrderIntent, OrderKey } from './order.ts';

export interface ParentSlice {
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly cumulativeQuantity: Shares;
}

/** What is decided when a parent is opened. */
export interface ParentIntent
  extends Pick<
    OrderIntent,
    'cycleId' | 'orderId' | 'strategy' | 'broker' | 'symbol' | 'side' | 'quantity' | 'reducing' | 'decisionPriceUsd'
  > {
  readonly kind: 'vwap' | 'twap';
  /** Of the plan's legs of this symbol; children share it and have revisions of their own. */
  readonly leg: number;
  /** A changed epoch ends the parent. */
  readonly controlEpoch: number;
  readonly leaseToken: number;
  readonly arrivalPriceUsd: Price | null;
  /** At least one, ascending. */
  readonly slices: readonly ParentSlice[];
}

export interface ParentOrder extends ParentIntent {
  readonly state: 'WORKING' | 'ENDED';
  /** Why it ended; absent while it works. */
  readonly endedFor?: string;
  /** What its children filled, or may still fill. */
  readonly claimed: Shares;
  readonly result?: ParentResult;
  readonly openedAt: EpochMs;
}

/** What became of a parent, once none of its children works. */
export interface ParentResult {
  readonly filledQuantity: number;
  /** Null while nothing is filled. */
  readonly averagePriceUsd: number | null;
  /** The market's price when the last child was over; null where the broker had none. */
  readonly endPriceUsd: number | null;
}

export interface Claim {
  readonly slice: number;
  readonly childId: OrderId;
  readonly quantity: Shares;
  /** Null while the child may still fill. */
  readonly filled: Shares | null;
  readonly claimedAt: EpochMs;
}

export type ClaimRefusal = Refusal<'already-claimed' | 'parent-ended' | 'over-parent'>;

const ATTEMPTS_MAX = 8;

export class ParentStore {
  readonly #table: Table;

  constructor(ledgerTable: Table) {
    this.#table = ledgerTable;
  }

  /** One that is there already stays as it is. */
  async open(intent: ParentIntent, at: EpochMs): Promise<void> {
    const item = { ...parentKey(intent), ...intent, state: 'WORKING', claimed: 0, openedAt: at };
    try {
      await this.#table.put(item, 'attribute_not_exists(pk)');
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
    }
  }

  async read(key: OrderKey): Promise<ParentOrder | Refusal<'not-found'>> {
    const item = await this.#table.get(parentKey(key));
    return item ? parentOf(item) : refuse('not-found', { ...key });
  }

  async ofCycle(cycleId: CycleId): Promise<readonly ParentOrder[]> {
    return (await this.#table.query(cyclePartition(cycleId), parentPrefix)).map(parentOf);
  }

  /** By slice, ascending. */
  async claims(key: OrderKey): Promise<readonly Claim[]> {
    return (await this.#table.query(cyclePartition(key.cycleId), `${claimPrefix}${key.orderId}#`)).map(claimOf);
  }

  /** Sets the child's shares aside; nothing is written when it is refused. */
  async claim(parent: ParentOrder, { slice, childId, quantity, claimedAt }: Omit<Claim, 'filled'>): Promise<'claimed' | ClaimRefusal> {
    const update = {
      Update: {
        TableName: this.#table.name,
        Key: toAttributes(parentKey(parent)),
        UpdateExpression: 'ADD claimed :quantity',
        ConditionExpression: '#state = :working AND claimed <= :room',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: toAttributes({
          ':quantity': quantity,
          ':working': 'WORKING',
          ':room': fourDecimals(parent.quantity - quantity),
        }),
      },
    };
    const put = this.#table.putting(
      { ...claimKey(parent, slice), slice, childId, quantity, filled: null, claimedAt },
      'attribute_not_exists(pk)',
    );
    const codes = await this.#transact([put, update]);
    if (codes === undefined) return 'claimed';
    if (codes[0] === 'ConditionalCheckFailed') return refuse('already-claimed', { childId });
    const now = await this.read(parent);
    return refuse('state' in now && now.state === 'WORKING' ? 'over-parent' : 'parent-ended', { childId, quantity });
  }

  /** The child is over, having filled so much; what it did not fill may be claimed again. A fill that comes later is counted then. */
  async settle(parent: OrderKey, claim: Claim, filled: Shares): Promise<void> {
    if (claim.filled === filled) return;
    const heldBefore = claim.filled ?? claim.quantity;
    const settled = {
      Update: {
        TableName: this.#table.name,
        Key: toAttributes(claimKey(parent, claim.slice)),
        UpdateExpression: 'SET filled = :filled',
        ConditionExpression: 'filled = :before',
        ExpressionAttributeValues: toAttributes({ ':filled': filled, ':before': claim.filled }),
      },
    };
    const released = {
      Update: {
        TableName: this.#table.name,
        Key: toAttributes(parentKey(parent)),
        UpdateExpression: 'ADD claimed :difference',
        ExpressionAttributeValues: toAttributes({ ':difference': fourDecimals(filled - heldBefore) }),
      },
    };
    // A failed condition: another worker has settled it, from the same ledger.
    await this.#transact([settled, released]);
  }

  /** Nothing is claimed any more from now on. The first reason stays. */
  end(key: OrderKey, reason: string): Promise<void> {
    return this.#once(key, {
      UpdateExpression: 'SET #state = :ended, endedFor = :reason',
      ConditionExpression: '#state = :working',
      ExpressionAttributeNames: { '#state': 'state' },
      values: { ':ended': 'ENDED', ':working': 'WORKING', ':reason': reason },
    });
  }

  /** The first result stays. */
  finish(key: OrderKey, result: ParentResult): Promise<void> {
    return this.#once(key, {
      UpdateExpression: 'SET #result = :result',
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(#result)',
      ExpressionAttributeNames: { '#result': 'result' },
      values: { ':result': result },
    });
  }

  async #once(key: OrderKey, update: Parameters<Table['update']>[1]): Promise<void> {
    try {
      await this.#table.update(parentKey(key), update);
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
    }
  }

  /** The codes of the parts that did not go through; undefined when all did. A conflict with another writer is tried again. */
  async #transact(parts: Parameters<Table['transact']>[0]): Promise<readonly (string | undefined)[] | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#table.transact(parts);
        return undefined;
      } catch (error) {
        const codes = cancellationCodes(error);
        if (codes === undefined) throw error;
        if (codes.includes('ConditionalCheckFailed')) return codes;
        if (attempt === ATTEMPTS_MAX) throw new TransientFailure('A parent order was being written by another at every attempt', { codes });
      }
    }
  }
}

const parentPrefix = 'parent#';
const claimPrefix = 'claim#';
const parentKey = ({ cycleId, orderId }: OrderKey): Key => ({ pk: cyclePartition(cycleId), sk: `${parentPrefix}${orderId}` });
const claimKey = ({ cycleId, orderId }: OrderKey, slice: number): Key => ({
  pk: cyclePartition(cycleId),
  sk: `${claimPrefix}${orderId}#${String(slice).padStart(3, '0')}`,
});

const parentShape = z.object({
  cycleId: z.string(),
  orderId: z.string(),
  strategy: z.string(),
  broker: z.string(),
  symbol: z.string(),
  side: z.enum(['BUY', 'SELL']),
  quantity: z.number().positive(),
  reducing: z.boolean(),
  decisionPriceUsd: z.number(),
  kind: z.enum(['vwap', 'twap']),
  leg: z.number().int(),
  controlEpoch: z.number().int(),
  leaseToken: z.number().int(),
  arrivalPriceUsd: z.number().nullable(),
  slices: z.array(z.object({ startsAt: z.number(), endsAt: z.number(), cumulativeQuantity: z.number() })).min(1),
  state: z.enum(['WORKING', 'ENDED']),
  endedFor: z.string().optional(),
  claimed: z.number(),
  result: z.object({ filledQuantity: z.number(), averagePriceUsd: z.number().nullable(), endPriceUsd: z.number().nullable() }).optional(),
  openedAt: z.number(),
});
const claimShape = z.object({
  slice: z.number().int(),
  childId: z.string(),
  quantity: z.number().positive(),
  filled: z.number().nullable(),
  claimedAt: z.number(),
});

const parentOf = (item: Item): ParentOrder => shaped(parentShape, item) as ParentOrder;
const claimOf = (item: Item): Claim => shaped(claimShape, item) as Claim;

function shaped(shape: z.ZodType, item: Item): unknown {
  const parsed = shape.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new ContractViolation('a parent order in the ledger is well formed', { pk: item.pk, sk: item.sk, issues: parsed.error.message });
}

const fourDecimals = (quantity: number): number => Math.round(quantity * 1e4) / 1e4;
