/**
 * Turns what was learned of some orders into one DynamoDB transaction: the orders as they now are, each execution, the
 * holdings, the cash, and what is no longer reserved. Every part is conditioned on the version or the holding it was
 * computed from, so that two writers never book the same shares twice: the loser reads again.
 */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type MicroUsd, noMoney, parseMicroUsd } from '../../kernel/money.ts';
import type { EpochMs, Ticker } from '../../kernel/units.ts';
import { type Item, type Table, toAttributes } from '../table.ts';
import { type Holding, holdingAfterFill, type SignedFill } from './holding.ts';
import { accountKey, fillItemKey, holdingOf, openItemKey, orderItem, positionKey, sharesNumber, usdNumber } from './items.ts';
import type { LedgerOrder, OrderEvent } from './order.ts';
import { type OrderProgress, orderAfter } from './order-progress.ts';
import { reservedUsdOf } from './reservation.ts';

export interface OrderChange {
  readonly before: LedgerOrder;
  readonly event: OrderEvent;
}

interface SymbolChange {
  readonly before: Holding;
  after: Holding;
  realised: MicroUsd;
  released: number;
  releasedUsd: MicroUsd;
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
    if (moved.kind === 'unchanged') return moved;
    const change = changeOf(before.symbol, bySymbol, positions);
    parts.push(replacing(ledger, moved.order, before.version));
    if (moved.fill) {
      fillIn(change, moved.fill);
      cash = (cash - moved.fill.value) as MicroUsd;
      parts.push(ledger.putting(fillItem(moved.order, moved.fill, at), 'attribute_not_exists(pk)'));
    }
    if (moved.closed) {
      change.released++;
      change.releasedUsd = (change.releasedUsd + parseMicroUsd(String(reservedUsdOf(before)))) as MicroUsd;
      parts.push({ Delete: { TableName: ledger.name, Key: toAttributes(openItemKey(before.orderId)) } });
    }
    return moved;
  });

  let realised = noMoney;
  for (const [symbol, change] of bySymbol) {
    realised = (realised + change.realised) as MicroUsd;
    const part = positionPart(ledger, symbol, change, positions.get(symbol));
    if (part) parts.push(part);
  }
  const movesCash = cash !== 0n || realised !== 0n;
  if (movesCash) parts.push(accountPart(ledger, cash, realised));
  return { progress, parts, movesCash };
}

function changeOf(symbol: Ticker, bySymbol: Map<Ticker, SymbolChange>, positions: ReadonlyMap<Ticker, Item>): SymbolChange {
  const known = bySymbol.get(symbol);
  if (known) return known;
  const before = holdingOf(positions.get(symbol));
  const change: SymbolChange = { before, after: before, realised: noMoney, released: 0, releasedUsd: noMoney };
  bySymbol.set(symbol, change);
  return change;
}

function fillIn(change: SymbolChange, fill: SignedFill): void {
  const { holding, realised } = holdingAfterFill(change.after, fill);
  change.after = holding;
  change.realised = (change.realised + realised) as MicroUsd;
}

const fillItem = (order: LedgerOrder, fill: SignedFill, at: EpochMs) => ({
  ...fillItemKey(order),
  ...{ orderId: order.orderId, symbol: order.symbol, side: order.side, at },
  quantity: sharesNumber(fill.quantity),
  valueUsd: usdNumber(fill.value),
});

const replacing = (ledger: Table, order: LedgerOrder, versionBefore: number): TransactWriteItem =>
  ledger.putting(orderItem(order), '#version = :before', { ':before': versionBefore }, { '#version': 'version' });

/** Counters are added to, so that reservations made meanwhile stay; the holding is set, over the one it was computed from. */
function positionPart(ledger: Table, symbol: Ticker, change: SymbolChange, item: Item | undefined): TransactWriteItem | undefined {
  const { before, after, realised, released, releasedUsd } = change;
  const holdingMoved = before.quantity !== after.quantity || before.cost !== after.cost;
  if (!holdingMoved && released === 0) return undefined;
  const known = item?.quantity !== undefined;
  return {
    Update: {
      TableName: ledger.name,
      Key: toAttributes(positionKey(symbol)),
      UpdateExpression: `${holdingMoved ? 'SET quantity = :quantity, costUsd = :cost ' : ''}ADD openOrders :released, reservedUsd :releasedUsd, realisedUsd :realised`,
      ...(holdingMoved && {
        ConditionExpression: known ? 'quantity = :quantityBefore AND costUsd = :costBefore' : 'attribute_not_exists(quantity)',
      }),
      ExpressionAttributeValues: toAttributes({
        ':released': -released,
        ':releasedUsd': usdNumber(-releasedUsd as MicroUsd),
        ':realised': usdNumber(realised),
        ...(holdingMoved && { ':quantity': sharesNumber(after.quantity), ':cost': usdNumber(after.cost) }),
        ...(holdingMoved && known && { ':quantityBefore': sharesNumber(before.quantity), ':costBefore': usdNumber(before.cost) }),
      }),
    },
  };
}

const accountPart = (ledger: Table, cash: MicroUsd, realised: MicroUsd): TransactWriteItem => ({
  Update: {
    TableName: ledger.name,
    Key: toAttributes(accountKey),
    UpdateExpression: 'ADD cashUsd :cash, realisedUsd :realised',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: toAttributes({ ':cash': usdNumber(cash), ':realised': usdNumber(realised) }),
  },
});
