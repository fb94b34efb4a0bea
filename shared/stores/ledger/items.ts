/**
 * How the ledger lies in its table. Few partitions, so that a cycle reads what it needs in two or three queries:
 *
 *   cycle#<cycleId> | order#<orderId>                one order
 *   cycle#<cycleId> | exposure                       what the cycle's entries may come to, all that were ever reserved
 *   cycle#<cycleId> | messages#<minute>              how many orders were reserved in that minute
 *   open            | <orderId>                      points at an order that is not final
 *   positions       | <symbol>                       holding, realised gain, entries booked, open orders and what they reserve
 *   account         | cash                           cash, what it was opened with, and realised gain
 *   fills           | <cycleId>#<orderId>#<version>  one execution (or one bust), as booked
 *   adjustments     | <activityId>                   what else moved cash or shares
 *
 * The last two are the entries: the account's opening cash and they alone give every holding and the cash again (entries.ts).
 * Amounts are plain decimals (numbers to DynamoDB, which adds them exactly), readable in a console.
 */
import * as z from 'zod';
import type { Holding } from '../../domain/execution/holding.ts';
import { incidentReasons } from '../../domain/execution/order-lifecycle.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import {
  type MicroUsd,
  microUsdText,
  microUsdToFloat,
  type NanoShares,
  nanoSharesText,
  nanoSharesToFloat,
  parseMicroUsd,
  parseNanoShares,
} from '../../kernel/money.ts';
import type { CycleId, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../kernel/units.ts';
import type { Item, Key } from '../table.ts';
import type { LedgerOrder, OrderKey } from './order.ts';

export interface LedgerPosition {
  readonly symbol: Ticker;
  /** Negative is short. */
  readonly quantity: Shares;
  /** What is held cost; its sign is the quantity's. */
  readonly costUsd: Usd;
  /** Mean cost of a share held; absent when none is. */
  readonly averageCost?: Price;
  /** Gains less losses of what was closed. */
  readonly realisedUsd: Usd;
  readonly openOrders: number;
  /** Worst case of the orders that are not final. */
  readonly reservedUsd: Usd;
}

export interface LedgerAccount {
  readonly cashUsd: Usd;
  readonly realisedUsd: Usd;
}

export const orderPrefix = 'order#';
export const openPartition = 'open';
export const positionsPartition = 'positions';
export const fillsPartition = 'fills';
export const adjustmentsPartition = 'adjustments';
export const accountKey = { pk: 'account', sk: 'cash' } as const satisfies Key;

export const cyclePartition = (cycleId: CycleId): string => `cycle#${cycleId}`;
export const orderItemKey = ({ cycleId, orderId }: OrderKey): Key => ({ pk: cyclePartition(cycleId), sk: `${orderPrefix}${orderId}` });
export const openItemKey = (orderId: OrderId): Key => ({ pk: openPartition, sk: orderId });
export const positionKey = (symbol: Ticker): Key => ({ pk: positionsPartition, sk: symbol });
export const exposureKey = (cycleId: CycleId): Key => ({ pk: cyclePartition(cycleId), sk: 'exposure' });
export const messagesKey = (cycleId: CycleId, at: EpochMs): Key => ({
  pk: cyclePartition(cycleId),
  sk: `messages#${Math.floor(at / MINUTE_MS)}`,
});
/** By the order's version: after a bust, the same cumulative quantity may come a second time. */
export const fillItemKey = ({ cycleId, orderId, version }: LedgerOrder): Key => ({
  pk: fillsPartition,
  sk: `${cycleId}#${orderId}#${String(version).padStart(6, '0')}`,
});
export const adjustmentKey = (activityId: string): Key => ({ pk: adjustmentsPartition, sk: activityId });

export const orderItem = (order: LedgerOrder): Item & Key => ({ ...order, ...orderItemKey(order) });

/** @throws ContractViolation for an item that is no order: somebody wrote into the ledger by hand. */
export function orderOf(item: Item): LedgerOrder {
  const parsed = orderShape.safeParse(item);
  if (!parsed.success)
    throw new ContractViolation('an order in the ledger is well formed', { pk: item.pk, sk: item.sk, issues: parsed.error.message });
  return parsed.data as LedgerOrder;
}

const stopLoss = z.object({ stopPrice: z.number(), limitPrice: z.number().optional() });

const orderShape = z.object({
  cycleId: z.string(),
  orderId: z.string(),
  strategy: z.string(),
  broker: z.string(),
  symbol: z.string(),
  side: z.enum(['BUY', 'SELL']),
  type: z.enum(['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT']),
  timeInForce: z.enum(['DAY', 'GTC', 'IOC', 'FOK']),
  quantity: z.number().positive(),
  limitPrice: z.number().optional(),
  stopPrice: z.number().optional(),
  shortSale: z.boolean().optional(),
  attached: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('bracket'), takeProfitPrice: z.number(), stopLoss }),
      z.object({ kind: z.literal('oco'), stopLoss }),
    ])
    .optional(),
  reducing: z.boolean(),
  worstCaseUsd: z.number().nonnegative(),
  decisionPriceUsd: z.number(),
  arrivalPriceUsd: z.number().optional(),
  parentId: z.string().optional(),
  state: z.enum(['PENDING', 'SUBMITTED', 'UNKNOWN', 'ACKNOWLEDGED', 'PARTIAL', 'FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED']),
  pending: z.enum(['none', 'cancel', 'replace']),
  statusUnknown: z.literal(true).optional(),
  cumulativeQuantity: z.number().nonnegative(),
  averagePrice: z.number().optional(),
  busts: z
    .array(z.object({ executionId: z.string(), quantity: z.number(), priceUsd: z.number(), at: z.number() }))
    .readonly()
    .optional(),
  brokerOrderId: z.string().optional(),
  brokerStatus: z.string().optional(),
  closedBy: z.enum(['broker-report', 'broker-refusal', 'broker-throttle', 'broker-has-none', 'never-sent']).optional(),
  note: z.string().optional(),
  incidents: z.array(z.enum(incidentReasons)).readonly().optional(),
  replaces: z.string().optional(),
  replacedBy: z.string().optional(),
  reservedAt: z.number(),
  sentAt: z.number().optional(),
  sentAgain: z.literal(true).optional(),
  updatedAt: z.number(),
  version: z.number().int().positive(),
});

