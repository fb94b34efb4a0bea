/**
 * Turns what was learned of some orders into one DynamoDB transaction: the orders as they now are, each execution, the
 * holdings, the cash, and what is no longer reserved. Every part is conditioned on the version or the holding it was
 * computed from, so that two writers never book the same shares twice: the loser reads again.
 */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type Holding, type HoldingChange, holdingAfterFill, type SignedFill } from '../../domain/execution/holding.ts';
import { type MicroUsd, noMoney, parseMicroUsd } from '../../kernel/money.ts';
import type { EpochMs, Ticker } from '../../kernel/units.ts';
import { type Item, type Table, toAttributes } from '../table.ts';
import { accountKey, entriesOf, fillItemKey, holdingOf, openItemKey, orderItem, positionKey, sharesNumber, usdNumber } from './items.ts';
import type { LedgerOrder, OrderEvent } from './order.ts';
import { type OrderProgress, orderAfter } from './order-progress.ts';
import { reservedUsdOf } from './reservation.ts';

export interface OrderChange {
  readonly before: LedgerOrder;
  readonly event: OrderEvent;
}

export interface Booking {
  readonly progress: readonly OrderProgress[];
  /** Empty when nothing new was learned. */
  readonly parts: TransactWriteItem[];
  /** The last part moves cash, and needs an account to be there. */
  readonly movesCash: boolean;
}

export function book(ledger: Table, changes: readonly OrderChange[], positions: ReadonlyMap<Ticker, Item>, at: EpochMs): Booking {
  const bySymbol = new Map<Ticker, SymbolChange>();
  const parts: TransactWriteItem[] = [];
  let cash = noMoney;
  const progress = changes.map(({ before, event }) => {
    const moved = orderAfter(before, event, at);
    if (moved.kind !== 'moved') return moved;
    const change = changeOf(before.symbol, bySymbol, positions);
    parts.push(replacing(ledger, moved.order, before.version));
    if (moved.fill) {
      const { fill } = moved;
      change.enter(holdingAfterFill(change.after, fill));
      cash = (cash - fill.value) as MicroUsd;
      parts.push(ledger.putting(fillItem(moved.order, fill, change.entries, at), 'attribute_not_exists(pk)'));
    }
    if (moved.closed) {
      change.release(before);
      parts.push({ Delete: { TableName: ledger.name, Key: toAttributes(openItemKey(before.orderId)) } });
    }
    return moved;
  });

  let realised = noMoney;
  for (const change of bySymbol.values()) {
    realised = (realised + change.realised) as MicroUsd;
    const part = change.part(ledger);
    if (part) parts.push(part);
  }
  const movesCash = cash !== 0n || realised !== 0n;
  if (movesCash) parts.push(accountPart(ledger, cash, realised));
  return { progress, parts, movesCash };
}

/** What happens to one symbol's item in one transaction. */
export class SymbolChange {
  readonly #symbol: Ticker;
  readonly #entriesBefore: number;
  after: Holding;
  entries: number;
  realised = noMoney;
  #released = 0;
  #releasedUsd = noMoney;

  constructor(symbol: Ticker, item: Item | undefined) {
    this.#symbol = symbol;
    this.#entriesBefore = entriesOf(item);
    this.entries = this.#entriesBefore;
    this.after = holdingOf(item);
  }

  enter({ holding, realised }: HoldingChange): void {
    this.after = holding;
    this.entries++;
    this.realised = (this.realised + realised) as MicroUsd;
  }

  release(order: LedgerOrder): void {
    this.#released++;
    this.#releasedUsd = (this.#releasedUsd + parseMicroUsd(String(reservedUsdOf(order)))) as MicroUsd;
  }

  /** Counters are added to, so that reservations made meanwhile stay; the holding is set, over the entry it was computed from. */
  part(ledger: Table): TransactWriteItem | undefined {
    const holdingMoved = this.entries !== this.#entriesBefore;
    if (!holdingMoved && this.#released === 0) return undefined;
    const adds = 'ADD openOrders :released, reservedUsd :releasedUsd, realisedUsd :realised';
    const counters = {
      ...{ ':released': -this.#released, ':releasedUsd': usdNumber(-this.#releasedUsd as MicroUsd) },
      ':realised': usdNumber(this.realised),
    };
    const Key = toAttributes(positionKey(this.#symbol));
    if (!holdingMoved)
      return { Update: { TableName: ledger.name, Key, UpdateExpression: adds, ExpressionAttributeValues: toAttributes(counters) } };
    const known = this.#entriesBefore > 0;
    const { quantity, cost } = this.after;
    return {
      Update: {
        TableName: ledger.name,
        Key,
        UpdateExpression: `SET quantity = :quantity, costUsd = :cost, entries = :entries ${adds}`,
        ConditionExpression: known ? 'entries = :entriesBefore' : 'attribute_not_exists(entries)',
        ExpressionAttributeValues: toAttributes({
          ...counters,
          ...{ ':quantity': sharesNumber(quantity), ':cost': usdNumber(cost), ':entries': this.entries },
          ...(known && { ':entriesBefore': this.#entriesBefore }),
        }),
      },
    };
  }
}

export const accountPart = (ledger: Table, cash: MicroUsd, realised: MicroUsd): TransactWriteItem => ({
  Update: {
    TableName: ledger.name,
    Key: toAttributes(accountKey),
    UpdateExpression: 'ADD cashUsd :cash, realisedUsd :realised',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: toAttributes({ ':cash': usdNumber(cash), ':realised': usdNumber(realised) }),
  },
});

function changeOf(symbol: Ticker, bySymbol: Map<Ticker, SymbolChange>, positions: ReadonlyMap<Ticker, Item>): SymbolChange {
  const known = bySymbol.get(symbol);
  if (known) return known;
  const change = new SymbolChange(symbol, positions.get(symbol));
  bySymbol.set(symbol, change);
  return change;
}

const fillItem = (order: LedgerOrder, fill: SignedFill, entry: number, at: EpochMs) => ({
  ...fillItemKey(order),
  ...{ cycleId: order.cycleId, orderId: order.orderId, symbol: order.symbol, at, entry },
  quantity: sharesNumber(fill.quantity),
  valueUsd: usdNumber(fill.value),
});

const replacing = (ledger: Table, order: LedgerOrder, versionBefore: number): TransactWriteItem =>
  ledger.putting(orderItem(order), '#version = :before', { ':before': versionBefore }, { '#version': 'version' });
