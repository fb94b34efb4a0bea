/**
 * Our own account of orders, executions, holdings and cash: what reconciliation holds against the broker. An intent is
 * written here before it is sent anywhere, and an order moves only on what a broker said of it.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ContractViolation, invariant, TransientFailure } from '../../kernel/errors.ts';
import { microUsdFromFloat } from '../../kernel/money.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { CycleId, EpochMs, Ticker, Usd } from '../../kernel/units.ts';
import { cancellationCodes, isNamed } from '../aws-errors.ts';
import { type Item, Table } from '../table.ts';
import { type Booking, book, type OrderChange } from './booking.ts';
import {
  accountKey,
  accountOf,
  cyclePartition,
  type LedgerAccount,
  type LedgerPosition,
  openPartition,
  orderItemKey,
  orderOf,
  orderPrefix,
  positionOf,
  positionsPartition,
  usdNumber,
} from './items.ts';
import type { LedgerOrder, OrderEvent, OrderEvidence, OrderIntent, OrderKey } from './order.ts';
import type { OrderProgress } from './order-progress.ts';
import {
  type ReservationGuard,
  type ReservationRefusal,
  requestToken,
  reservationParts,
  reservationRefusal,
  reservedOrder,
} from './reservation.ts';

export interface OrderReport {
  readonly key: OrderKey;
  readonly event: OrderEvent;
}

/** An order takes at most four parts of a transaction beside the account's one, of the hundred that DynamoDB allows. */
const ORDERS_PER_TRANSACTION = 24;
const ATTEMPTS_MAX = 8;

