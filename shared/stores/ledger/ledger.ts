/**
 * Our own account of orders, executions, holdings and cash: what reconciliation holds against the broker. An intent is
 * written here before it is sent anywhere, and an order moves only on what a broker said of it.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Bust } from '../../domain/execution/busts.ts';
import { ContractViolation, invariant, TransientFailure } from '../../kernel/errors.ts';
import { microUsdFromFloat } from '../../kernel/money.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { CycleId, EpochMs, Ticker, Usd } from '../../kernel/units.ts';
import { cancellationCodes, isNamed } from '../aws-errors.ts';
import { type Item, Table } from '../table.ts';
import { type Adjustment, adjustmentParts, movesShares } from './adjustment.ts';
import { type Booking, book, type OrderChange } from './booking.ts';
import { type RebuiltBook, rebuiltFrom } from './entries.ts';
import type { GuardedPart, ReservationGuard } from './guard.ts';
import {
  accountKey,
  accountOf,
  adjustmentsPartition,
  cyclePartition,
  fillsPartition,
  type LedgerAccount,
  type LedgerPosition,
  openPartition,
  orderItemKey,
  orderOf,
  orderPrefix,
  positionKey,
  positionOf,
  positionsPartition,
  usdNumber,
} from './items.ts';
import type { LedgerOrder, OrderEvent, OrderEvidence, OrderIntent, OrderKey } from './order.ts';
import { isReplaceable, type OrderProgress } from './order-progress.ts';
import {
  type ReplacementRefusal,
  type Replacing,
  type ReservationRefusal,
  replacementParts,
  reservationParts,
  reservedOrder,
  type SendingRefusal,
  sendingParts,
  standingAgainst,
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
   * attempt wrote it, and that it must be read before anything is sent.
   */
  async reserveOrder(intent: OrderIntent, guard: ReservationGuard, at: EpochMs): Promise<LedgerOrder | ReservationRefusal> {
    const order = reservedOrder(intent, at);
    return (await this.#guarded(order, reservationParts(this.#table, order, guard))) ?? order;
  }

  /**
   * PENDING → SUBMITTED, and the one who is told `begun` sends. `from` SUBMITTED: follows a sender that died, see reservation.ts.
   * When this call's own reply is lost, whoever asks again is refused with `not-pending`, and the order is settled by asking the broker.
   */
  async beginSending(
    order: OrderIntent,
    guard: ReservationGuard,
    at: EpochMs,
    from: 'PENDING' | 'SUBMITTED' = 'PENDING',
  ): Promise<{ readonly kind: 'begun'; readonly sentAt: EpochMs } | SendingRefusal> {
    const refused = await this.#guarded(order, sendingParts(this.#table, order, guard, at, from));
    return refused ?? { kind: 'begun', sentAt: at };
  }

  /**
   * Writes the order that takes another's place, SUBMITTED, and marks the other; whoever is answered with the two sends the request. What
   * comes of it is recorded of the new order; where that was not made, the other works on as it did.
   */
  async beginReplace(
    order: LedgerOrder,
    by: Replacing,
    guard: ReservationGuard,
    at: EpochMs,
  ): Promise<{ readonly kind: 'begun'; readonly replaced: LedgerOrder; readonly replacement: LedgerOrder } | ReplacementRefusal> {
    if (!isReplaceable(order)) {
      const details = { orderId: order.orderId, symbol: order.symbol, standing: ['not-replaceable'] } as const;
      return { ...refuse('not-replaceable'), details };
    }
    const { parts, replaced, replacement } = replacementParts(this.#table, order, by, guard, at);
    return (await this.#guarded(replacement, parts)) ?? { kind: 'begun', replaced, replacement };
  }

  /** What the broker says of one order. Twice the same, or old after new, changes nothing. */
  recordEvidence(key: OrderKey, evidence: OrderEvidence, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'evidence', evidence }, at);
  }

  /** The broker read the submission and refused it. */
  recordRejection(key: OrderKey, note: string, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'rejected', note }, at);
  }

  /** The broker turned the submission away unread. */
  recordTurnedAway(key: OrderKey, note: string, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'turned-away', note }, at);
  }

  /** The order was sent and the reply was lost: UNKNOWN, with all of its reservation kept. */
  recordLostReply(key: OrderKey, note: string, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'reply-lost', note }, at);
  }

  /** Asked by client id, the broker has none. Refused while its sender may still be about to send (settle-order.ts). */
  recordNeverArrived(key: OrderKey, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'never-arrived', note: 'asked by client id, the broker has none' }, at);
  }

  /** Reserved, then held back before it was sent. Refused with `may-have-been-sent` when a sender was faster. */
  withdraw(key: OrderKey, note: string, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'withdrawn', note }, at);
  }

  /** Before the broker is asked to cancel. An order that was not sent or is final stays as it is. */
  requestCancel(key: OrderKey, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'cancel-requested' }, at);
  }

  /** The broker would not cancel it: it works on, as it did all the while. */
  cancelRejected(key: OrderKey, note: string, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'cancel-rejected', note }, at);
  }

  /** The exchange took an execution back: shares and cash go the way they came. */
  recordBust(key: OrderKey, bust: Bust, at: EpochMs): Promise<OrderProgress> {
    return this.#recordOne(key, { kind: 'bust', ...bust }, at);
  }

  /** Many reports in few transactions; progress comes back in the order of the reports. At most one report for an order. */
  async record(reports: readonly OrderReport[], at: EpochMs): Promise<readonly OrderProgress[]> {
    const progress: OrderProgress[] = [];
    for (let start = 0; start < reports.length; start += ORDERS_PER_TRANSACTION) {
      progress.push(...(await this.#recordTogether(reports.slice(start, start + ORDERS_PER_TRANSACTION), at)));
    }
    return progress;
  }

  /** What moved cash or shares without an order of ours. An activity is booked once. */
  async recordAdjustment(adjustment: Adjustment): Promise<{ readonly kind: 'booked' | 'already-booked' }> {
    for (let attempt = 1; ; attempt++) {
      const position = movesShares(adjustment) ? await this.#table.get(positionKey(adjustment.symbol)) : undefined;
      const codes = await this.#transact(adjustmentParts(this.#table, adjustment, position));
      if (codes === undefined) return { kind: 'booked' };
      if (codes[0] === 'ConditionalCheckFailed') return { kind: 'already-booked' };
      invariant(codes.at(-1) !== 'ConditionalCheckFailed', 'the cash account is opened before an adjustment is recorded');
      if (attempt === ATTEMPTS_MAX) throw contended(codes);
    }
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

  /** Holdings and cash from the entries alone. To be compared while nobody books: the reads are not one instant. */
  async rebuiltFromEntries(): Promise<RebuiltBook | Refusal<'not-found'>> {
    const account = await this.#table.get(accountKey);
    if (!account) return refuse('not-found', { item: accountKey });
    const [fills, adjustments] = await Promise.all([this.#table.query(fillsPartition), this.#table.query(adjustmentsPartition)]);
    return rebuiltFrom(Number(account.openingCashUsd), fills, adjustments);
  }

  /** Starts the cash account; an account that is there keeps what it has. Needed before the first execution is recorded. */
  async openAccount(cashUsd: Usd, at: EpochMs): Promise<void> {
    const opening = usdNumber(microUsdFromFloat(cashUsd));
    try {
      await this.#table.put(
        { ...accountKey, cashUsd: opening, openingCashUsd: opening, realisedUsd: 0, openedAt: at },
        'attribute_not_exists(pk)',
      );
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
    }
  }

  /** Undefined when all parts went through. */
  async #guarded<Reason extends string>(order: OrderIntent, parts: readonly GuardedPart<Reason>[]) {
    for (let attempt = 1; ; attempt++) {
      const codes = await this.#transact(parts.map(({ part }) => part));
      if (codes === undefined) return undefined;
      const refusal = standingAgainst(order, parts, codes);
      if (refusal) return refusal;
      if (attempt === ATTEMPTS_MAX) throw contended(codes);
    }
  }

  async #recordOne(key: OrderKey, event: OrderEvent, at: EpochMs): Promise<OrderProgress> {
    return (await this.#recordTogether([{ key, event }], at))[0]!;
  }

  async #recordTogether(reports: readonly OrderReport[], at: EpochMs): Promise<readonly OrderProgress[]> {
    for (let attempt = 1; ; attempt++) {
      const { progress, parts, movesCash } = await this.#booking(reports, at);
      if (parts.length === 0) return progress;
      const codes = await this.#transact(parts);
      if (codes === undefined) return this.#withReplacedWorking(progress, at);
      invariant(!movesCash || codes.at(-1) !== 'ConditionalCheckFailed', 'the cash account is opened before an execution is recorded');
      if (attempt === ATTEMPTS_MAX) throw contended(codes);
    }
  }

  /** What was not replaced is as it was. A crash in between only keeps it from being replaced again: it fills, and can be cancelled. */
  async #withReplacedWorking(progress: readonly OrderProgress[], at: EpochMs): Promise<readonly OrderProgress[]> {
    for (const one of progress) {
      if (one.kind !== 'moved' || !one.closed || one.order.state !== 'REJECTED' || one.order.replaces === undefined) continue;
      const { cycleId, replaces, note = '' } = one.order;
      await this.#recordOne({ cycleId, orderId: replaces }, { kind: 'replace-rejected', note }, at);
    }
    return progress;
  }

  async #booking(reports: readonly OrderReport[], at: EpochMs): Promise<Booking> {
    const changes = await this.#changes(reports);
    const symbols = new Set(changes.map(({ before }) => before.symbol));
    const items = symbols.size === 1 ? [await this.#table.get(positionKey([...symbols][0]!))] : await this.#table.query(positionsPartition);
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
  async #transact(parts: Parameters<Table['transact']>[0]): Promise<readonly (string | undefined)[] | undefined> {
    try {
      await this.#table.transact(parts);
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