/** Dollars as the table holds them. */
export const usdNumber = (amount: MicroUsd): number => Number(microUsdText(amount));
export const sharesNumber = (quantity: NanoShares): number => Number(nanoSharesText(quantity));
export const usdIn = (value: unknown): MicroUsd => parseMicroUsd(decimalText(value));
export const sharesIn = (value: unknown): NanoShares => parseNanoShares(decimalText(value));

/** How many entries were booked of a symbol: what the next one is counted from, and the version that its holding is written over. */
export const entriesOf = (item: Item | undefined): number => Number(item?.entries ?? 0);

export const holdingOf = (item: Item | undefined): Holding => ({ quantity: sharesIn(item?.quantity), cost: usdIn(item?.costUsd) });

export function positionOf(item: Item): LedgerPosition {
  const { quantity, cost } = holdingOf(item);
  return {
    symbol: item.sk as Ticker,
    quantity: nanoSharesToFloat(quantity) as Shares,
    costUsd: microUsdToFloat(cost) as Usd,
    ...(quantity !== 0n && { averageCost: meanCost(cost, quantity) }),
    realisedUsd: microUsdToFloat(usdIn(item.realisedUsd)) as Usd,
    openOrders: Number(item.openOrders ?? 0),
    reservedUsd: microUsdToFloat(usdIn(item.reservedUsd)) as Usd,
  };
}

/** To a millionth of a dollar: what comes after that is noise of the division. */
const meanCost = (cost: MicroUsd, quantity: NanoShares): Price =>
  (Math.round((microUsdToFloat(cost) / nanoSharesToFloat(quantity)) * 1e6) / 1e6) as Price;

export const accountOf = (item: Item): LedgerAccount => ({
  cashUsd: Number(item.cashUsd) as Usd,
  realisedUsd: Number(item.realisedUsd ?? 0) as Usd,
});

const MINUTE_MS = 60_000;

/** Numbers below a millionth would print with an exponent; none is stored, but zero and absent must read alike. */
const decimalText = (value: unknown): string => (value === undefined || value === 0 ? '0' : String(value));