export class Ledger {
  readonly #table: Table;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#table = new Table(client, tableName);
  }

  /**
   * Writes the intent, state PENDING. A refusal means that nothing was written; `already-reserved` that an earlier
   * attempt wrote it, and that the broker must be asked by client id before anything is sent.
   */
  async reserveOrder(intent: OrderIntent, guard: ReservationGuard, at: EpochMs): Promise<LedgerOrder | ReservationRefusal> {
    const order = reservedOrder(intent, at);
    for (let attempt = 1; ; attempt++) {
      const codes = await this.#transact(reservationParts(this.#table, order, guard), requestToken('reserve', order, guard));
      if (codes === undefined) return order;
      const refusal = reservationRefusal(order, codes);
      if (refusal) return refusal;
      if (attempt === ATTEMPTS_MAX) throw contended(codes);
    }
  }

  /** What the broker says of one order. Twice the same, or old after new, changes nothing. */
  recordEvidence(key: OrderKey, evidence: OrderEvidence, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'evidence', evidence }, at);
  }

  /** The broker refused the order, or says that it never had it. */
  recordRejection(key: OrderKey, note: string, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'rejected', note }, at);
  }

  /** The order was sent and the reply was lost: UNKNOWN, with all of its reservation kept. */
  recordLostReply(key: OrderKey, note: string, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'reply-lost', note }, at);
  }

  /** Reserved, then held back before it was sent. @throws InvariantViolation when it may have been sent. */
  withdraw(key: OrderKey, note: string, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'withdrawn', note }, at);
  }

  /** Many reports in few transactions; progress comes back in the order of the reports. At most one report for an order. */
  async record(reports: readonly OrderReport[], at: EpochMs): Promise<readonly OrderProgress[]> {
    const progress: OrderProgress[] = [];
    for (let start = 0; start < reports.length; start += ORDERS_PER_TRANSACTION) {
      progress.push(...(await this.#recordTogether(reports.slice(start, start + ORDERS_PER_TRANSACTION), at)));
    }
    return progress;
  }

  async order(key: OrderKey): Promise<LedgerOrder | Refusal<'not-found'>> {
    const item = await this.#table.get(orderItemKey(key));
    return item ? orderOf(item) : refuse('not-found', { ...key });
  }

  async ordersOfCycle(cycleId: CycleId): Promise<readonly LedgerOrder[]> {
    return (await this.#table.query(cyclePartition(cycleId), orderPrefix)).map(orderOf);
  }

  /** Orders that are not final, of every cycle. */
  async openOrders(): Promise<readonly LedgerOrder[]> {
    const pointers = await this.#table.query(openPartition);
    const ids = new Set(pointers.map(({ sk }) => sk));
    const cycles = [...new Set(pointers.map(({ cycleId }) => cycleId as CycleId))];
    const orders = await Promise.all(cycles.map((cycleId) => this.ordersOfCycle(cycleId)));
    return orders.flat().filter(({ orderId }) => ids.has(orderId));
  }

  /** Every symbol that was ever ordered, also when nothing of it is held any more. */
  async positions(): Promise<readonly LedgerPosition[]> {
    return (await this.#table.query(positionsPartition)).map(positionOf);
  }

  async account(): Promise<LedgerAccount | Refusal<'not-found'>> {
    const item = await this.#table.get(accountKey);
    return item ? accountOf(item) : refuse('not-found', { item: accountKey });
  }

  /** Starts the cash account; an account that is there keeps what it has. Needed before the first execution is recorded. */
  async openAccount(cashUsd: Usd, at: EpochMs): Promise<void> {
    try {
      await this.#table.put(
        { ...accountKey, cashUsd: usdNumber(microUsdFromFloat(cashUsd)), realisedUsd: 0, openedAt: at },
        'attribute_not_exists(pk)',
      );
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
    }
  }

  async #recordOne(key: OrderKey, event: OrderEvent, at: EpochMs): Promise<OrderProgress> {
    return (await this.#recordTogether([{ key, event }], at))[0]!;
  }

  async #recordTogether(reports: readonly OrderReport[], at: EpochMs): Promise<readonly OrderProgress[]> {
    for (let attempt = 1; ; attempt++) {
      const { progress, parts, movesCash } = await this.#booking(reports, at);
      if (parts.length === 0) return progress;
      const codes = await this.#transact(parts, requestToken('record', reports, at, attempt));
      if (codes === undefined) return progress;
      invariant(!movesCash || codes.at(-1) !== 'ConditionalCheckFailed', 'the cash account is opened before an execution is recorded');
      if (attempt === ATTEMPTS_MAX) throw contended(codes);
    }
  }

  async #booking(reports: readonly OrderReport[], at: EpochMs): Promise<Booking> {
    const changes = await this.#changes(reports);
    const symbols = new Set(changes.map(({ before }) => before.symbol));
    const items =
      symbols.size === 1
        ? [await this.#table.get({ pk: positionsPartition, sk: [...symbols][0]! })]
        : await this.#table.query(positionsPartition);
    const positions = new Map(items.filter((item): item is Item => item !== undefined).map((item) => [item.sk as Ticker, item]));
    return book(this.#table, changes, positions, at);
  }

  /** One read for one order, one query for all orders of a cycle. */
  async #changes(reports: readonly OrderReport[]): Promise<readonly OrderChange[]> {
    const found = new Map<string, LedgerOrder>();
    if (reports.length === 1) {
      const item = await this.#table.get(orderItemKey(reports[0]!.key));
      if (item) found.set(reports[0]!.key.orderId, orderOf(item));
    } else {
      for (const cycleId of new Set(reports.map(({ key }) => key.cycleId))) {
        for (const order of await this.ordersOfCycle(cycleId)) found.set(order.orderId, order);
      }
    }
    return reports.map(({ key, event }) => {
      const before = found.get(key.orderId);
      invariant(before !== undefined, 'an order is reserved before anything is recorded of it', { ...key });
      return { before, event };
    });
  }

  /** The codes of the parts that did not go through; undefined when all did. */
  async #transact(parts: Parameters<Table['transact']>[0], token: string): Promise<readonly (string | undefined)[] | undefined> {
    try {
      await this.#table.transact(parts, token);
      return undefined;
    } catch (error) {
      const codes = cancellationCodes(error);
      if (codes === undefined) throw error;
      if (codes.includes('ValidationError'))
        throw new ContractViolation('the ledger’s transaction is well formed', { codes }, { cause: error });
      return codes;
    }
  }
}

const contended = (codes: readonly (string | undefined)[]): TransientFailure =>
  new TransientFailure('The ledger was being written by another at every attempt', { codes });
